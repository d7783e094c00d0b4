-- A service that is away for a moment: the request is repeated, and succeeds. The pauses take no
-- time, since the clock moves on instead.
local core = require "rsnapshots.core"
local skipping = require "rsnapshots.loop.skipping"
local support = dofile "torture/support.lua"

local PAUSE = 5 -- seconds: longer waits are for an answer

-- A `wait` for which pauses pass at once.
local function hurrying()
  local sessions = setmetatable({}, { __mode = "k" })
  local function wait(fd, events, seconds)
    local pauses = seconds < PAUSE
    if core.poll(fd, events, pauses and math.min(seconds, 0.02) or seconds) or not pauses then
      return
    end
    for session in pairs(sessions) do
      session:skip(seconds)
    end
  end
  skipping[wait] = sessions
  return wait
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
    local client, err = support.connect(env, { retries = 4, timeout = 30, wait = hurrying() })
    if not client then
      return nil, err
    end
    local all
    all, err = client:list():all()
    return all and all[1].name, err
  end,
}
