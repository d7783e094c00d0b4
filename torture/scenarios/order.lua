-- Transports and requests given up in every order, collected at any moment.
local core = require "rsnapshots.core"

local ORDERS = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } }

local function start(transport, env)
  return transport:start { method = "POST", url = env.connect.endpoint .. "/snapshots/detail",
    headers = { "X-One: 1", "X-Two: 2" }, body = ("{}"):rep(100), timeout = 5,
    connect_timeout = 5, max_bytes = 1000 }
end

return {
  credentials = { api_version = 3, auth = "none" },
  world = function(sim)
    sim:fault { path = "/", stall = true, times = 1000 }
  end,
  run = function(env)
    local active = 0
    for _, order in ipairs(ORDERS) do
      local transport = core.transport { user_agent = "torture", cacert = "/nowhere" }
      local held = {
        transport, start(transport, env), start(transport, env),
      }
      transport:step()
      for i = 2, 3 do
        local kind = held[i]:error() -- raises where memory was out
        if kind then
          return nil, { kind = kind }
        end
        active = active + 1
      end
      transport = nil -- luacheck: ignore 311
      for _, which in ipairs(order) do
        held[which] = nil
        collectgarbage()
      end
    end
    local transport = core.transport {}
    local request = start(transport, env)
    transport:close() -- before its request
    local kind = request:error()
    request:close()
    return active .. kind
  end,
}
