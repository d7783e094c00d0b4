--- Configuration files: where they may be, and the first one that exists.
local environment = require "rsnapshots.connect.environment"
local options = require "rsnapshots.connect.options"
local yaml = require "rsnapshots.connect.clouds.yaml"

local files = {}

local variable = environment.variable

local MAX_BYTES = 1024 * 1024 -- of one file

local EACCES = 13 -- permission denied

local ENDINGS = { ".yaml", ".yml", ".json" }

--- The directories to look in, in order.
function files.directories()
  local found, known, home = { "." }, {}, variable "HOME"
  local function add(parent)
    if parent and not known[parent] then
      found[#found + 1], known[parent] = parent .. "/openstack", true
    end
  end
  add(variable "XDG_CONFIG_HOME" or home and home .. "/.config")
  home = variable "SNAP_REAL_HOME" or home
  add(home and home .. "/.config")
  for parent in (variable "XDG_CONFIG_DIRS" or "/etc/xdg"):gmatch "[^:]+" do
    add(parent)
  end
  add "/etc"
  return found
end

local function candidates(kind, override)
  local paths = { override }
  for _, directory in ipairs(files.directories()) do
    for _, ending in ipairs(ENDINGS) do
      paths[#paths + 1] = directory .. "/" .. kind .. ending
    end
  end
  return paths
end

-- A file's bytes; nil if it cannot be read, and whether that is because this user may not.
local function slurp(path)
  local file, _, errno = io.open(path, "rb")
  if not file then
    return nil, errno == EACCES
  end
  local text, problem = file:read(MAX_BYTES + 1)
  file:close()
  if problem then
    return nil -- a directory, or a failing disk
  end
  return text or ""
end

-- The map in a file's text; an empty map for an empty file.
local function parse(path, text)
  if #text > MAX_BYTES then
    options.refuse("%s is larger than %d bytes", path, MAX_BYTES)
  end
  local decode = path:match "json$" and yaml.decode_json or yaml.decode
  local value, problem = decode(text, path)
  if value == nil then
    options.refuse("%s cannot be read: %s", path, problem)
  elseif value == yaml.null then
    return {}
  elseif not yaml.is_map(value) then
    options.refuse("%s must hold a map, not %s", path, yaml.kind(value))
  end
  return value
end

--- Reads the first existing file of a kind.
-- @string kind `clouds`, `secure`, `clouds-public`
-- @string[opt] override a file that comes before all others
-- @treturn table the map in it, empty if there is no file
-- @treturn string its path; nil if there is no file
-- @treturn string what is wrong with a file before it that this user may not read; nil if there is
-- none
function files.read_first(kind, override)
  local problem
  for _, path in ipairs(candidates(kind, override)) do
    local text, is_forbidden = slurp(path)
    if text then
      return parse(path, text), path, problem
    elseif is_forbidden and not problem then
      problem = path .. " cannot be read: permission denied"
    end
  end
  return {}, nil, problem
end

return files
