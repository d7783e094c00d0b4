--- clouds.yaml, secure.yaml and clouds-public.yaml: finds and reads them, and puts
-- a cloud together, by the rules of openstacksdk (docs/connecting.md).
local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local entry = require "rsnapshots.connect.clouds.entry"
local environment = require "rsnapshots.connect.environment"
local files = require "rsnapshots.connect.clouds.files"
local options = require "rsnapshots.connect.options"
local suggest = require "rsnapshots.support.suggest"
local profiles = require "rsnapshots.connect.profiles"
local yaml = require "rsnapshots.connect.clouds.yaml"

local clouds = {}

local refuse, variable, at = options.refuse, environment.variable, yaml.at

-- ----------------------------------------------------------------- merging

-- Replaces "-" in keys with "_". If both spellings are there, the one with "_" counts.
local function normalize(map)
  local copy = {}
  for key, value in pairs(map) do
    local name = key:gsub("-", "_")
    if name == key or map[name] == nil then
      yaml.put(copy, name, value, map, key)
    end
  end
  return copy
end

local CLOUD_DEPTH = 2 -- of a cloud's keys; above are `clouds` and its name

-- Merges two maps, and maps within them, into a new one. The values in `above` win, whether a
-- cloud's keys are spelled with "-" or "_". An empty map may be an empty JSON list.
local function merge(below, above, depth)
  if depth >= CLOUD_DEPTH then
    below, above = normalize(below), normalize(above)
  end
  local merged = {}
  for key, value in pairs(below) do
    yaml.put(merged, key, value, below)
  end
  for key, value in pairs(above) do
    local replaced = merged[key]
    if yaml.is_map(value) and yaml.is_map(replaced) then
      value = merge(replaced, value, depth + 1)
    elseif yaml.is_map(value) and next(value) ~= nil and replaced ~= nil then
      refuse("%s is a map, where %s is %s", at(above, key), at(below, key), yaml.kind(replaced))
    end
    yaml.put(merged, key, value, above)
  end
  return merged
end

-- A value in a map, normalized, which must be a map itself; nil if there is none.
local function submap(map, key, where)
  local value = map[key]
  if value == nil then
    return nil
  elseif not yaml.is_map(value) then
    refuse("%s must be a map, not %s", at(map, key, where), yaml.kind(value))
  end
  return normalize(value)
end

-- ---------------------------------------------------------------- profiles

-- The built-in profile of that name, as a cloud's map; nil if there is none.
local function built_in(name)
  local facts = profiles[name]
  return facts and { rsnapshots_provider = facts.provider, rsnapshots_version = facts.version,
    regions = yaml.list(facts.regions), auth = { auth_url = facts.auth_url,
      user_domain_name = facts.domain, project_domain_name = facts.domain } }
end

-- The profile of that name in clouds-public.yaml; nil if there is none.
local function public_profile(name)
  local file, path = files.read_first "clouds-public"
  return submap(file, "public-clouds", path) and submap(file["public-clouds"], name, path)
end

-- The profile that a cloud names, from clouds-public or built in; an empty one if it names none.
local function profile_of(cloud, where, warn)
  local key = cloud.profile ~= nil and "profile" or "cloud"
  local name = cloud[key]
  if name == nil or name == yaml.null or name == "" then
    return {}
  elseif type(name) ~= "string" then
    refuse("%s must be text, not %s", at(cloud, key, where), yaml.kind(name))
  end
  local profile = public_profile(name) or built_in(name)
  if not profile and name:find("://", 1, true) then
    refuse("%s is a URL: profiles are not fetched, put it into clouds-public.yaml",
      at(cloud, key, where))
  elseif not profile then
    warn(("%s names the profile '%s', which is neither in clouds-public.yaml nor built in%s")
      :format(at(cloud, key, where), name, suggest.hint(name, suggest.names_of(profiles))))
  end
  return profile or {}
end

-- ----------------------------------------------------------------- regions

local REGION_KEYS = { name = true, values = true }

-- The regions in a list, as {name, values}.
local function expand(map, key, where)
  local regions, list = {}, map[key]
  local is_empty = yaml.is_map(list) and next(list) == nil -- an empty JSON list
  if not (yaml.is_list(list) or is_empty) then
    refuse("%s must be a list, not %s", at(map, key, where), yaml.kind(list))
  end
  for i, region in ipairs(list) do
    local place = yaml.place(list, i) or where
    if type(region) == "string" then
      region = { name = region }
    elseif not yaml.is_map(region) or type(region.name) ~= "string" then
      refuse("%s: a region is its name, or a map with its name and values", place)
    end
    for name in pairs(region) do
      if not REGION_KEYS[name] then
        refuse("%s: a region has no '%s', only name and values", place, name)
      end
    end
    local values = submap(region, "values", "region '" .. region.name .. "'") or {}
    for name, value in pairs(values) do
      if value == yaml.null then
        values[name] = nil -- it has no effect
      end
    end
    regions[i] = { name = ascii.trim(region.name), values = values }
  end
  return regions
end

