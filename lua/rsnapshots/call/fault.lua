--- What a service says went wrong: its answers' many shapes, as one error.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"

local fault = {}

local MAX_MESSAGE = 300 -- bytes; Cinder quotes 4 KB of regular expression
local MAX_BODY = 65536
local MAX_ID = 100
local MAX_TEXT = 2048 -- of what is not JSON

local function as_it_is(text)
  return text
end

--- One line of text out of HTML or long prose.
local function shorten(text)
  text = text:gsub("<[^<>]*>", " "):gsub("%c", " "):gsub("%s+", " ")
  text = text:gsub("^ ", ""):gsub(" $", "")
  if #text > MAX_MESSAGE then
    -- not in the middle of a character
    text = text:sub(1, MAX_MESSAGE):gsub("[\128-\191]*$", ""):gsub("[\192-\255]$", "") .. "..."
  end
  return text
end

-- {"itemNotFound": {"code": 404, "message": ...}}
local function named_fault(body)
  for name, inner in pairs(body) do
    if type(inner) == "table" and type(inner.message) == "string" then
      return name, inner
    end
  end
end

-- A fault's name, where it is one.
local function word(value, scrub)
  return type(value) == "string" and value:find "%w" and shorten(scrub(value)) or nil
end

--- The fault's name and message, out of an answer's body. What is to be hidden
-- goes first: half of it would not be found any more.
local function read(request, scrub)
  local text = request:text(MAX_BODY)
  local body = core.decode(text)
  if type(body) ~= "table" then
    text = scrub(text):sub(1, MAX_TEXT)
    -- a page's title says more than its style sheet
    return nil, shorten(text:match("<[tT][iI][tT][lL][eE][^>]*>([^<]*)") or text)
  end
  local name, inner = named_fault(body)
  if name == "error" then
    return word(inner.title, scrub), shorten(scrub(inner.message)), inner
  elseif name then
    return word(name, scrub), shorten(scrub(inner.message)), inner
  elseif type(body.message) == "string" then
    return word(body.title, scrub), shorten(scrub(body.message)), body
  end
  return nil, ""
end

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8,
  Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

--- Unix seconds of an HTTP date, nil when it is none.
function fault.http_date(text)
  local day, month, year, clock = text:match("^%a+, (%d%d) (%a%a%a) (%d%d%d%d) ([%d:]+) GMT$")
  if not day or not MONTHS[month] then
    return nil
  end
  return core.timestamp(("%s-%02d-%sT%sZ"):format(year, MONTHS[month], day, clock))
end

--- `Retry-After` in seconds from now, nil when absent or junk.
-- @tparam string value seconds or an HTTP date
-- @tparam[opt] string date the answer's own `Date`, which a date is relative to
function fault.retry_after(value, date)
  if not value then
    return nil
  elseif value:match("^%d+$") and #value < 10 then
    return tonumber(value)
  end
  local at = fault.http_date(value)
  local now = date and fault.http_date(date) or os.time()
  return at and math.max(0, at - now)
end

local KINDS = {
  [400] = "invalid", [401] = "auth", [403] = "forbidden", [404] = "not_found",
  [405] = "unsupported", [406] = "unsupported", [409] = "conflict", [410] = "not_found",
  [408] = "timeout", [411] = "invalid", [412] = "conflict", [414] = "invalid",
  [415] = "invalid", [422] = "invalid", [431] = "invalid", [501] = "unsupported",
}

-- 413 and 429 are quotas, rate limits, or a body that is too large.
local function limit_kind(status, code, message, retry_after)
  local text = ((code or "") .. " " .. message):lower()
  if text:find("quota", 1, true) then
    return "quota"
  elseif retry_after and retry_after > 0 then
    return "rate_limited"
  elseif status == 429 then
    return "rate_limited"
  elseif text:find("too large", 1, true) or text:find("metadata size", 1, true) then
    return "invalid"
  end
  return "quota"
end

local function kind_of(status, code, message, retry_after)
  if status == 413 or status == 429 then
    return limit_kind(status, code, message, retry_after)
  elseif KINDS[status] then
    return KINDS[status]
  elseif status >= 500 then
    return "server"
  elseif status >= 300 and status < 400 then
    return "decode"
  end
  return status >= 400 and "invalid" or "decode"
end

-- Rackspace's answer to who has more to prove than by a password.
local function second_factor(request)
  local challenge = request:header("WWW-Authenticate") or ""
  if not challenge:find("OS-MF", 1, true) then
    return nil
  end
  local factor = challenge:match "factor=['\"]?(%w+)"
  return ("the account asks for a second factor (MFA%s), which a script cannot give: use an "
    .. "API key"):format(factor and ": " .. factor:sub(1, MAX_ID) or "")
end

-- "password and totp": one of the rules in Keystone's list of them.
local function rule_text(rule)
  local methods = {}
  for i, method in ipairs(type(rule) == "table" and rule or {}) do
    methods[i] = type(method) == "string" and method:match "^[%w_%-%.]+$" or "?"
  end
  return #methods > 0 and table.concat(methods, " and ") or nil
end

-- Keystone's answer to who has more to prove: a receipt of what was proven. An
-- application credential is refused as well, with no rules, unless one is for it.
local function more_methods(request)
  if not request:header("Openstack-Auth-Receipt") then
    return nil
  end
  local body = core.decode(request:text(MAX_BODY))
  local rules = type(body) == "table" and body.required_auth_methods
  local texts = {}
  for _, rule in ipairs(type(rules) == "table" and rules or {}) do
    texts[#texts + 1] = rule_text(rule)
  end
  return shorten(("the user has to authenticate in several ways at once (MFA%s): use a token "
    .. "that was obtained so, or have a rule [\"application_credential\"] added to the user's "
    .. "and use one"):format(#texts > 0 and ": " .. table.concat(texts, ", or ") or ""))
end

local function describe(request, status, code, message)
  if status >= 300 and status < 400 then
    return "the service redirects, which is not followed with a token"
  end
  local more = status == 401 and (second_factor(request) or more_methods(request))
  if more then
    return more
  elseif message ~= "" then
    return message
  end
  return code or ("the service answered with HTTP status %d and no explanation"):format(status)
end

--- The error that an answer with a bad status stands for.
-- @param request a finished request
-- @tparam[opt] function scrub gives a text without its secrets
-- @treturn Error
function fault.from(request, scrub)
  local status = request:status()
  local code, message, inner = read(request, scrub or as_it_is)
  local retry_after = fault.retry_after(request:header("Retry-After"), request:header("Date"))
  if not retry_after and inner and inner.retryAfter then
    retry_after = fault.retry_after(tostring(inner.retryAfter))
  end
  return errors.new(kind_of(status, code, message, retry_after),
    describe(request, status, code, message),
    { status = status, code = code, retry_after = retry_after })
end

--- The service's name for a request, or nil; what cannot be one is none.
function fault.request_id(request)
  local id = request:header("x-openstack-request-id") or request:header("X-Compute-Request-Id")
  return id and #id <= MAX_ID and id:match "^[%w%-_.:]+$"
end

return fault
