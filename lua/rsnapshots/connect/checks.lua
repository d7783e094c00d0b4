--- Checks settings, wherever they come from: URLs, versions, a provider, paths.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local options = require "rsnapshots.connect.options"
local url = require "rsnapshots.support.url"

local checks = {}

local RACKSPACE_US = "https://identity.api.rackspacecloud.com/v2.0"
local RACKSPACE_UK = "https://lon.identity.api.rackspacecloud.com/v2.0"

local refuse = options.refuse

local CONTROLS = "%s must not contain control characters"

-- Refuses control characters, which libcurl and headers cannot take. `cacert` may be the
-- certificates themselves.
local function check_controls(settings, origins)
  for _, option in ipairs(options.list) do
    local name, value = option.name, option.plain and settings[option.name] or ""
    if value:find "[%z\1-\31\127]"
      and not (name == "cacert" and value:find("-----BEGIN ", 1, true)) then
      if not origins[name] then
        check.fail(CONTROLS:format(name)) -- it is an argument
      end
      refuse(CONTROLS, origins[name])
    end
  end
end

-- Credentials go into JSON, which is UTF-8.
local function check_encoding(settings, origins)
  for _, option in ipairs(options.list) do
    local value = option.auth and settings[option.name]
    if value and not core.is_utf8(value) then
      refuse("%s is not UTF-8: it was written in another encoding, such as Latin-1",
        origins[option.name] or option.name)
    end
  end
end

local function apply_provider(settings)
  if settings.provider == nil then
    return
  elseif settings.provider ~= "rackspace" then
    refuse("there is no provider '%s'; there is: rackspace", settings.provider)
  end
  settings.region = settings.region and ascii.upper(settings.region)
  settings.auth_url = settings.auth_url
    or (settings.region == "LON" and RACKSPACE_UK or RACKSPACE_US)
  if not (settings.service_type or settings.service_name) and (settings.api_version or 1) == 1 then
    settings.service_type, settings.service_name = "volume", "cloudBlockStorage"
  end
end

-- "" means no proxy.
local function check_proxy(settings)
  local address = settings.proxy or ""
  local problem = address ~= "" and url.problem_of_proxy(address)
  if problem then
    refuse("proxy is not a usable address: %s", problem)
  end
end

local function check_urls(settings, origins)
  for _, name in ipairs { "auth_url", "endpoint" } do
    if settings[name] then
      local normal, problem = url.normalize(settings[name])
      if not normal then
        refuse("%s is not a usable URL: %s", origins[name] or name, problem)
      end
      settings[name] = normal
    end
  end
end

-- "3.70", as for the openstack command, means API version 3 at that microversion.
local function apply_version(settings, origins)
  local version = settings.api_version
  if version == nil then
    return
  end
  local text = tostring(version)
  local pinned = text:match("^v?(3%.%d+)$")
  if pinned and settings.microversion == nil then
    settings.microversion, origins.microversion = pinned, origins.api_version or "api_version"
  end
  settings.api_version = tonumber(text:match("^v?([123])$") or text:match("^v?([12])%.0$")
    or text:match("^v?(3)%.%d+$"))
  if not settings.api_version then
    refuse("%s '%s' is not 1, 2 or 3", origins.api_version or "api_version", text)
  end
end

local function check_microversion(settings, origins)
  local micro = settings.microversion
  if micro and micro ~= "latest" and micro ~= "3.0" and not micro:match("^3%.[1-9]%d*$") then
    refuse("%s '%s' is neither 3.N nor latest", origins.microversion or "microversion", micro)
  end
end

-- Replaces ~ with the home directory.
local function expand_paths(settings)
  local home = os.getenv "HOME"
  for _, name in ipairs { "cacert", "cert", "key" } do
    if home and settings[name] then
      settings[name] = settings[name]:gsub("^~/", function() return home .. "/" end)
        :gsub("^~$", function() return home end)
    end
  end
end

--- Checks settings, and adds the ones that follow from them.
-- @tparam table origins where each of them comes from; nil for arguments
function checks.apply(settings, origins)
  check_controls(settings, origins)
  check_encoding(settings, origins)
  check_proxy(settings)
  apply_version(settings, origins)
  apply_provider(settings)
  check_urls(settings, origins)
  check_microversion(settings, origins)
  expand_paths(settings)
end

return checks
