-- In 5.1 and 5.2, a task yields before it sends a request. If another task closed the client there,
-- it raised an error about the core's arguments instead of returning `network`.
local connect = require "spec.support.connect"

describe("a task whose client is closed before its request is sent", function()
  local VERBS = {
    get = function(client) return client:get "x" end,
    count = function(client) return client:count() end,
    list = function(client) return client:list():all() end,
    create = function(client) return client:create { volume_id = "v" } end,
    update = function(client) return client:update("x", { name = "n" }) end,
    delete = function(client) return client:delete "x" end,
    get_metadata = function(client) return client:get_metadata "x" end,
    wait_until_complete = function(client) return client:wait_until_complete "x" end,
    limits = function(client) return client:limits() end,
    volumes = function(client) return client:volumes():all() end,
  }

  for name, verb in pairs(VERBS) do
    it(("in %s gets an error that says so"):format(name), function()
      local client, sim = connect.new()
      local group = client:group { concurrency = 2 }
      group:spawn(function() return verb(client) end)
      group:spawn(function() return client:close() end)
      local problem
      local result = group:next()
      while result do
        problem = problem or result.error
        result = group:next()
      end
      assert.equal("network", problem.kind)
      assert.matches("client was closed", problem.message)
      sim:close()
    end)
  end
end)
