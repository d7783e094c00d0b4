--- A coroutine that waits and is forgotten: once the collector had finalized what it waited for,
-- calls of other coroutines raised "this is not a listing".
local connect = require "spec.support.connect"

-- What a coroutine does until it waits. Tables with finalizers keep it until they have run.
local WORK = {
  ["a listing"] = function(client) return client:list():all() end,
  ["a count"] = function(client) return client:count() end,
  ["a call"] = function(client)
    local keeper = setmetatable({ thread = coroutine.running() }, { __gc = function() end })
    return client:get "x", keeper
  end,
  ["a listing that something else keeps"] = function(client)
    local keeper = setmetatable({ thread = coroutine.running() }, { __gc = function() end })
    return client:list():all(), keeper
  end,
}

describe("a coroutine that is forgotten while it waits for", function()
  for what, work in pairs(WORK) do
    it(what .. " is no matter of those who call later", function()
      local plain, sim = connect.new()
      plain:close()
      local forgets = false
      local client = connect.to(sim, { wait = function(...)
        if forgets then
          coroutine.yield()
        end
        return sim.wait(...)
      end })
      forgets = true
      assert(coroutine.resume(coroutine.create(work), client))
      forgets = false
      collectgarbage()
      for _ = 1, 2 do
        assert.equal(0, client:count())
        collectgarbage()
      end
      client:close()
      sim:close()
    end)
  end
end)
