--- Sends requests: starts the core's calls, and waits for them in the scheduler.
--
-- Nothing else starts a call.
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local skipping = require "rsnapshots.loop.skipping"
local Scheduler = require "rsnapshots.tasks.scheduler"

local Session = { __name = "rsnapshots.Session" }
Session.__index = Session

local SECRETS = { "password", "api_key", "token", "application_credential_secret" }

--- Makes a session.
-- @tparam table settings from rsnapshots.connect.settings
-- @treturn Session nil and an error if no descriptor is left
function Session.new(settings)
  settings.reports = settings.on_request ~= nil
  local handle, problem = core.session(settings) -- it reads only the options that it knows
  if not handle then
    return errors.fail("network", problem)
  end
  local self = setmetatable({
    settings = settings, core = handle,
    scheduler = Scheduler.new(handle, settings.wait),
  }, Session)
  local sharing = skipping[settings.wait]
  if sharing then
    sharing[handle] = true
  end
  for _, name in ipairs(SECRETS) do
    handle:hide(settings[name] or "")
  end
  return self
end

function Session:close()
  self.closed = true
  local sharing = skipping[self.settings.wait]
  if sharing then -- its clock can no longer be moved
    sharing[self.core] = nil
  end
  self.scheduler:close()
end

Session.__gc = Session.close -- of a coroutine that was closed while it connected

--- A deadline, as far from now as the `timeout` option says.
function Session:deadline()
  return self.core:now() + self.settings.timeout
end

local function never()
  return false
end

--- Waits for that long; calls that are under way go on.
function Session:sleep(seconds)
  self.scheduler:pause(self.core:now() + seconds, never)
end

-- ------------------------------------------------------------------ reports

-- Tells `on_request` about the attempts that have ended.
local function tell(self)
  local report = self.core:report()
  while report do
    report.err = report.fault and errors.from(report.fault)
    report.fault = nil
    self.settings.on_request(report)
    report = not self.closed and self.core:report()
  end
end

--- Waits until the core has finished something, and tells `on_request` about attempts in the
-- meantime.
-- @tparam function is_done a test of the handle that changes nothing
-- @param handle what is waited for, with a method `close`
function Session:await(is_done, handle)
  if not self.settings.on_request then
    return self.scheduler:pause(math.huge, is_done, handle)
  end
  local function ready()
    return is_done(handle) or self.core:has_report()
  end
  repeat
    self.scheduler:pause(math.huge, ready, handle)
    tell(self)
  until is_done(handle) or self.closed
end

-- -------------------------------------------------------------------- calls

--- Sends a request, and waits. One below the endpoint has a token, obtained and renewed as needed.
-- @string method
-- @string target a path below the endpoint, which begins with a slash, or a URL
-- @tparam[opt] table more `body`, `headers`, `deadline`, `idempotent` (a POST that may be
-- repeated), `retry_conflict` (a 409 may pass), `retries` (instead of the option), `choices` (300
-- is a success, as for version documents), `login` (it asks for a token), `with_token` (also to a
-- URL)
-- @return the finished call (true for a delete that an earlier attempt did), or nil and an error
function Session:call(method, target, more)
  local lane = self.scheduler:prepare() -- it may yield, and another task may close the client
  if self.closed then
    return nil, errors.closed()
  end
  local call = self.core:start(method, target, more, lane)
  local ok, problem = compat.protected(self.await, self, call.done, call)
  if not ok then -- raised by on_request or the hook: the call must not be sent again unseen
    call:close()
    error(problem, 0)
  end
  local fault, status = call:fault()
  if not fault and status ~= 0 then
    return call
  end
  call:close()
  if fault then
    return nil, errors.from(fault)
  end
  return true
end

-- ------------------------------------------------------------------- tokens

--- Uses the first token. The core obtains later ones by itself.
-- @tparam table access what the identity service granted: `token`, `lifetime`, and `source`, how it
-- was obtained
function Session:adopt(access)
  if access.token then
    self.core:token(access.token, access.lifetime)
  end
  local source = access.source
  if source and source.renewable and self.settings.reauthenticate then
    self.core:source(source)
  end
end

return Session
