--- One call's policy: its token, re-authentication, retries and deadline.
--
-- Nothing else touches the transport.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local fault = require "rsnapshots.call.fault"
local retry = require "rsnapshots.call.retry"
local Scheduler = require "rsnapshots.tasks.scheduler"
local url = require "rsnapshots.support.url"

local Session = { __name = "rsnapshots.Session" }
Session.__index = Session

-- A token is renewed this long before it expires, or a tenth of its life.
local RENEW_BEFORE = 60

-- While the old one is still good, a renewal may take so long, and is tried again
-- after as long.
local SPARE = 5

local TRANSPORT = { "verify", "cacert", "cert", "key", "proxy", "user_agent", "max_connections" }

-- What libcurl reads by itself where no proxy is given.
local PROXY_VARIABLES = { "http_proxy", "https_proxy", "all_proxy" }

local SECRETS = { "password", "api_key", "token", "application_credential_secret" }

--- Makes a session.
-- @tparam table settings as rsnapshots.connect.options gives them
-- @tparam[opt] table identity what obtains tokens: `authenticate(session, deadline)`
function Session.new(settings, identity)
  local options = {}
  for _, name in ipairs(TRANSPORT) do
    options[name] = settings[name]
  end
  local transport = core.transport(options)
  local self = setmetatable({
    settings = settings,
    identity = identity,
    transport = transport,
    scheduler = Scheduler.new(transport, settings.wait or require "rsnapshots.loop.poll"),
    secrets = {}, renewals = 0,
  }, Session)
  for _, name in ipairs(SECRETS) do
    self:hide(settings[name])
  end
  self:hide_proxy(settings.proxy)
  for _, name in ipairs(PROXY_VARIABLES) do
    self:hide_proxy(os.getenv(name))
    self:hide_proxy(os.getenv(name:upper()))
  end
  return self
end

function Session:close()
  self.scheduler:close()
  self.access, self.closed = nil, true
end

--- A deadline, `seconds` (default: the `timeout` option) from now.
function Session:deadline(seconds)
  return core.now() + (seconds or self.settings.timeout)
end

