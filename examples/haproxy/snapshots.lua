--- A service in HAProxy that answers with a JSON list of snapshots.
-- One client serves all requests, many at once.
local rsnapshots = require "rsnapshots"
local wait = require "rsnapshots.loop.haproxy"

-- Seconds until the next attempt to connect; more when the credentials were refused, because
-- attempts may lock the account.
local AGAIN, AGAIN_REFUSED = 5, 300

local client

-- In a task and not in the first request, which a browser may give up at any moment.
core.register_task(function()
  while not client do
    local err
    client, err = rsnapshots.connect { wait = wait }
    if not client then
      core.Warning("snapshots: " .. tostring(err))
      core.sleep(err.kind == "auth" and AGAIN_REFUSED or AGAIN)
    end
  end
end)

local function fail(applet, status, kind)
  local text = ('{"error":"%s"}\n'):format(kind)
  applet:set_status(status)
  applet:add_header("Content-Type", "application/json")
  applet:add_header("Content-Length", tostring(#text))
  applet:start_response()
  applet:send(text)
end

local function json_of(page)
  local texts = {}
  for i = 1, #page do
    texts[i] = page[i]:to_json()
  end
  return table.concat(texts, ",")
end

-- Page by page, so that memory holds two pages at most.
local function send(applet, pager)
  local begun = false
  local ok, err = pager:each_page(function(page)
    if not begun then
      applet:set_status(200)
      applet:add_header("Content-Type", "application/json")
      applet:start_response()
    end
    applet:send((begun and "," or "[") .. json_of(page))
    begun = true
  end)
  if ok then
    applet:send(begun and "]\n" or "[]\n")
  end
  return ok, err, begun
end

core.register_service("snapshots", "http", function(applet)
  if not client then
    return fail(applet, 503, "connecting")
  end
  local ok, err, begun = send(applet, client:list { page_size = 100 })
  if not ok then
    core.Warning("snapshots: " .. tostring(err))
    if begun then
      error(tostring(err)) -- cuts the answer, so that nobody takes it for the whole
    end
    fail(applet, 502, err.kind)
  end
end)
