--- Servers that this process runs itself. They answer only while their `wait` is called. A client
-- that blocks would wait in vain until its time is up.
-- @module rsnapshots.loop.served
-- @local

local poll = require "rsnapshots.loop.poll"

local served = {}

local owners = setmetatable({}, { __mode = "v" }) -- by port; a collected owner serves no more

--- From now on `owner` serves that port of this machine.
-- @tparam int port
-- @tparam table owner
function served.add(port, owner)
  owners[port] = owner
end

--- From now on, nobody serves that port.
function served.remove(port)
  owners[port] = nil
end

local function is_loopback(host)
  return host == "localhost" or host == "[::1]" or host:find("^127%.") ~= nil
end

--- Why a client would wait in vain; nil if it would not.
-- @tparam string address the URL that it is going to use
-- @tparam ?function wait its `wait` hook; nil is the default, which blocks
-- @treturn ?string
function served.problem(address, wait)
  local host, port = address:match("^%a+://(%[?[^/]-%]?):(%d+)")
  local blocks = not wait or wait == poll
  if not (blocks and port and is_loopback(host) and owners[tonumber(port)]) then
    return nil
  end
  return ("the simulator at %s:%s is in this process and answers only while it is waited for: "
    .. "connect with sim:connect{...}, or with wait = sim.wait"):format(host, port)
end

return served
