-- Kind: `name_like = ""`, of a variable that is empty by mistake, passed for a filter that says
-- whose snapshots these are: delete_all deleted every snapshot of the project.
local connect = require "spec.support.connect"

describe("delete_all of a listing with an empty filter", function()
  for version = 1, 3 do
    it(("never means all on version %d"):format(version), function()
      local client, sim = connect.new { api_version = version }
      sim:add_snapshots(3)
      for _, filters in ipairs { { name_like = "" }, { metadata = {} },
        { name_like = "", status = "available", metadata = {} } } do
        assert.error_matches(function() client:delete_all(client:list(filters)) end, "all = true")
      end
      for _, filters in ipairs { { name = "" }, { volume_id = "" } } do
        assert.same({}, (client:delete_all(client:list(filters))))
      end
      assert.equal(3, client:count())
      assert.equal(3, #client:delete_all(client:list { name_like = "" }, { all = true }))
      client:close()
      sim:close()
    end)
  end
end)
