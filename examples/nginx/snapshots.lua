--- Answers a request to nginx with a JSON list of snapshots.
-- Each worker has one client, which serves all of its requests, many at once.
local rsnapshots = require "rsnapshots"
local wait = require "rsnapshots.loop.nginx"

-- Seconds until the next attempt to connect; more when the credentials were refused, because
-- attempts may lock the account.
local AGAIN, AGAIN_REFUSED = 5, 300

local snapshots = {}

local client

local function connect(premature)
  if premature then -- the worker ends
    return
  end
  local err
  client, err = rsnapshots.connect { wait = wait }
  if not client then
    ngx.log(ngx.ERR, "snapshots: ", tostring(err))
    assert(ngx.timer.at(err.kind == "auth" and AGAIN_REFUSED or AGAIN, connect))
  end
end

--- Connects, in a timer: nothing may sleep while a worker starts.
function snapshots.connect()
  assert(ngx.timer.at(0, connect))
end

local function json_of(page)
  local texts = {}
  for i = 1, #page do
    texts[i] = page[i]:to_json()
  end
  return table.concat(texts, ",")
end

-- Page by page, so that memory holds two pages at most.
local function send(pager)
  local separator = "["
  local ok, err = pager:each_page(function(page)
    local is_sent = ngx.print(separator, json_of(page))
    ngx.flush() -- no use with HTTP/1.0, where nginx sends everything at once
    separator = ","
    return is_sent ~= nil -- nil: the reader has gone
  end)
  if ok then
    ngx.print(separator == "[" and "[]\n" or "]\n")
  end
  return ok, err
end

--- Answers a request.
function snapshots.answer()
  ngx.header.content_type = "application/json"
  if not client then
    ngx.status = 503
    return ngx.print '{"error":"connecting"}\n'
  end
  local ok, err = send(client:list { page_size = 100 })
  if not ok then
    ngx.log(ngx.ERR, "snapshots: ", tostring(err))
    if ngx.headers_sent then
      return ngx.exit(ngx.ERROR) -- cut, so that nobody takes it for the whole
    end
    ngx.status = 502
    ngx.print(('{"error":"%s"}\n'):format(err.kind))
  end
end

return snapshots
