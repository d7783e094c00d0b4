-- Kind: a quirk of the simulator expected the answer as Cinder gives it. After another quirk had
-- put something else there, it raised an error instead of leaving that alone.
local PAIRS = { "nulls_between progress_empty", "nulls_between sparse_records",
  "nulls_between odd_values", "nulls_between metadata_list", "nulls_between progress_100",
  "nulls_between stale_after_delete", "links_object links_as_next", "links_null links_in_header",
  "links_object several_links", "links_null links_in_pagination", "links_object links_relative",
  "links_null links_elsewhere", "links_object links_rel_capitals", "metadata_list odd_values",
  "fault_message_object fault_xml", "bad_text create_201_location", "no_id late_after_create",
  "byte_order_mark late_after_create", "half_body create_202_location" }

describe("two quirks", function()
  for _, pair in ipairs(PAIRS) do
    it("go together: " .. pair, function()
      local first, second = pair:match "(%S+) (%S+)"
      local sim = require("rsnapshots.simulator").new { quirks = { first, second } }
      local id = sim:add_snapshots(3)[1]
      local client = assert(sim:connect { retries = 0 })
      client:list():all()
      client:get "00000000-0000-4000-8000-000000000000"
      client:create { volume_id = sim.volume_id, name = "x" }
      assert.is_true(client:delete(id) ~= nil)
      client:list():all()
      client:close()
      sim:close()
    end)
  end
end)
