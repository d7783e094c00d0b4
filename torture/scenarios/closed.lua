-- The client is closed while a listing is open, and while a request is under way.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(4)
    -- for want of memory libcurl may leave a URL's query out, and send the rest: no answer then
    sim:fault { path = "/snapshots", query = "^$", cut = "reset" }
    sim:fault { path = "/snapshots/", stall = true, after = 1 }
  end,
  run = function(env)
    local client, err, stalled
    client, err = support.connect(env, { wait = function(fd, events, seconds)
      if stalled then
        client:close()
      end
      return require "rsnapshots.core".poll(fd, events, seconds)
    end })
    if not client then
      return nil, err
    end
    local pager = client:list { page_size = 2 }
    local first
    first, err = pager:next()
    if not first then
      return nil, err
    end
    stalled = true
    local outcome
    outcome, err = support.outcome({ network = true, timeout = true },
      client:list({ page_size = 3 }):all())
    if not outcome then
      return nil, err
    end
    local second = pager:next() -- the rest of the page is there
    local ok, message = pcall(pager.next, pager)
    if not ok and not tostring(message):find("the client is closed", 1, true) then
      error(message, 0)
    end
    return outcome .. first.name .. second.name .. tostring(ok)
  end,
}
