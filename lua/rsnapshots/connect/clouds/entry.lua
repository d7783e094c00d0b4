--- Turns a cloud of clouds.yaml into options of `connect`.
local ascii = require "rsnapshots.support.ascii"
local methods = require "rsnapshots.identity.methods"
local suggest = require "rsnapshots.support.suggest"
local options = require "rsnapshots.connect.options"
local yaml = require "rsnapshots.connect.clouds.yaml"

local entry = {}

local refuse = options.refuse

-- Keys of `auth`: those of options, and others.
local KNOWN, OTHERS = {}, { endpoint = true, url = true, trust_id = true, passcode = true }
for _, option in ipairs(options.list) do
  for _, key in ipairs(option.auth or {}) do
    KNOWN[key] = true
  end
end

-- If these were ignored, the snapshots would be somebody else's.
local UNSUPPORTED = { "trust_id", "passcode" }

local Reader = {}
Reader.__index = Reader

function Reader:at(map, key)
  return yaml.at(map, key, self.where)
end

-- A text; nil for null and "".
function Reader:text(map, key, option)
  local value = map[key]
  if value == nil or value == yaml.null then
    return nil
  elseif type(value) ~= "string" then
    refuse("%s must be text, not %s%s", self:at(map, key), yaml.kind(value),
      type(value) == "boolean" and ": put it into quotes" or "")
  end
  value = options.clean(option or {}, value)
  return value ~= "" and value or nil
end

-- A text, or a list of alternative texts.
function Reader:texts(map, key, option)
  if not yaml.is_list(map[key]) then
    return self:text(map, key, option)
  end
  local texts = {}
  for i, item in ipairs(map[key]) do
    if type(item) ~= "string" then
      refuse("%s must be a list of texts, and item %d is %s", self:at(map, key), i,
        yaml.kind(item))
    end
    texts[i] = options.clean(option, item)
  end
  return #texts > 0 and texts or nil
end

-- A boolean, perhaps as text.
function Reader:boolean(map, key)
  local value = map[key]
  if value == nil or value == yaml.null then
    return nil
  end
  local word = ascii.lower(tostring(value))
  if word ~= "true" and word ~= "false" then
    refuse("%s must be true or false", self:at(map, key))
  end
  return word == "true"
end

function Reader:seconds(map, key)
  local text = self:text(map, key)
  local seconds = text and ascii.number(text)
  if text and not (seconds and seconds > 0 and seconds < math.huge) then
    refuse("%s must be a number of seconds over 0", self:at(map, key))
  end
  return seconds
end

-- The reader for each type of option; other types are texts.
local READ = { names = Reader.texts, boolean = Reader.boolean, seconds = Reader.seconds }

-- Replaces {name} with the cloud's value of that name.
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
    refuse("%s holds braces, which stand for a value of the cloud, as {region_name}: there is none "
      .. "of that name, or one brace is missing (two mean one: {{)", self:at(map, key))
  end
  return (filled:gsub("\1", "{"):gsub("\2", "}"))
end

function Reader:set(option, value, map, key)
  if value ~= nil then
    self.settings[option], self.origins[option] = value, self:at(map, key)
  end
end

-- ------------------------------------------------------------- credentials

function Reader:check_auth()
  for _, map in ipairs { self.auth, self.map } do
    for _, key in ipairs(UNSUPPORTED) do
      if map[key] ~= nil and map[key] ~= yaml.null then
        refuse("%s is not supported", self:at(map, key))
      end
    end
  end
  for _, key in ipairs(suggest.names_of(self.auth)) do
    if not KNOWN[key] and not OTHERS[key] then
      -- the key may be a secret in the wrong place, so it is shown only if it looks like a name
      local hint = suggest.hint(key, suggest.names_of(KNOWN))
      refuse("auth of %s%s: there is no such credential%s", self.where,
        yaml.shown_place(self.auth, key), hint ~= "" and " as '" .. key .. "'" .. hint or "")
    end
  end
end

-- Takes an option's value from one of the places where it may be, unless an earlier one gave it. A
-- credential is checked even then. {name} is not replaced in credentials, which may contain braces.
function Reader:take(option, map, key)
  local is_given = self.settings[option.name] ~= nil
  if is_given and not option.auth then
    return
  end
  local value = (READ[option.type] or self.text)(self, map, key, option)
  if is_given then
    return
  elseif type(value) == "string" and (not option.auth or option.name == "auth_url") then
    value = self:fill_in(map, key, value)
  end
  self:set(option.name, value, map, key)
end

-- Takes an option from the places where it may be; the first one counts.
function Reader:option(option)
  local auth = option.auth or {}
  if self.map.auth_type == "v2password" and #auth == 2 and auth[2]:find "^tenant" then
    auth = { auth[2], auth[1] } -- there, a tenant is not a project
  end
  for _, key in ipairs(auth) do
    self:take(option, self.auth, key)
    self:take(option, self.map, key)
  end
  for _, keys in ipairs { option.service or {}, option.key or {} } do
    for _, key in ipairs(keys) do
      self:take(option, self.map, key)
    end
  end
end

-- If auth_type is missing, it follows from the credentials; null means no authentication.
function Reader:auth_type()
  local value = self.map.auth_type
  if value == yaml.null or value == "" or value == "None" then
    self:set("auth_type", "none", self.map, "auth_type")
  end
  local is_bare = methods.has_version(self.settings.auth_type, nil)
  for _, key in ipairs(is_bare and { "endpoint", "url" } or {}) do
    self:take({ name = "endpoint", auth = {} }, self.auth, key)
  end
end

--- Reads a cloud that `clouds` has put together.
-- @string where the cloud's name in messages
-- @treturn table settings, by the names of options
-- @treturn table where each of them comes from
function entry.read(map, where)
  local self = setmetatable({ map = map, auth = map.auth or {}, where = where, origins = {},
    settings = { provider = map.rsnapshots_provider, preferred_version = map.rsnapshots_version },
  }, Reader)
  self:check_auth()
  for _, option in ipairs(options.list) do
    self:option(option)
  end
  self:auth_type()
  if self:boolean(map, "insecure") then
    self:set("verify", false, map, "insecure")
  end
  return self.settings, self.origins
end

return entry
