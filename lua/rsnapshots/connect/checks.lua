--- What settings must be, wherever they come from: URLs, versions, a provider, paths.
local ascii = require "rsnapshots.support.ascii"
local errors = require "rsnapshots.error"
local options = require "rsnapshots.connect.options"
local url = require "rsnapshots.support.url"

local checks = {}

local fail = errors.config

local RACKSPACE_US = "https://identity.api.rackspacecloud.com/v2.0"
local RACKSPACE_UK = "https://lon.identity.api.rackspacecloud.com/v2.0"

-- The same of files and variables as of arguments.
local function check_controls(settings, origins)
  for _, option in ipairs(options.list) do
    if options.has_controls(option, settings[option.name]) then
      return fail((origins[option.name] or option.name) .. " must not hold control characters")
    end
  end
  return true
end

local function apply_provider(settings)
  if settings.provider == nil then
    return true
  elseif settings.provider ~= "rackspace" then
    return fail(("there is no provider '%s'; there is: rackspace"):format(settings.provider))
  end
  settings.region = settings.region and ascii.upper(settings.region)
  settings.auth_url = settings.auth_url
    or (settings.region == "LON" and RACKSPACE_UK or RACKSPACE_US)
  if not settings.service_type then
    settings.service_type, settings.service_name = "volume", "cloudBlockStorage"
  end
  return true
end

-- "" is none at all.
local function check_proxy(settings)
  local ok, problem = true
  if settings.proxy and settings.proxy ~= "" then
    ok, problem = url.check_proxy(settings.proxy)
  end
  if not ok then
    return fail("proxy is not a usable address: " .. problem)
  end
  return true
end

local function check_urls(settings, origins)
  for _, name in ipairs { "auth_url", "endpoint" } do
    local normal, problem = settings[name]
    if normal then
      normal, problem = url.normalize(normal)
    end
    if problem then
      return fail(("%s is not a usable URL: %s"):format(origins[name] or name, problem))
    end
    settings[name] = normal
  end
  return true
end

-- "3.70", as the volume command has it, is API version 3 at that microversion.
local function apply_version(settings, origins)
  local version = settings.api_version
  if version == nil then
    return true
  end
  local text = tostring(version)
  local pinned = text:match("^v?(3%.%d+)$")
  if pinned and settings.microversion == nil then
    settings.microversion, origins.microversion = pinned, origins.api_version or "api_version"
  end
  settings.api_version = tonumber(text:match("^v?([123])$") or text:match("^v?([12])%.0$")
    or text:match("^v?(3)%.%d+$"))
  if not settings.api_version then
    return fail(("%s '%s' is not 1, 2 or 3"):format(origins.api_version or "api_version", text))
  end
  return true
end

local function check_microversion(settings, origins)
  local micro = settings.microversion
  if micro and micro ~= "latest" and micro ~= "3.0" and not micro:match("^3%.[1-9]%d*$") then
    return fail(("%s '%s' is neither 3.N nor latest"):format(
      origins.microversion or "microversion", micro))
  end
  return true
end

-- A path as people write it: their home directory is ~.
local function expand_paths(settings)
  local home = os.getenv "HOME"
  for _, name in ipairs { "cacert", "cert", "key" } do
    if home and settings[name] then
      settings[name] = settings[name]:gsub("^~/", function() return home .. "/" end)
        :gsub("^~$", function() return home end)
    end
  end
  return true
end

local STEPS = { check_controls, apply_provider, check_proxy, check_urls, apply_version,
  check_microversion, expand_paths }

--- Checks settings, and completes them with what follows from them.
-- @tparam table settings
-- @tparam table origins where each of them comes from, nil for arguments
-- @treturn boolean true; nil and a `config` error
function checks.apply(settings, origins)
  for _, step in ipairs(STEPS) do
    local ok, err = step(settings, origins)
    if not ok then
      return nil, err
    end
  end
  return true
end

return checks
