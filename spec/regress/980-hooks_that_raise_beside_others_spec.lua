--- A coroutine whose `wait` hook raised, and that then did something else, still stood among those
-- that wait: calls of other coroutines raised "the call is closed".
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"

local CALLS = {
  ["a call"] = function(client) return client:get "x" end,
  ["a listing"] = function(client) return client:list():all() end,
  ["a wait"] = function(client) return client:wait_until_complete("x", 5) end,
  ["a group"] = function(client)
    local group = client:group()
    group:spawn(function() return client:get "x" end)
    return group:next()
  end,
}

describe("a hook that raises in", function()
  for what, call in pairs(CALLS) do
    for _, on_request in ipairs { false, function() end } do
      local name = what .. (on_request and ", with on_request," or "")
      it(name .. " is no matter of others", function()
        local plain, sim = connect.new()
        plain:close()
        local yields, mine, waits = false, {}, 0
        local client = connect.to(sim, { on_request = on_request or nil, wait = function(...)
          waits = waits + 1
          if yields and coroutine.yield() == "raise" then
            error(mine)
          end
          return sim.wait(...)
        end })
        local caught, counts = nil, {}
        local raising = coroutine.create(function()
          caught = select(2, pcall(call, client))
          while true do
            coroutine.yield()
          end
        end)
        local other = coroutine.create(function()
          for i = 1, 5 do
            counts[i] = assert(client:count())
          end
        end)
        if compat.name == "5.1" then -- where nothing yields within pcall
          client:close()
          sim:close()
          return
        end
        yields = true
        assert(coroutine.resume(raising))
        assert(coroutine.resume(other))
        assert(coroutine.resume(raising, "raise"))
        waits = 0
        while coroutine.status(other) == "suspended" do
          assert(coroutine.resume(other))
        end
        yields = false
        assert.equal(mine, caught)
        assert.same({ 0, 0, 0, 0, 0 }, counts)
        assert.is_true(waits < 100, waits) -- nothing rings for who does not wait
        assert.equal(0, client:count())
        client:close()
        sim:close()
      end)
    end
  end
end)
