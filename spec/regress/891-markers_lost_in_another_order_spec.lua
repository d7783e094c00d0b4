-- A marker was deleted, and with it some of what came before. A listing with `sort` then failed in
-- two ways. Where an earlier snapshot was still there, rows came again, and it complained that the
-- service does not keep the order. Where nothing was, and it had given out more than it remembers,
-- it ended in "not found", which a listing in the usual order did not.
local connect = require "spec.support.connect"

-- Lists, and removes what `is_removed` says of the snapshots that were given out. How many came.
local function list(count, options, is_removed)
  local client, sim = connect.new()
  sim:add_snapshots(count, { volume_id = sim.volume_id })
  local seen, given = {}, 0
  options.prefetch = false
  for snapshot in client:list(options) do
    assert.is_nil(seen[snapshot.id], "one came twice")
    seen[snapshot.id], given = true, given + 1
    if is_removed(given) then
      sim.store:remove_snapshot(sim:find_snapshot(snapshot.id))
    end
  end
  client:close()
  sim:close()
  return given
end

describe("a listing whose markers are deleted", function()
  for _, sort in ipairs { "created_at:asc", "created_at:desc", "size:asc", "volume_id:desc" } do
    it("goes on from one before them, with sort = " .. sort, function()
      for gone = 1, 6 do
        assert.equal(30, list(30, { sort = sort, page_size = 6 }, function(number)
          return (number - 1) % 6 >= 6 - gone
        end))
      end
    end)
  end

  for _, sort in ipairs { "created_at:asc", "size:asc" } do
    it("goes on where everything before is gone #slow, with sort = " .. sort, function()
      assert.equal(5300, list(5300, { sort = sort, page_size = 530 }, function() return true end))
    end)
  end
end)
