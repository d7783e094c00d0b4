-- A request with a query: it goes out with the query, or not at all.
local core = require "rsnapshots.core"

return {
  credentials = { api_version = 3, auth = "none" },
  world = function(sim)
    sim:add_snapshots(3)
  end,
  run = function(env)
    local transport <close> = core.transport {}
    local request = transport:start { method = "GET", timeout = 5, connect_timeout = 5,
      url = env.connect.endpoint .. "/snapshots/detail?limit=1", max_bytes = 100000 }
    while not request:done() do
      core.poll(transport:pollfd(), "r", transport:timeout() or 1)
      transport:step()
    end
    local kind, message = request:error() -- raises where memory was out
    if kind then
      return nil, setmetatable({ kind = kind }, { __tostring = function() return message end })
    end
    return #core.page(request) .. " of 3"
  end,
}
