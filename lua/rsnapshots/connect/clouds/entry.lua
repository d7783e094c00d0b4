--- What a cloud of clouds.yaml says, as options of `connect`.
local errors = require "rsnapshots.error"
local nearest = require "rsnapshots.support.suggest"
local yaml = require "rsnapshots.connect.clouds.yaml"

local cloud = {}

local function fail(message)
  return nil, errors.new("config", message)
end

-- What can stand in `auth`, or beside it, and the option it is. `auth` wins, as
-- does the first name where several mean the same.
local CREDENTIALS = {
  { "auth_url" }, { "username", "user_name" }, { "user_id" }, { "password" },
  { "token", "auth_token" }, { "api_key" },
  { "application_credential_id" }, { "application_credential_name" },
  { "application_credential_secret" },
  { "user_domain_name" }, { "user_domain_id" },
  { "project_name", "tenant_name" }, { "project_id", "tenant_id" },
  { "project_domain_name" }, { "project_domain_id" },
  { "domain_name" }, { "domain_id" }, { "system_scope" }, { "default_domain", "default_domain_id" },
}

local KNOWN, KNOWN_NAMES = { endpoint = true, default_domain_name = true }, {}
for _, names in ipairs(CREDENTIALS) do
  for _, name in ipairs(names) do
    KNOWN[name] = true
    KNOWN_NAMES[#KNOWN_NAMES + 1] = name
  end
end

-- What would change whose snapshots they are, were it left aside silently.
local UNSUPPORTED = { trust_id = true, passcode = true }

-- The names of the service that its settings can begin with, in their order.
local SERVICES = { "block_storage_", "volumev3_", "volumev2_", "volume_", "block_store_" }

local Reader = {}
Reader.__index = Reader

-- "password of cloud 'prod' (clouds.yaml, line 7)"
function Reader:at(map, key)
  local place = yaml.place(map, key)
  return key .. " of " .. self.where .. (place and " (" .. place .. ")" or "")
end

-- Remembers the first thing that is wrong.
function Reader:complain(message)
  self.problem = self.problem or message
end

-- A text; nil for null, nothing at all and what is none, which is remembered.
function Reader:text(map, key)
  local value = map[key]
  if value == nil or value == yaml.null or value == "" then
    return nil
  elseif type(value) ~= "string" then
    self:complain(("%s must be text, not %s%s"):format(self:at(map, key), yaml.kind(value),
      type(value) == "boolean" and ": put it into quotes" or ""))
    return nil
  end
  return value
end

-- A boolean; the texts "true" and "false" are some.
function Reader:boolean(key)
  local value = self.map[key]
  if type(value) == "string" then
    local word = value:lower()
    if word == "true" or word == "false" then
      return word == "true"
    end
  end
  if type(value) == "boolean" then
    return value
  elseif value ~= nil and value ~= yaml.null then
    self:complain(("%s must be true or false"):format(self:at(self.map, key)))
  end
  return nil
end

-- Puts the cloud's own values where {name} stands for them.
function Reader:fill_in(map, key, text)
  local problem
  local filled = text:gsub("{{", "\1"):gsub("}}", "\2"):gsub("{([^{}]*)}", function(name)
    local value = self.map[name]
    if type(value) ~= "string" then
      problem = true
      return ""
    end
    return (value:gsub("[{}]", { ["{"] = "\1", ["}"] = "\2" }))
  end)
  if problem or filled:find "[{}]" then
    self:complain(("%s holds braces, which stand for a value of the cloud, as {region_name}: "
      .. "there is none of that name, or one brace is missing (two mean one: {{)"):format(
      self:at(map, key)))
  end
  return (filled:gsub("\1", "{"):gsub("\2", "}"))
end

function Reader:set(option, value, map, key)
  if value ~= nil then
    self.settings[option], self.sources[option] = value, self:at(map, key)
  end
end

-- A text beside `auth`, filled in.
function Reader:option(option, key)
  local value = self:text(self.map, key)
  if value then
    self:set(option, self:fill_in(self.map, key, value), self.map, key)
  end
end

-- Sets an option unless it is.
function Reader:fallback(option, key)
  if self.settings[option] == nil then
    self:option(option, key)
  end
end

-- A setting of the service, the first of its names; or of all services.
function Reader:service(option, key, general)
  for _, prefix in ipairs(SERVICES) do
    self:fallback(option, prefix .. key)
  end
  if general then
    self:fallback(option, key)
  end
end

-- The older word for interface is endpoint_type, which wins.
function Reader:interface()
  for _, prefix in ipairs(SERVICES) do
    self:fallback("interface", prefix .. "endpoint_type")
    self:fallback("interface", prefix .. "interface")
  end
  self:fallback("interface", "endpoint_type")
  self:fallback("interface", "interface")
end

-- ------------------------------------------------------------- credentials

function Reader:check_auth()
  local keys = {}
  for key in pairs(self.auth) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for _, key in ipairs(keys) do
    if UNSUPPORTED[key] then
      self:complain(("%s is not supported"):format(self:at(self.auth, key)))
    elseif not KNOWN[key] then
      -- which may be a secret in a wrong place, unless it looks like a name
      local hint = nearest.hint(key, KNOWN_NAMES)
      local place = yaml.place(self.auth, key)
      self:complain(("auth of %s%s: there is no such credential%s"):format(self.where,
        place and " (" .. place .. ")" or "", hint ~= "" and " as '" .. key .. "'" .. hint or ""))
    end
  end
end

function Reader:credentials()
  local reverse = self.map.auth_type == "v2password" -- for which a tenant is no project
  for _, names in ipairs(CREDENTIALS) do
    local first, last, step = 1, #names, 1
    if reverse and names[2] and names[2]:find "^tenant" then
      first, last, step = #names, 1, -1
    end
    for i = first, last, step do
      for _, map in ipairs { self.auth, self.map } do
        local value = self:text(map, names[i])
        if value and self.settings[names[1]] == nil then
          self:set(names[1], value, map, names[i])
        end
      end
    end
  end
  local settings = self.settings
  if settings.auth_url then
    local map = self.auth.auth_url and self.auth or self.map
    settings.auth_url = self:fill_in(map, "auth_url", settings.auth_url)
  end
  local domain = self:text(self.auth, "default_domain_name")
    or self:text(self.map, "default_domain_name")
  for _, prefix in ipairs(domain and { "user_domain", "project_domain" } or {}) do
    if not settings[prefix .. "_id"] and not settings[prefix .. "_name"]
      and not settings.default_domain then
      settings[prefix .. "_name"] = domain
    end
  end
end

-- Without auth_type it follows from the credentials; null is no authentication.
function Reader:auth_type()
  local value = self.map.auth_type
  if value == yaml.null or value == "" or value == "None" then
    self:set("auth_type", "none", self.map, "auth_type")
  else
    self:option("auth_type", "auth_type")
  end
  if self.settings.auth_type == "none" and not self.settings.endpoint then
    self:set("endpoint", self:text(self.auth, "endpoint"), self.auth, "endpoint")
  end
end

-- --------------------------------------------------------------------- TLS

function Reader:tls()
  self:option("cacert", "cacert")
  self:option("cert", "cert")
  self:option("key", "key")
  local insecure, verify = self:boolean "insecure", self:boolean "verify"
  if insecure then
    self:set("verify", false, self.map, "insecure")
  else
    self:set("verify", verify, self.map, "verify")
  end
end

function Reader:timeout()
  local text = self:text(self.map, "api_timeout")
  local seconds = text and tonumber(text)
  if text and not (seconds and seconds > 0 and seconds < math.huge) then
    self:complain(self:at(self.map, "api_timeout") .. " must be a number of seconds over 0")
  end
  self:set("attempt_timeout", seconds, self.map, "api_timeout")
end

--- Reads a cloud that `clouds` put together.
-- @tparam table map
-- @string where how messages call it
-- @treturn table settings, by the names of options; nil and a `config` error
-- @treturn table where each of them comes from
function cloud.read(map, where)
  local self = setmetatable({ map = map, auth = map.auth or {}, where = where,
    settings = { provider = map.rsnapshots_provider }, sources = {} }, Reader)
  self:check_auth()
  self:credentials()
  self:service("region", "region_name", true)
  self:interface()
  self:service("endpoint", "endpoint_override")
  self:service("endpoint", "endpoint")
  self:service("api_version", "api_version")
  self:service("microversion", "default_microversion")
  self:service("service_type", "service_type")
  self:service("service_name", "service_name")
  self:auth_type()
  self:tls()
  self:timeout()
  if self.problem then
    return fail(self.problem)
  end
  return self.settings, self.sources
end

return cloud
