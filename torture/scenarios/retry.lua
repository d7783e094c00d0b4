-- A service that is away for a moment: the request is repeated, and succeeds.
local support = dofile "torture/support.lua"
local retry = require "rsnapshots.call.retry"

retry.delay = function() -- luacheck: ignore 122
  return 0.001
end

return {
  world = function(sim)
    sim:add_snapshots(1)
    sim:fault { path = "/snapshots/detail", status = 503, times = 1 }
    sim:fault { path = "/snapshots/detail", cut = "before", times = 1 }
    sim:fault { path = "/snapshots/detail", status = 429, headers = { ["Retry-After"] = "0" },
      times = 1 }
  end,
  run = function(env)
    local client, err = support.connect(env, { retries = 4 })
    if not client then
      return nil, err
    end
    local all
    all, err = client:list():all()
    return all and all[1].name, err
  end,
}
