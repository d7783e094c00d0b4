-- Kind: something in between answered a change by an empty 200 or 204, and did not pass it on. The
-- client read the snapshot again, and returned it as if it had changed: `set --name` ended with 0,
-- and a hold that a script had set held nothing.
local connect = require "spec.support.connect"
local served = require "spec.support.served_command"

local WORDS = "it is empty, and the change did not take effect"

describe("a change that nobody made, answered by nothing", function()
  for _, status in ipairs { 200, 202, 204 } do
    it(("with %d, is an error"):format(status), function()
      local client, sim = connect.new()
      local id = assert(client:create { volume_id = sim.volume_id, wait = 60 }).id
      sim:fault { method = "PUT", path = "/snapshots", status = status, body = "" }
      sim:fault { method = "POST", path = "/metadata", status = status, body = "" }
      for _, change in ipairs {
        function() return client:update(id, { name = "new" }) end,
        function() return client:set_metadata(id, { ["rsnapshots:hold"] = "forever" }) end,
        function() return client:replace_metadata(id, { a = "1" }) end,
      } do
        local value, err = change()
        assert.is_nil(value)
        assert.equal("decode", err.kind)
        assert.truthy(err.message:find(WORDS, 1, true), err.message)
      end
      -- what is so already needs no change
      assert.equal(id, assert(client:update(id, { name = "" })).id)
      assert.same({}, client:replace_metadata(id, {}))
      client:close()
      sim:close()
    end)
  end

  it("fails in the command", function()
    local cloud = served.cloud()
    cloud:nights(1)
    cloud.sim:fault { method = "PUT", path = "/snapshots", status = 204, body = "" }
    cloud.sim:fault { method = "POST", path = "/metadata", status = 204, body = "" }
    for _, options in ipairs { "--name other", "--hold" } do
      local _, err, status = cloud:run("set n1 " .. options)
      assert.equal(1, status)
      assert.truthy(err:find(WORDS, 1, true), err)
    end
    cloud:close()
  end)
end)
