--- Runs this library on the cases of cloud_cases.lua, and compares the results with openstacksdk's.

local cjson = require "cjson"
local compat = require "rsnapshots.support.compat"
local config = require "rsnapshots.connect.settings"
local Identity = require "rsnapshots.identity"
local process = require "spec.support.process"
local url = require "rsnapshots.support.url"

local answers = {}

local top, folders -- all, and by case

--- Lays out the files of these cases.
function answers.lay_out(cases)
  top, folders = process.directory(), {}
  local made, emptied = {}, {}
  for i, case in ipairs(cases) do
    local function within(path)
      return process.quote(("%d/%s"):format(i, path))
    end
    folders[case] = ("%s/%d"):format(top, i)
    made[#made + 1] = within "cwd"
    for _, path in ipairs(case.folders or {}) do
      made[#made + 1] = within(path)
    end
    for path in pairs(case.files) do
      made[#made + 1] = within(path:match "^(.*)/[^/]*$" or "cwd")
      emptied[#emptied + 1] = ": >" .. within(path)
    end
  end
  process.write(top .. "/lay_out", ("umask 077; cd %s; mkdir -p %s\n%s\n"):format(top,
    table.concat(made, " "), table.concat(emptied, "\n")))
  local output, status = process.run("sh " .. top .. "/lay_out")
  assert(status == 0, output)
  for _, case in ipairs(cases) do
    for path, text in pairs(case.files) do
      process.write(folders[case] .. "/" .. path, (text:gsub("@", folders[case])))
    end
  end
end

--- Removes them.
function answers.clean()
  process.run("rm -rf " .. process.quote(top))
end

-- Calls a function in another environment and another working directory.
local function elsewhere(variables, directory, call, ...)
  local getenv, open = os.getenv, io.open
  os.getenv = function(name) return variables[name] end -- luacheck: ignore
  io.open = function(path, mode) -- luacheck: ignore
    return open(path:find "^/" and path or directory .. "/" .. path, mode)
  end
  local results = { pcall(call, ...) }
  os.getenv, io.open = getenv, open -- luacheck: ignore
  return compat.unpack(results, 1, 3)
end

-- What this library makes of options, as JSON.
local function probe(given)
  local options, warnings = cjson.decode(given), {}
  options.on_warning = function(message) warnings[#warnings + 1] = message end
  local settings, err = config.gather(options)
  local identity
  if settings then
    identity, err = Identity.new(settings)
  end
  local shown = {}
  for name, value in pairs(identity and settings or {}) do
    if type(value) ~= "function" then
      shown[name] = value
    end
  end
  return cjson.encode { settings = identity and shown, kind = err and err.kind,
    message = err and err.message, warnings = #warnings > 0 and warnings or nil }
end

--- What this library makes of a case that is laid out: `settings`, or `kind` and `message`;
-- `warnings`.
function answers.ours(case)
  local folder = folders[case]
  local variables = { HOME = folder .. "/home", XDG_CONFIG_DIRS = folder .. "/etc/xdg" }
  for name, value in pairs(case.env) do
    variables[name] = value:gsub("@", folder)
  end
  local options = next(case.options or {}) and cjson.encode(case.options) or "{}"
  local ok, output = elsewhere(variables, folder .. "/cwd", probe, options)
  assert(ok, output)
  return cjson.decode((output:gsub("\\/", "/"):gsub(folder, "@")))
end

local AUTH = { "auth_url", "username", "user_id", "password", "token", "api_key",
  "application_credential_id", "application_credential_name", "application_credential_secret",
  "user_domain_name", "user_domain_id", "project_name", "project_id", "project_domain_name",
  "project_domain_id", "domain_name", "domain_id", "default_domain", "default_domain_name",
  "system_scope" }

local THEIR_NAMES = { tenant_name = "project_name", tenant_id = "project_id",
  default_domain_id = "default_domain" }

local function known(value)
  return value ~= cjson.null and value ~= "" and value or nil
end

local function normal(address)
  return address and url.normalize(address) or address
end

--- Openstacksdk's answer, in the form of our settings; nil if it is an error.
function answers.in_our_words(theirs)
  if theirs.error then
    return nil
  end
  local words = {}
  for name, value in pairs(theirs.auth) do
    words[THEIR_NAMES[name] or name] = known(value)
  end
  words.auth_url = normal(words.auth_url)
  for _, name in ipairs { "auth_type", "region", "interface", "api_version", "microversion",
    "service_type", "service_name" } do
    words[name] = known(theirs[name])
  end
  words.endpoint = normal(known(theirs.endpoint))
  words.service_type = words.service_type ~= "block-storage" and words.service_type or nil
  words.verify = theirs.verify ~= false
  words.cacert = type(theirs.verify) == "string" and theirs.verify or nil
  local pair = type(theirs.cert) == "table"
  words.cert = pair and theirs.cert[1] or not pair and known(theirs.cert) or nil
  words.key = pair and theirs.cert[2] or nil
  words.attempt_timeout = tonumber(known(theirs.timeout))
  words.cloud = theirs.name
  return words
end

--- Our settings, as far as openstacksdk has the same.
function answers.comparable(settings)
  local words = {}
  for _, name in ipairs(AUTH) do
    words[name] = settings[name]
  end
  for _, name in ipairs { "auth_type", "region", "interface", "endpoint", "microversion",
    "service_type", "service_name", "verify", "cert", "key" } do
    words[name] = settings[name]
  end
  words.cacert = settings.verify and settings.cacert or nil
  local version = settings.api_version or settings.preferred_version
  words.api_version = version and ("%d"):format(version)
  words.attempt_timeout = settings.attempt_timeout ~= 30 and settings.attempt_timeout or nil
  words.cloud = settings.origin and settings.origin:match "^cloud '(.-)'" or nil
  return words
end

return answers
