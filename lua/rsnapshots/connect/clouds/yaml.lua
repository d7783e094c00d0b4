--- Files of settings: YAML 1.1 as PyYAML's safe_load takes it, and JSON.
--
-- It gives strings (numbers, too, as Python prints them), booleans, `yaml.null`, maps and lists,
-- and for each of these its line. lyaml's events are used, not its loader, which takes the first of
-- several documents, ignores tags, and knows no lines.
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local need = require "rsnapshots.support.need"
local scalar = require "rsnapshots.connect.clouds.yaml_scalar"

local yaml = {}

local MAX_DEPTH = 64
local MAX_VALUES = 100000 -- with what its aliases and merges stand for

yaml.null = setmetatable({}, { __tostring = function() return "null" end })

-- ------------------------------------------------------------ maps and lists

local List = {} -- the metatable of lists
local places = setmetatable({}, { __mode = "k" })

--- What a value is, for messages too.
function yaml.kind(value)
  if type(value) ~= "table" then
    return type(value) == "boolean" and "a boolean" or "text"
  elseif value == yaml.null then
    return "nothing"
  end
  return getmetatable(value) == List and "a list" or "a map"
end

--- Is it a map? An empty one of JSON may be either.
function yaml.is_map(value)
  return yaml.kind(value) == "a map"
end

function yaml.is_list(value)
  return yaml.kind(value) == "a list"
end

--- Makes a list of a Lua sequence.
function yaml.list(sequence)
  return setmetatable(sequence, List)
end

--- Where a map's or list's value stands: "clouds.yaml, line 7", or nil.
function yaml.place(container, key)
  return places[container] and places[container][key]
end

--- The same for messages: " (clouds.yaml, line 7)", or "".
function yaml.shown_place(container, key)
  local place = yaml.place(container, key)
  return place and " (" .. place .. ")" or ""
end

--- Sets a value; its place is taken from another container's key.
function yaml.put(container, key, value, from, from_key)
  container[key] = value
  places[container] = places[container] or {}
  places[container][key] = yaml.place(from, from_key or key)
end

-- ------------------------------------------------------------------ scalars

local TAG = "tag:yaml.org,2002:"
local TEXT = { ["!"] = true, [TAG .. "str"] = true, [TAG .. "timestamp"] = true }
local RESOLVED = { [TAG .. "int"] = scalar.integer, [TAG .. "float"] = scalar.float,
  [TAG .. "bool"] = scalar.boolean }

-- What a scalar without quotes and tag means.
local function resolve(text)
  local value = scalar.resolve(text)
  if value == nil then
    return yaml.null
  end
  return value
end

-- ----------------------------------------------------------------- composing

local Composer = {}
Composer.__index = Composer

local function stop(event, problem)
  error({ line = event.start_mark.line + 1, problem = problem }, 0)
end

local function count(event, size)
  if size > MAX_VALUES then
    stop(event, ("with what its aliases stand for it has more than %d values"):format(MAX_VALUES))
  end
  return size
end

local function scalar_of(event)
  local tag = event.tag
  if tag == nil then
    if event.plain_implicit then
      return resolve(event.value)
    end
    return event.value
  elseif TEXT[tag] then
    return event.value
  elseif tag == TAG .. "null" then
    return yaml.null
  elseif not RESOLVED[tag] then
    stop(event, "it has a tag that plain data cannot have")
  end
  local value = RESOLVED[tag](event.value)
  if value == nil then
    stop(event, "a value is not what its tag says")
  end
  return value
end

-- What `<<` stands for, a map or a list of maps; the first of these wins.
local function merge(event, map, value)
  local origins = yaml.is_list(value) and value or { value }
  local size = 0
  for i = #origins, 1, -1 do
    if not yaml.is_map(origins[i]) then
      stop(event, "what << names must be a map, or a list of maps")
    end
    for key, item in pairs(origins[i]) do
      yaml.put(map, key, item, origins[i])
      size = size + 1
    end
  end
  return size
end

-- A map's key, which may be an alias of text.
function Composer:key(event)
  local known = event.type == "ALIAS" and self.anchors[event.anchor]
  local key = event.value
  if type(known) == "table" then
    key = known.value
  end
  if type(key) ~= "string" then
    stop(event, "a key must be text")
  elseif event.type == "SCALAR" and event.anchor then
    self:remember(event, key, 1)
  end
  return key
end

function Composer:map(event, depth)
  local map, merged, own, size = {}, {}, {}, 1
  places[map] = {}
  while true do
    local key_event = self.next()
    if key_event.type == "MAPPING_END" then
      break
    end
    local key = self:key(key_event)
    local value, weight = self:node(self.next(), depth + 1)
    size = count(event, size + 1 + weight)
    if key == "<<" and key_event.plain_implicit then
      size = count(event, size + merge(key_event, merged, value))
    else
      own[key] = key_event.start_mark.line + 1
      map[key] = value
      places[map][key] = self.name .. ", line " .. own[key]
    end
  end
  for key, value in pairs(merged) do
    if not own[key] then
      yaml.put(map, key, value, merged)
    end
  end
  return map, size