-- The regions that a cloud or a profile names, as a list; nil if it names none.
local function regions_of(map, where)
  local names = map.region_name
  if map.regions ~= nil then
    return expand(map, "regions", where)
  elseif names == nil or names == yaml.null or names == "" then
    return nil
  elseif type(names) == "string" then
    map = { region_name = yaml.list {} }
    for name in (names .. ","):gmatch "([^,]*)," do
      table.insert(map.region_name, name)
    end
  end
  return expand(map, "region_name", where)
end

local function choose_region(regions, wanted, where)
  if not regions or #regions == 0 then
    return { name = wanted or "", values = {} }
  end
  local names = {}
  for i, region in ipairs(regions) do
    if region.name == wanted then
      return region
    end
    names[i] = region.name
  end
  if wanted then
    refuse("%s has no region '%s'%s It has: %s", where, wanted, suggest.ending(wanted, names),
      suggest.list(names))
  end
  return regions[1]
end

-- ------------------------------------------------------------------- files

local function warn_of_missing(name, path, warn)
  local wanted = variable(name)
  if wanted and path ~= wanted then
    warn(("%s names %s, which cannot be read"):format(name, wanted))
  end
end

-- Both files as one map, and the path for messages; nil if there is no file. Also what is wrong
-- with a file that this user may not read.
local function read_files(warn)
  local file, path, problem = files.read_first("clouds", variable "OS_CLIENT_CONFIG_FILE")
  local secure, secure_path, secure_problem = files.read_first("secure",
    variable "OS_CLIENT_SECURE_FILE")
  warn_of_missing("OS_CLIENT_CONFIG_FILE", path, warn)
  warn_of_missing("OS_CLIENT_SECURE_FILE", secure_path, warn)
  if secure_path and core.is_public(secure_path) then
    warn(("%s can be read by everybody: chmod 600 it"):format(secure_path))
  end
  return merge(file, secure, 0), path or secure_path,
    not path and problem or not secure_path and secure_problem or nil
end

-- The map of clouds in a file. If there is none, an empty map and, if there is a file all the same,
-- what to do about that.
local function clouds_in(file, path, unread)
  local own = environment.name()
  if file.clouds == nil then
    return {}, next(file) ~= nil and ("%s has no 'clouds:' at its top level: put that line there, "
      .. "and each cloud below it by its name, indented"):format(path) or unread
  elseif not yaml.is_map(file.clouds) then
    refuse("%s must be a map of clouds by their names, not %s", at(file, "clouds"),
      yaml.kind(file.clouds))
  elseif file.clouds[own] ~= nil then
    refuse("%s: this name stands for the environment; rename the cloud, or set OS_CLOUD_NAME",
      at(file.clouds, own))
  end
  return file.clouds
end

-- The name if there is exactly one; nil if there is none.
local function only_of(names, path, problem)
  if problem then
    refuse("there are no credentials: %s", problem)
  elseif #names > 1 then
    refuse("%s has several clouds: choose one with OS_CLOUD or the option cloud (--os-cloud); "
      .. "there are: %s", path, suggest.list(names))
  end
  return names[1]
end

-- Raises for a cloud that is in no file.
local function miss(name, named_by, names, path, problem)
  local there = #names > 0 and " There are: " .. suggest.list(names) or ""
  local why = "but there is no clouds.yaml in "
    .. table.concat(files.directories(), ", ")
  if problem then
    why = "but " .. problem
  elseif path then
    why = "which is not in " .. path
  end
  refuse("%s names the cloud '%s', %s%s%s", named_by == "cloud" and "the option cloud" or named_by,
    name, why, suggest.ending(name, names), there)
end

-- ------------------------------------------------------------------- public

--- Puts a cloud together: its profile, itself, its region.
-- @string[opt] name nil: the only one in the files
-- @string named_by what named the cloud, for messages
-- @string[opt] region nil: the first that it has
-- @func warn is called with messages about what should be changed
-- @treturn table settings, by the names of options, and `origin`: where the cloud is; nil if no
-- cloud is named, and there is none
-- @treturn table where each of them comes from
function clouds.read(name, named_by, region, warn)
  local file, path, unread = read_files(warn)
  local map, problem = clouds_in(file, path, unread)
  local names = suggest.names_of(map)
  name = name or only_of(names, path, problem)
  if name == nil then
    return nil
  elseif map[name] == nil then
    miss(name, named_by, names, path, problem)
  end
  local where = ("cloud '%s'"):format(name)
  local own = submap(map, name)
  local profile = profile_of(own, where, warn)
  local chosen = choose_region(regions_of(own, where) or regions_of(profile, where), region, where)
  local cloud = merge(merge(profile, own, CLOUD_DEPTH), chosen.values, CLOUD_DEPTH)
  cloud.auth, cloud.region_name = submap(cloud, "auth", where), chosen.name
  local settings, origins = entry.read(cloud, where)
  settings.origin = ("%s of %s%s"):format(where, yaml.place(map, name) or path,
    unread and "; " .. unread or "")
  return settings, origins
end

return clouds
