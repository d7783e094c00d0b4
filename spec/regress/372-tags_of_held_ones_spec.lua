-- Kind: a warning about a tag that nobody has which looks only at those that the rules are asked
-- about: the tag of one that is held, failed, of another policy or in a group snapshot looked
-- mistyped, and so did all tags of a volume on which the rules were asked about none.
local retention = require "rsnapshots.retention"

-- What the snapshot has besides.
local CASES = {
  ["that is good"] = {},
  ["that is held"] = { metadata = { ["rsnapshots:hold"] = "forever" } },
  ["that failed"] = { status = "ERROR" },
  ["of another policy"] = { metadata = { ["rsnapshots:policy"] = "y" } },
  ["in a group snapshot"] = { group_snapshot_id = "g" },
}

describe("a tag that only a snapshot has", function()
  local function tagged(more)
    local snapshot = { id = "a", volume_id = "v", status = "AVAILABLE", created_time = 1000,
      metadata = { ["rsnapshots:policy"] = "x", keep = "" } }
    for name, value in pairs(more) do
      if type(value) == "table" then
        for key, text in pairs(value) do
          snapshot.metadata[key] = text
        end
      else
        snapshot[name] = value
      end
    end
    return snapshot
  end

  local function assert_kep_alone(snapshots, name)
    local plan = assert(retention.plan(snapshots, { name = name, keep_tag = { "keep", "kep" },
      now = 3000 }))
    assert.same({ "keep_tag [kep]: no snapshot has these tags" }, plan.warnings)
  end

  for what, more in pairs(CASES) do
    it(what .. " is not told as mistyped", function()
      local other = { id = "b", volume_id = "v", status = "AVAILABLE", created_time = 2000,
        metadata = retention.mark "x" }
      for _, name in ipairs { "x", false } do
        assert_kep_alone({ tagged(more), other }, name or nil)
        assert_kep_alone({ tagged(more) }, name or nil)
      end
    end)
  end
end)