end

function Composer:list(event, depth)
  local list, size = yaml.list {}, 1
  places[list] = {}
  while true do
    local item = self.next()
    if item.type == "SEQUENCE_END" then
      return list, size
    end
    local value, weight = self:node(item, depth + 1)
    size = count(event, size + weight)
    list[#list + 1] = value
    places[list][#list] = self.name .. ", line " .. item.start_mark.line + 1
  end
end

function Composer:remember(event, value, size)
  self.anchors[event.anchor] = { value = value, size = size }
end

function Composer:node(event, depth)
  if depth > MAX_DEPTH then
    stop(event, ("it is nested more than %d deep"):format(MAX_DEPTH))
  elseif event.type == "ALIAS" then
    local known = self.anchors[event.anchor]
    if not known then
      stop(event, "an alias has no anchor before it")
    elseif known == true then
      stop(event, "an alias is within what it stands for")
    end
    return known.value, count(event, known.size)
  elseif event.anchor and self.anchors[event.anchor] then
    stop(event, "an anchor occurs twice")
  elseif event.anchor then
    self.anchors[event.anchor] = true -- not known before its end
  end
  local value, size
  if event.type == "SCALAR" then
    value, size = scalar_of(event), 1
  else
    local is_map = event.type == "MAPPING_START"
    if event.tag and event.tag ~= TAG .. (is_map and "map" or "seq") and event.tag ~= "!" then
      stop(event, "it has a tag that plain data cannot have")
    end
    value, size = self[is_map and "map" or "list"](self, event, depth)
  end
  if event.anchor then
    self:remember(event, value, size)
  end
  return value, size
end

function Composer:document()
  self.next() -- the stream's start
  local event = self.next()
  if event.type == "STREAM_END" then
    return yaml.null
  end
  local value = self:node(self.next(), 0)
  self.next() -- the document's end
  event = self.next()
  if event.type ~= "STREAM_END" then
    stop(event, "it holds more than one document")
  end
  return value
end

-- The number of the first line for which a test is true, nil if there is none.
local function line_that(text, test)
  local number = 0
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if test(line, number) then
      return number
    end
  end
end

-- Is it not UTF-8, or has it control characters? libyaml does not name the line.
local function is_junk(line)
  return not core.is_utf8(line) or line:find "[%z\1-\8\11\12\14-\31\127]"
    or line:find "\194[\128-\132\134-\159]"
end

-- A word about a line that begins with a tab, which YAML does not take for blanks.
local function tab_hint(text, wanted)
  local has_tab = line_that(text, function(line, number)
    return number == wanted and line:find "^ *\t"
  end)
  return has_tab and ": the line begins with a tab, put spaces there" or ""
end

-- libyaml's messages quote nothing of the file. Other errors are not ours.
local function explain(err, text)
  if type(err) == "table" and err.problem then
    return ("line %d: %s"):format(err.line, err.problem)
  end
  local problem = type(err) == "string" and err:match "^(.-) at document: %d+"
  if not problem then
    error(err, 0)
  end
  local line = tonumber(err:match "line: (%d+)") or line_that(text, is_junk)
  return (line and ("line %d: "):format(line) or "") .. problem .. tab_hint(text, line)
end

--- Reads YAML.
-- @string name the file's, for places
-- @return the value; nil and what is wrong, which quotes nothing of the text
function yaml.decode(text, name)
  local found, problem = need("lyaml", "lyaml", "lua-yaml")
  if not found then
    return nil, problem .. " (JSON needs nothing)"
  end
  local ok, value = pcall(function()
    local composer = { name = name, anchors = {}, next = require("yaml").parser(text) }
    return setmetatable(composer, Composer):document()
  end)
  if ok then
    return value
  end
  return nil, explain(value, text)
end

-- --------------------------------------------------------------------- JSON

local MAX_EXACT = 2 ^ 53 -- Lua 5.1 cannot tell larger whole numbers apart

local function from_json(value, name)
  if value == core.null then
    return yaml.null
  elseif type(value) == "number" and (value >= MAX_EXACT or value <= -MAX_EXACT) then
    error({ problem = "a number is too large to be kept as it is: put it into quotes" }, 0)
  elseif type(value) == "number" then
    return not compat.is_float(value) and ("%d"):format(value) or scalar.float_text(value)
  elseif type(value) ~= "table" then
    return value
  end
  local copy = value[1] ~= nil and yaml.list {} or {}
  places[copy] = {}
  for key, item in pairs(value) do
    copy[key] = from_json(item, name)
    places[copy][key] = name
  end
  return copy
end

--- Reads JSON, as `decode` does YAML.
function yaml.decode_json(text, name)
  local value, problem = core.decode(text, true)
  if value == nil then
    local _, line = text:sub(1, tonumber(problem:match "at byte (%d+)") or 0):gsub("\n", "")
    return nil, ("line %d: %s"):format(line + 1, problem)
  end
  local ok, converted = pcall(from_json, value, name)
  if not ok and type(converted) ~= "table" then
    error(converted, 0)
  elseif not ok then
    return nil, converted.problem
  end
  return converted
end

return yaml
