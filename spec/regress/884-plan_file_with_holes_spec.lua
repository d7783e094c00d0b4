-- A list of a plan file with a hole (null, as some JSON libraries read it) was read up to the hole:
-- what came behind it was left out of the plan, and nobody was told.
local retention = require "rsnapshots.retention"

describe("a plan file", function()
  local function document()
    local snapshots = {}
    for i = 1, 3 do
      snapshots[i] = { id = "s" .. i, status = "AVAILABLE", volume_id = "v",
        created_time = i * 86400, metadata = { ["rsnapshots:policy"] = "p" } }
    end
    return retention.to_document(assert(retention.plan(snapshots, { keep_last = 1 })))
  end

  for where, make in pairs {
    ["groups"] = function(d) d.groups = { nil, d.groups[1] } end,
    ["groups[1].remove"] = function(d)
      d.groups[1].remove = { nil, d.groups[1].remove[2] }
    end,
    ["groups[1].keep[1].reasons"] = function(d) d.groups[1].keep[1].reasons = { nil, "x" } end,
    ["groups[1].keep"] = function(d) d.groups[1].keep[0] = d.groups[1].keep[1] end,
  } do
    it("with a hole in " .. where .. " is refused", function()
      local edited = document()
      assert.is_truthy(retention.from_document(edited))
      make(edited)
      local plan, err = retention.from_document(edited)
      assert.is_nil(plan)
      assert.equal("the plan file cannot be used: " .. where .. " is not a list", err.message)
    end)
  end
end)
