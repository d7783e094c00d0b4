--- Runs this library on the cases of cloud_cases.lua, and compares the results with openstacksdk's.

local cjson = require "cjson"
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"
local url = require "rsnapshots.support.url"

local answers = {}

local HERE = (process.run "pwd"):match "[^\n]+"

-- Writes a case's files; returns their folder.
local function lay_out(case)
  local folder = process.directory()
  local commands = { ("mkdir -p %s/cwd"):format(folder) }
  for _, path in ipairs(case.folders or {}) do
    commands[#commands + 1] = ("mkdir -p %s/%s"):format(folder, path)
  end
  for path in pairs(case.files) do
    commands[#commands + 1] = ("mkdir -p $(dirname %s/%s)"):format(folder, path)
  end
  process.run(table.concat(commands, "\n"))
  for path, text in pairs(case.files) do
    process.write(folder .. "/" .. path, (text:gsub("@", folder)))
    process.run(("chmod 600 %s/%s"):format(folder, path))
  end
  return folder
end

--- What this library makes of a case: `settings`, or `kind` and `message`; `warnings`.
function answers.ours(case)
  local folder = lay_out(case)
  local words = { ("cd %s/cwd && env -i HOME=%s/home XDG_CONFIG_DIRS=%s/etc/xdg"):format(
    folder, folder, folder) }
  for name, value in pairs(case.env) do
    words[#words + 1] = process.quote(name .. "=" .. value:gsub("@", folder))
  end
  words[#words + 1] = ("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;'"):format(HERE, HERE)
  words[#words + 1] = ("LUA_CPATH='%s/%s/lib/?.so;;'"):format(HERE, compat.build)
  words[#words + 1] = "$(command -v " .. process.interpreter() .. ")"
  words[#words + 1] = HERE .. "/spec/support/cloud_probe.lua"
  words[#words + 1] = process.quote(next(case.options or {}) and cjson.encode(case.options) or "{}")
  local output = process.run(table.concat(words, " "))
  process.run("rm -rf " .. process.quote(folder))
  local ok, result = pcall(cjson.decode, (output:gsub("\\/", "/"):gsub(folder, "@")))
  assert(ok, output)
  return result
end

local AUTH = { "auth_url", "username", "user_id", "password", "token", "api_key",
  "application_credential_id", "application_credential_name", "application_credential_secret",
  "user_domain_name", "user_domain_id", "project_name", "project_id", "project_domain_name",
  "project_domain_id", "domain_name", "domain_id", "default_domain", "system_scope" }

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
