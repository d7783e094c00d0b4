-- A simulator's answers with the connection cut after any byte of them: a raw server that asks
-- the simulator what to say, and `plan` how much of it to let through.
--
--   local server = cutting_server.new(sim)
--   server.plan = function(request, bytes) return 17, true end   -- 17 bytes, then a reset
--   server.form = "chunked"                                      -- or "length", "until close"
--
-- The catalog and the links lead to this server instead of the simulator. Pauses take no time: when
-- nothing happens, the clients' clocks move on. `server.hung`: an answer did not come.

local raw_server = require "spec.support.raw_server"
local query = require "rsnapshots.simulator.text.query"
local skipping = require "rsnapshots.loop.skipping"

local cutting_server = {}

local FORMS = {
  ["length"] = function(head, body)
    return head .. body
  end,
  ["chunked"] = function(head, body)
    local half = math.floor(#body / 2)
    head = head:gsub("Content%-Length: %d+", "Transfer-Encoding: chunked")
    return ("%s%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n"):format(head, half, body:sub(1, half),
      #body - half, body:sub(half + 1))
  end,
  ["until close"] = function(head, body)
    return (head:gsub("Content%-Length: %d+", "Connection: close")) .. body
  end,
}

local function to_simulated(request)
  local path, words = request.path:match("^([^?]*)%??(.*)$")
  local headers = {}
  for name, value in request.head:gmatch("\r\n([^:\r\n]+): ?([^\r\n]*)") do
    headers[name:lower()] = value
  end
  return { method = request.method, path = path, query = words, params = query.parse(words),
    headers = headers, body = request.body }
end

local function replace_all(s, from, to)
  return (s:gsub(from:gsub("%p", "%%%0"), to))
end

local function answer_to(server, sim, request)
  local reply = sim:handle(to_simulated(request))
  reply.body = replace_all(reply.body, sim.url, server.url)
  local head, body = reply:bytes()
  return FORMS[#body > 1 and server.form or "length"](head, body)
end

local IDLE = 0.005 -- seconds in which nothing comes in a pause
local PAUSE = 8 -- seconds: a longer wait is for an answer, or it hangs

-- Serves while something happens; else moves all waiting clients' clocks on to the end of the
-- pause.
local function wait(server, sessions, fd, events, seconds)
  local pauses = seconds < PAUSE
  if server:serve(fd, events, math.min(seconds, pauses and IDLE or PAUSE)) then
    return true
  end
  server.hung = server.hung or not pauses
  for session in pairs(sessions) do
    session:skip(seconds)
  end
  return false
end

--- A server before a simulator.
function cutting_server.new(sim)
  local server
  server = raw_server.new(function(request)
    local bytes = answer_to(server, sim, request)
    local cut, reset = server.plan(request, bytes)
    server.requests = {} -- there are very many
    local ending = reset and "reset" or (cut or server.form == "until close") and "close"
    return { bytes = cut and bytes:sub(1, cut) or bytes, ending = ending or "keep" }
  end)
  local sessions = setmetatable({}, { __mode = "k" })
  server.wait = function(...) return wait(server, sessions, ...) end
  skipping[server.wait] = sessions
  server.plan, server.form, server.hung = function() end, "length", false
  return server
end

return cutting_server
