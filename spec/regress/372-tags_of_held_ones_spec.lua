-- Kind: a warning about a tag that nobody has which looks only at those that the rules are asked
-- about: the tag of one that is held, failed or in a group snapshot looked mistyped.
local retention = require "rsnapshots.retention"

describe("a tag that only a snapshot has", function()
  local function warnings(more)
    local tagged = { id = "a", volume_id = "v", status = "AVAILABLE", created_time = 1000,
      metadata = { ["rsnapshots:policy"] = "x", keep = "" } }
    for name, value in pairs(more) do
      if type(value) == "table" then
        for key, text in pairs(value) do
          tagged.metadata[key] = text
        end
      else
        tagged[name] = value
      end
    end
    local other = { id = "b", volume_id = "v", status = "AVAILABLE", created_time = 2000,
      metadata = retention.mark "x" }
    return assert(retention.plan({ tagged, other }, { keep_tag = { "keep", "kep" },
      now = 3000 })).warnings
  end

  for what, more in pairs { ["that is good"] = {}, ["that is held"] = { metadata =
    { ["rsnapshots:hold"] = "forever" } }, ["that failed"] = { status = "ERROR" },
    ["in a group snapshot"] = { group_snapshot_id = "g" } } do
    it(what .. " is not told as mistyped", function()
      assert.same({ "keep_tag [kep]: no snapshot has these tags" }, warnings(more))
    end)
  end
end)