local function add_secret(list, text, origin)
  for _, known in ipairs(list) do
    if known.text == text then
      return
    end
  end
  list[#list + 1] = { text = text, origin = origin }
  table.sort(list, function(a, b) return #a.text > #b.text end) -- one may hold another
end

-- A text and what it becomes within JSON, and within JSON in a JSON string.
local function add_quoted(list, text, special, origin)
  for _ = 1, 3 do
    add_secret(list, text, origin)
    text = text:gsub(special, "\\%0")
  end
end

--- Keeps a text out of every message from now on, also as URLs and JSON spell it.
function Session:hide(secret, origin)
  if type(secret) == "string" and #secret >= 4 then
    add_secret(self.secrets, url.encode(secret), origin)
    add_quoted(self.secrets, secret, '[\\"]', origin)
    add_quoted(self.secrets, secret, '[\\"/]', origin) -- as lua-cjson writes it
  end
end

-- A new token; the one before the last is of no use to anybody any more.
local function hide_token(self, token)
  self.renewals = self.renewals + 1
  self:hide(token, self.renewals)
  for i = #self.secrets, 1, -1 do
    local origin = self.secrets[i].origin
    if origin and origin < self.renewals - 1 then
      table.remove(self.secrets, i)
    end
  end
end

--- The same for the user and the password in a proxy's address.
function Session:hide_proxy(address)
  local account = address and address:gsub("^%a[%w+.-]*://", ""):match("^(.*)@")
  if account then
    local password = account:match("^[^:]*:(.*)$") or account
    self:hide(account)
    self:hide(password)
    self:hide(url.decode(password))
  end
end

local function scrub(self, text)
  for _, secret in ipairs(self.secrets) do
    local from, to = text:find(secret.text, 1, true)
    while from do
      text = text:sub(1, from - 1) .. "***" .. text:sub(to + 1)
      from, to = text:find(secret.text, from + 3, true)
    end
  end
  return text
end

--- A text without any secret.
function Session:scrub(text)
  return core.atomic(scrub, self, text) -- no secret is added or removed meanwhile
end

-- ------------------------------------------------------------- one attempt

-- libcurl's own clock comes first.
local GRACE = 0.5

--- Waits until the request is done, whatever the `wait` hook does.
local function await(self, request, stop)
  self.scheduler:pause(stop + GRACE, function() return request:done() end, request)
end

local function never()
  return false
end

--- Waits for that long, with the transport kept going.
function Session:sleep(seconds)
  self.scheduler:pause(core.now() + seconds, never)
end

local MESSAGES = {
  timeout = "no answer in time from %s: %s",
  network = "cannot reach %s: %s",
  tls = "no safe connection to %s: %s",
  decode = "an answer from %s cannot be used: %s",
  invalid = "cannot send this to %s: %s",
  cancelled = "%s: %s",
}

-- The variables that libcurl takes a proxy from, by its order.
local PROXIES_OF = {
  http = { "http_proxy", "all_proxy", "ALL_PROXY" },
  https = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
}

-- Is it about a proxy? libcurl may say no more than where it could not connect to.
local function is_of_proxy(address, message)
  local tried = message:match "connect to (%S+) port %d+"
  local host = address:match("^%a+://%[?([%x:]+)%]") or address:match "^%a+://([^/:]+)"
  return message:lower():find("proxy", 1, true) or tried and tried ~= host
end

-- Names the variable that a proxy which does not work comes from.
local function blame_variable(self, address, message)
  if self.settings.proxy or not is_of_proxy(address, message) then
    return message
  end
  for _, name in ipairs(PROXIES_OF[address:match "^%a+"] or {}) do
    if (os.getenv(name) or "") ~= "" then
      return ("%s (the proxy is that of %s)"):format(message, name)
    end
  end
  return message
end

local function transport_error(self, spec, request)
  local kind, message = request:error()
  message = message:gsub("[^%s'\"/]+@", "***@") -- a proxy's URL with its userinfo
  message = blame_variable(self, spec.url, message)
  local status = request:status()
  local host = (url.parse((spec.url:gsub("%?.*", ""))) or {}).host or "the service"
  return errors.new(kind == "cancelled" and "network" or kind,
    MESSAGES[kind]:format(host, message),
    { sent = request:sent(), status = status > 0 and status or nil,
      closed = kind == "cancelled" and self.closed or nil })
end

local function failure(self, spec, request)
  if not request:done() then
    if self.closed then
      return errors.closed(true)
    end
    return errors.new("timeout", "the deadline passed", { sent = true })
  elseif request:error() then
    return transport_error(self, spec, request)
  end
  local status = request:status()
  if (status < 200 or status > 299) and not (status == 300 and spec.choices) then
    local err = fault.from(request, function(text) return self:scrub(text) end)
    err.sent = true
    return err
  end
  return nil
end

-- The service's name for a request, or nil.
local function id_of(self, request)
  local id = fault.request_id(request)
  return id and self:scrub(id)
end

local function report(self, spec, request, attempt, err)
  if self.settings.on_request then
    local status = request:status()
    self.settings.on_request {
      method = spec.method, url = self:scrub(spec.url), status = status > 0 and status or nil,
      seconds = request:seconds(), attempt = attempt,
      request_id = id_of(self, request), err = err,
    }
  end
end

local function complete(self, spec, request, attempt, err)
  err.message = self:scrub(err.message)
  err.method, err.url, err.attempts = spec.method, self:scrub(spec.url), attempt
  err.request_id = id_of(self, request)
end

-- In a group's task: waits until the group may send one more. nil and an error where the
-- service wants to be left alone for longer than there is time.
local function admit(self, throttle, deadline)
  local task = self.scheduler:current()
  while not throttle:is_open() and core.now() < deadline and not self.closed do
    local now, opens = core.now(), throttle:opens_at()
    if opens >= deadline then
      return nil, errors.new("rate_limited", ("the service limits the rate, and wants no more "
        .. "requests for %.0f seconds"):format(opens - now), { retry_after = opens - now })
    end
    self.scheduler:pause(opens > now and opens or deadline,
      function() return throttle:is_open() end)
  end
  throttle:enter(task)
  return true
end

local function too_late(self, spec, attempt)
  return errors.new("timeout", "the deadline passed before the request was sent",
    { method = spec.method, url = self:scrub(spec.url), attempts = attempt - 1 })
end

-- Sends a request and waits for its end; nil and an error where it failed.
local function exchange(self, spec, headers, attempt)
  local settings = self.settings
  local stop = math.min(spec.deadline, core.now() + settings.attempt_timeout)
  local seconds = stop - core.now()
  if self.closed then
    return nil, errors.closed()
  elseif seconds <= 0 then
    return nil, too_late(self, spec, attempt)
  end
  self.scheduler:prepare()
  local request = self.transport:start {
    method = spec.method, url = spec.url, headers = headers, body = spec.body,
    timeout = seconds, connect_timeout = math.min(settings.connect_timeout, seconds),
    max_bytes = settings.max_response_bytes,
  }
  await(self, request, stop)
  local err = failure(self, spec, request)
  if err then
    complete(self, spec, request, attempt, err)
  end
  return request, err
end

--- Sends once. Returns the finished request, or nil and the error.
local function attempt_once(self, spec, headers, attempt)
  local task = self.scheduler:current()
  local throttle = task and task.throttle
  if throttle then
    throttle:drop(task) -- should an earlier request of it have raised
    local ok, refusal = admit(self, throttle, spec.deadline)
    if not ok then
      refusal.method, refusal.url, refusal.attempts = spec.method, self:scrub(spec.url), attempt - 1
      return nil, refusal
    end
  end
  local request, err = exchange(self, spec, headers, attempt)
  if throttle then
    throttle:leave(task, err)
  end
  if request then
    report(self, spec, request, attempt, err)
    if err then
      request:close()
    end
  end
  return not err and request or nil, err
end

-- -------------------------------------------------------------- the retries

local BLURRED = { network = true, timeout = true, decode = true, server = true }

-- May the attempt have taken effect, although its answer says nothing of it? A
-- status from 300 to 499 says that it has not, cut off or not.
local function is_uncertain(err)
  local refused = err.status and err.status >= 300 and err.status < 500 and err.status ~= 408
  return err.sent and BLURRED[err.kind] and not refused
end

-- A create whose fate nobody can tell must not look like one that failed.
local function conclude(spec, err)
  if not (spec.method == "POST" and not spec.idempotent and is_uncertain(err)) then
    return err
  end
  return errors.uncertain(err)
end

-- A delete that was repeated finds nothing: the first one did it.
local function already_gone(spec, err, lost)
  return lost and spec.method == "DELETE" and err.kind == "not_found"
end

--- Sends until it succeeds, it is final, or nothing is left to try.
-- `authorize(self, spec)` gives the headers, and the access they prove; nil and
-- an error end it.
local function send(self, spec, authorize)
  local lost, renewed = false, false
  local attempt, uncounted = 0, 0 -- those that `retries` does not bound
  while true do
    attempt = attempt + 1
    local headers, access = authorize(self, spec)
    if not headers then
      access.attempts = access.attempts or attempt - 1
      return nil, access
    end
    local request, err = attempt_once(self, spec, headers, attempt)
    if request then
      return request
    elseif already_gone(spec, err, lost) then
      return true
    end
    lost = lost or is_uncertain(err) or false
    err.lost = lost -- this attempt's answer, or an earlier one's
    if err.kind == "auth" and err.status == 401 and spec.renewable and not renewed
      and not self.closed then
      renewed, uncounted = true, uncounted + 1 -- once per request, with a new token
      if self.access == access then -- nobody has renewed it meanwhile
        self.access = nil
      end
    else
      if spec.retry_conflict and err.kind == "conflict" then
        uncounted = uncounted + 1
      end
      local tries = spec.retries or self.settings.retries
      local delay = retry.delay(attempt, err)
      if self.closed or attempt - uncounted > tries or not retry.allowed(spec, err)
        or core.now() + delay >= spec.deadline then
        return nil, conclude(spec, err)
      end
      self:sleep(delay)
    end
  end
end

-- ------------------------------------------------------------------ tokens

local function base_headers(spec)
  local headers = { "Accept: application/json" }
  if spec.body then
    headers[2] = "Content-Type: application/json"
  end
  for _, header in ipairs(spec.headers or {}) do
    headers[#headers + 1] = header
  end
  return headers
end

local function without_token(_, spec)
  return base_headers(spec)
end

local function is_due(self, access)
  return self.settings.reauthenticate and access.renew_at ~= nil
    and core.now() >= access.renew_at
end

-- Does it go on while we wait? A task does only while its group is waited for,
-- which its group's other tasks see to; one for a page ahead only when that is wanted; and
-- nothing does that an error ended, as a callback may raise.
local function goes_on(self, renewal)
  local theirs, ours = renewal.task, self.scheduler:current()
  if theirs then
    return not theirs.done and ours and ours ~= theirs and ours.throttle ~= nil
      and ours.throttle == theirs.throttle and not (ours.ahead or theirs.ahead)
  end
  return renewal.thread ~= coroutine.running() and self.scheduler:is_waiting(renewal.thread)
end

local LOOK = 1 -- seconds between two looks at whether it goes on

-- While one call obtains a token the others wait for it: as long as one request
-- may take, should that call never come back.
local function await_renewal(self, deadline)
  local renewal = self.renewal
  local stop = renewal and math.min(deadline, renewal.stop)
  while renewal and self.renewal == renewal and goes_on(self, renewal) and core.now() < stop
    and not self.closed do
    self.scheduler:pause(math.min(stop, core.now() + LOOK),
      function() return self.renewal ~= renewal end)
  end
end

local function renew(self, deadline)
  local renewal = { thread = coroutine.running(), task = self.scheduler:current(),
    stop = core.now() + self.settings.attempt_timeout }
  self.renewal = renewal
  local fresh, err = self.identity:authenticate(self, deadline)
  if self.renewal == renewal then
    self.renewal = nil
  end
  self.scheduler:step() -- the others can go on
  return fresh, err
end

--- Obtains a token, unless there is one that will do.
function Session:authenticate(deadline)
  await_renewal(self, deadline)
  local access = self.access
  if access and not is_due(self, access) then
    return access
  end
  local valid = access and core.now() < access.expires_at
  local fresh, err = renew(self, valid and math.min(deadline, core.now() + SPARE) or deadline)
  if fresh then
    core.atomic(hide_token, self, fresh.token)
    if fresh.lifetime then
      fresh.expires_at = core.now() + fresh.lifetime
      fresh.renew_at = fresh.expires_at - math.min(RENEW_BEFORE, fresh.lifetime / 10)
    end
    self.access = not self.closed and fresh or nil
    return fresh
  elseif access and core.now() < access.expires_at then
    access.renew_at = core.now() + SPARE -- the old one still has its last seconds
    return access
  end
  return nil, err
end

local function with_token(self, spec)
  local access, err = self:authenticate(spec.deadline)
  if not access then
    return nil, err
  end
  local headers = base_headers(spec)
  if access.token then
    headers[#headers + 1] = "X-Auth-Token: " .. access.token
  end
  return headers, access
end

-- ------------------------------------------------------------------ public

--- Sends a request without a token: identity and discovery.
-- @tparam table spec `method`, `url`, `body`, `headers`, `deadline`,
-- `idempotent` (a POST that may be repeated), `choices` (300 is an answer, as
-- of version documents)
-- @return the finished request, or nil and an error
function Session:send(spec)
  spec.deadline = spec.deadline or self:deadline()
  return send(self, spec, without_token)
end

--- Sends a request with a token, obtained and renewed as needed.
-- @tparam table spec as for `send`, and `retry_conflict` (a 409 passes),
-- `retries` (instead of the option)
-- @return the finished request (true for a delete that an earlier attempt
-- did), or nil and an error
function Session:call(spec)
  spec.deadline = spec.deadline or self:deadline()
  spec.renewable = self.settings.reauthenticate and self.identity.renewable
  return send(self, spec, with_token)
end

return Session
