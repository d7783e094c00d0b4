--- What settings must be, wherever they come from: URLs, versions, a provider, paths.
local ascii = require "rsnapshots.support.ascii"
local options = require "rsnapshots.connect.options"
local url = require "rsnapshots.support.url"

local checks = {}

local RACKSPACE_US = "https://identity.api.rackspacecloud.com/v2.0"
local RACKSPACE_UK = "https://lon.identity.api.rackspacecloud.com/v2.0"

-- Each of these gives what is wrong, or nil, and completes the settings.

local function check_controls(settings, origins)
  for _, option in ipairs(options.list) do
    if options.has_controls(option, settings[option.name]) then
      return (origins[option.name] or option.name) .. " must not contain control characters"
    end
  end
end

local function apply_provider(settings)
  if settings.provider == nil then
    return nil
  elseif settings.provider ~= "rackspace" then
    return ("there is no provider '%s'; there is: rackspace"):format(settings.provider)
  end
  settings.region = settings.region and ascii.upper(settings.region)
  settings.auth_url = settings.auth_url
    or (settings.region == "LON" and RACKSPACE_UK or RACKSPACE_US)
  if not settings.service_type then
    settings.service_type, settings.service_name = "volume", "cloudBlockStorage"
  end
end

-- "" means no proxy.
local function check_proxy(settings)
  if settings.proxy and settings.proxy ~= "" then
    local ok, problem = url.check_proxy(settings.proxy)
    return not ok and "proxy is not a usable address: " .. problem or nil
  end
end

local function check_urls(settings, origins)
  for _, name in ipairs { "auth_url", "endpoint" } do
    local normal, problem = settings[name]
    if normal then
      normal, problem = url.normalize(normal)
    end
    if problem then
      return ("%s is not a usable URL: %s"):format(origins[name] or name, problem)
    end
    settings[name] = normal
  end
end

-- "3.70", as the volume command has it, is API version 3 at that microversion.
local function apply_version(settings, origins)
  local version = settings.api_version
  if version == nil then
    return nil
  end
  local text = tostring(version)
  local pinned = text:match("^v?(3%.%d+)$")
  if pinned and settings.microversion == nil then
    settings.microversion, origins.microversion = pinned, origins.api_version or "api_version"
  end
  settings.api_version = tonumber(text:match("^v?([123])$") or text:match("^v?([12])%.0$")
    or text:match("^v?(3)%.%d+$"))
  return not settings.api_version
    and ("%s '%s' is not 1, 2 or 3"):format(origins.api_version or "api_version", text) or nil
end

local function check_microversion(settings, origins)
  local micro = settings.microversion
  if micro and micro ~= "latest" and micro ~= "3.0" and not micro:match("^3%.[1-9]%d*$") then
    return ("%s '%s' is neither 3.N nor latest"):format(origins.microversion or "microversion",
      micro)
  end
end

-- People write their home directory as ~.
local function expand_paths(settings)
  local home = os.getenv "HOME"
  for _, name in ipairs { "cacert", "cert", "key" } do
    if home and settings[name] then
      settings[name] = settings[name]:gsub("^~/", function() return home .. "/" end)
        :gsub("^~$", function() return home end)
    end
  end
end

local STEPS = { check_controls, apply_provider, check_proxy, check_urls, apply_version,
  check_microversion, expand_paths }

--- Checks settings, and completes them with what follows from them.
-- @tparam table origins where each of them comes from, nil for arguments
-- @treturn ?string what is wrong
function checks.problem_of(settings, origins)
  for _, step in ipairs(STEPS) do
    local problem = step(settings, origins)
    if problem then
      return problem
    end
  end
end

return checks
