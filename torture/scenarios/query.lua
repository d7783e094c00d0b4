-- A request with a query: it goes out with the query, or not at all.
local core = require "rsnapshots.core"

return {
  credentials = { api_version = 3, auth = "none" },
  world = function(sim)
    sim:add_snapshots(3)
  end,
  run = function(env)
    local session <close> = core.session {}
    local call = session:start("GET", env.connect.endpoint .. "/snapshots/detail?limit=1",
      { timeout = 5, retries = 0 })
    while not call:done() do
      core.poll(session:pollfd(), "r", session:timeout() or 1)
      session:step()
    end
    local fault = call:fault() -- raises where memory was out
    if fault then
      return nil, setmetatable(fault, { __tostring = function() return fault.message end })
    end
    return #core.page(call) .. " of 3"
  end,
}
