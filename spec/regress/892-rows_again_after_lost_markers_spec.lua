-- After lost markers a listing goes on from an earlier one, and leaves out what came before. The
-- ids that tell it so were partly forgotten just then, to make room for the page: some came twice.
local connect = require "spec.support.connect"

local LOST = { 2000, 1999, 1998, 1996, 1992, 1984, 1968, 1936, 1872, 1744, 1488 } -- all it tries

describe("a listing that goes far back after lost markers", function()
  for _, sort in ipairs { "created_at:desc", "created_at:asc" } do
    it("gives nothing twice, with sort = " .. sort, function()
      local client, sim = connect.new()
      sim:add_snapshots(2100, { volume_id = sim.volume_id })
      local seen, ids = {}, {}
      for snapshot in client:list { sort = sort, page_size = 1000, prefetch = false } do
        assert.is_nil(seen[snapshot.id], "one came twice")
        seen[snapshot.id], ids[#ids + 1] = true, snapshot.id
        if #ids == 2000 then
          for _, number in ipairs(LOST) do
            sim.store:remove_snapshot(sim:find_snapshot(ids[number]))
          end
        end
      end
      assert.equal(2100, #ids)
      client:close()
      sim:close()
    end)
  end
end)
