--- What must hold for any bytes whatsoever; lua.c calls the result with them.
-- The first byte says which check, the rest is up to that check.
local config = require "rsnapshots.connect.settings"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local url = require "rsnapshots.support.url"

local function check(condition, what)
  if not condition then
    error(what, 2)
  end
end

--- Everything up to the first line break, and what follows it.
local function split(text)
  local line, rest = text:match("^([^\n]*)\n(.*)$")
  return line or text, rest or ""
end

local checks = {}

-- r: the HTTP date of an answer with a token
function checks.r(text)
  local _, seconds = core.grant('{"token":{"expires_at":"9999-12-31T23:59:59Z"}}', 3, "t", text)
  check(seconds == nil or type(seconds) == "number" and seconds > 0, "lifetime")
  check(seconds == nil or seconds % 1 == 0, "of whole seconds")
end

-- p: a query: a parameter's name, line break, its value
function checks.p(text)
  local name, value = split(text)
  local query = url.query { { "x" .. name, value }, { "marker", text } }
  local first, second, third, fourth = query:match "^%?([^=&]+)=([^=&#]*)&([^=&]+)=([^=&#]*)$"
  check(first and url.decode(first) == "x" .. name, "a name comes back")
  check(url.decode(second) == value, "and its value")
  check(third == "marker" and url.decode(fourth) == text, "and any other")
end

-- e: percent-encoding
function checks.e(text)
  local encoded = url.encode(text)
  check(not encoded:find("[^%w%-%._~%%]"), "encode leaves nothing that means something")
  check(url.decode(encoded) == text, "decode undoes encode")
  check(#url.decode(text) <= #text, "decode never grows")
end

-- u: a URL
function checks.u(text)
  local normal, problem = url.normalize(text)
  if not normal then
    check(type(problem) == "string", "normalize says what is wrong")
    return
  end
  local scheme, host, path = normal:match "^(https?)://([^/?#@%s%c]+)(.*)$"
  check(scheme and #host > 0, "scheme and host")
  check(path == "" or path:find("^/") and not path:find("/$"), "path")
  check(#normal <= #text and url.normalize(normal) == normal, "normalize is idempotent")
end

-- f: a code, line break, a message
function checks.f(text)
  local code, message = split(text)
  local cause = { kind = "server", message = message, attempts = 1, lost = true }
  local err = errors.from { kind = "uncertain", message = message, code = code, status = 503,
    url = "http://h/" .. code, method = "POST", attempts = 1, lost = true, cause = cause }
  check(errors.is(err) and errors.is(err.cause), "an error with its cause")
  check(err.code == code and err.lost and err.cause.attempts == 1, "all fields")
  check(not err.message:find("[%z\1-\31\127]"), "a message of one line")
  check(not tostring(err):find("[%z\1-\31\127]"), "and a text of one line")
  check((err .. "x") == tostring(err) .. "x", "joined with text")
end

--- A table's size and depth, by walking it.
local function measure(value, depth)
  check(depth <= 64, "depth")
  local count = 1
  if type(value) == "table" then
    for _, inner in pairs(value) do
      count = count + measure(inner, depth + 1)
    end
  end
  return count
end

-- d: JSON
function checks.d(text)
  local value, problem = core.decode(text)
  local kept = core.decode(text, true)
  check((value == nil) == (kept == nil), "keep_null changes no verdict")
  if value == nil then
    local offset = problem:match("^invalid JSON at byte (%d+): %l")
    check(offset and tonumber(offset) <= #text, "an error says where")
  else
    check(measure(value, 0) <= measure(kept, 0), "nulls are left out")
    check(measure(kept, 0) <= #text, "no value without a byte")
  end
end

local FIELDS = { id = "string", volume_id = "string", name = "string",
  description = "string", status = "string", size = "number",
  progress = "string", project_id = "string", metadata = "table",
  created_at = "string", updated_at = "string", created_time = "number",
  updated_time = "number", user_id = "string", group_snapshot_id = "string",
  consumes_quota = "boolean" }

local function check_snapshot(snapshot)
  check(#snapshot.id > 0 and snapshot == snapshot, "id")
  local plain = snapshot:to_table()
  for name, kind in pairs(FIELDS) do
    local value = snapshot[name]
    check(value == nil or type(value) == kind, name)
    check(kind == "table" or rawequal(plain[name], value), "to_table")
  end
  for _, value in pairs(snapshot.metadata) do
    check(type(value) == "string", "metadata")
  end
  check(tostring(snapshot):find("^rsnapshots%.Snapshot: "), "tostring")
  local again = core.snapshot('{"snapshot":' .. snapshot:to_json() .. "}")
  check(again == snapshot, "to_json")
end

-- s: a page, or an enveloped snapshot
function checks.s(text)
  local snapshot, problem = core.snapshot(text)
  if snapshot then
    check_snapshot(snapshot)
  else
    check(#problem > 0, "why it is no snapshot")
  end
  local page
  page, problem = core.page(text)
  if not page then
    check(#problem > 0, "why it is no page")
    return
  end
  for i = 1, #page do
    check_snapshot(page[i])
  end
  check(page[0] == nil and page[#page + 1] == nil, "no row besides")
  check(page.next_link == nil or #page.next_link > 0, "next_link")
end

-- The environment of a config check, in place of the process's own.
local environment

os.getenv = function(name) -- luacheck: ignore (what reads it must not know)
  return environment and environment[name]
end

-- The only file there is, in place of the machine's own.
local clouds_yaml

io.open = function(path) -- luacheck: ignore
  local text = path == "./clouds.yaml" and clouds_yaml or nil
  return text and { read = function() return text end, close = function() end }
end

local function check_config(options)
  options.on_warning = function(message) check(#message > 0, "a warning") end
  local settings, err = config.gather(options)
  environment, clouds_yaml = nil, nil
  if not settings then
    check(errors.is(err) and err.kind == "config" and #err.message > 0, "a config error")
    return
  end
  for _, name in ipairs { "auth_url", "endpoint" } do
    local address = settings[name]
    check(address == nil or url.normalize(address) == address, name)
  end
  check(type(settings.auth_type) == "string", "auth_type")
  check(type(settings.verify) == "boolean", "verify")
  for _, name in ipairs { "username", "password", "region", "cacert", "service_type" } do
    check(settings[name] == nil or type(settings[name]) == "string", name)
  end
  local version = settings.api_version
  check(version == nil or version == 1 or version == 2 or version == 3, "api_version")
end

-- c: lines "NAME=value" as the environment
function checks.c(text)
  environment = {}
  for name, value in text:gmatch "([%w_]+)=([^\n]*)" do
    environment[name] = value
  end
  check_config {}
end

-- y: clouds.yaml
function checks.y(text)
  clouds_yaml = text
  check_config { cloud = text:match "^clouds: *\n +([%w-]+):" or "prod" }
end

return function(text)
  local run = checks[text:sub(1, 1)]
  if run then
    run(text:sub(2))
  end
end
