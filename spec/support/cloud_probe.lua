-- What this library makes of the working directory and the environment it runs in, as JSON.
--
-- usage: lua cloud_probe.lua OPTIONS, which are a JSON object of connect's

local cjson = require "cjson"
local config = require "rsnapshots.connect.settings"
local Identity = require "rsnapshots.identity"

local options, warnings = cjson.decode(arg[1]), {}
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
print(cjson.encode { settings = identity and shown, kind = err and err.kind,
  message = err and err.message, warnings = #warnings > 0 and warnings or nil })
