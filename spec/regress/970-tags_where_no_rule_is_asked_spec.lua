-- Kind: a warning about a tag that nobody has which leaves out whole groups: where the rules were
-- asked about none of a volume's snapshots, a tag that they have looked mistyped.
local retention = require "rsnapshots.retention"

describe("a tag of snapshots that no rule is asked about", function()
  local function warnings(more)
    local tagged = { id = "a", volume_id = "v", status = "AVAILABLE", created_time = 1000,
      metadata = { ["rsnapshots:policy"] = "x", keep = "" } }
    for name, value in pairs(more) do
      tagged[name] = value
    end
    return assert(retention.plan({ tagged }, { name = "x", keep_tag = { "keep", "kep" },
      now = 3000 })).warnings
  end

  for what, more in pairs { ["that are held"] = { metadata = { keep = "",
    ["rsnapshots:policy"] = "x", ["rsnapshots:hold"] = "forever" } },
    ["that failed"] = { status = "ERROR" }, ["of another policy"] = { metadata = { keep = "",
    ["rsnapshots:policy"] = "y" } } } do
    it(what .. " is not told as mistyped", function()
      assert.same({ "keep_tag [kep]: no snapshot has these tags" }, warnings(more))
    end)
  end
end)
