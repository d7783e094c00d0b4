-- Sessions and calls given up in every order, collected at any moment.
local core = require "rsnapshots.core"

local ORDERS = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } }

local function start(session, env)
  return session:start("POST", env.connect.endpoint .. "/snapshots/detail",
    { headers = { "X-One: 1", "X-Two: 2" }, body = ("{}"):rep(100), timeout = 5,
      retries = 0 }, session:lane(4))
end

return {
  credentials = { api_version = 3, auth = "none" },
  world = function(sim)
    sim:fault { path = "/", stall = true, times = 1000 }
  end,
  run = function(env)
    local active = 0
    for _, order in ipairs(ORDERS) do
      local session = core.session { user_agent = "torture", cacert = "/nowhere" }
      local held = { session, start(session, env), start(session, env) }
      session:step()
      for i = 2, 3 do
        local fault = held[i]:fault() -- raises where memory was out
        if fault then
          return nil, fault
        end
        active = active + 1
      end
      session = nil -- luacheck: ignore 311
      for _, which in ipairs(order) do
        held[which] = nil
        collectgarbage()
      end
    end
    local session = core.session {}
    local call = start(session, env)
    session:close() -- before its call
    local fault = call:fault()
    call:close()
    return active .. fault.kind
  end,
}
