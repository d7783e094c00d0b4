--- Reads configuration files: YAML 1.1 like PyYAML's safe_load, and JSON.
--
-- The values are strings (also for numbers, as Python prints them), booleans, `yaml.null`, maps and
-- lists, and the line of each is known. This uses lyaml's events and not its loader, which takes
-- the first of several documents, ignores tags, and does not know lines.
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local need = require "rsnapshots.support.need"
local scalar = require "rsnapshots.connect.clouds.yaml_scalar"

local yaml = {}

local MAX_DEPTH = 64
local MAX_VALUES = 100000 -- including the values that aliases and merges stand for

yaml.null = scalar.null

-- ------------------------------------------------------------ maps and lists

local List = {} -- the metatable of lists
local places = setmetatable({}, { __mode = "k" })

--- What kind of value it is; also for messages.
function yaml.kind(value)
  if type(value) ~= "table" then
    return type(value) == "boolean" and "a boolean" or "text"
  elseif value == yaml.null then
    return "nothing"
  end
  return getmetatable(value) == List and "a list" or "a map"
end

--- Is it a map? An empty one from JSON may be a list.
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

--- The place of a value in a map or list: "clouds.yaml, line 7", or nil.
function yaml.place(container, key)
  return places[container] and places[container][key]
end

--- The same for messages: " (clouds.yaml, line 7)", or "".
function yaml.shown_place(container, key)
  local place = yaml.place(container, key)
  return place and " (" .. place .. ")" or ""
end

--- A key for messages: "password of cloud 'prod' (clouds.yaml, line 7)".
-- @string[opt] where what the key belongs to
function yaml.at(container, key, where)
  return key .. (where and " of " .. where or "") .. yaml.shown_place(container, key)
end

local function set(container, key, value, place)
  container[key] = value
  places[container] = places[container] or {}
  places[container][key] = place
end

--- Sets a value; its place is taken from another container's key.
function yaml.put(container, key, value, from, from_key)
  set(container, key, value, yaml.place(from, from_key or key))
end

-- ------------------------------------------------------------------ scalars

local TAG = "tag:yaml.org,2002:"

-- The reader for scalars with each tag.
local READ = { ["!"] = tostring, [TAG .. "str"] = tostring, [TAG .. "timestamp"] = tostring,
  [TAG .. "int"] = scalar.integer, [TAG .. "float"] = scalar.float,
  [TAG .. "bool"] = scalar.boolean, [TAG .. "null"] = function() return yaml.null end }

-- ----------------------------------------------------------------- composing

local Composer = {}
Composer.__index = Composer

local function stop(event, problem)
  error({ line = event.start_mark.line + 1, problem = problem }, 0)
end

function Composer:count(event, size)
  self.size = self.size + size
  if self.size > MAX_VALUES then
    stop(event, ("with what its aliases stand for it has more than %d values"):format(MAX_VALUES))
  end
end

local function scalar_of(event)
  local read = READ[event.tag]
  if event.tag == nil then
    read = event.plain_implicit and scalar.resolve or tostring
  elseif not read then
    stop(event, "it has a tag that plain data cannot have")
  end
  local value = read(event.value)
  if value == nil then
    stop(event, "a value is not what its tag says")
  end
  return value
end

-- Merges what `<<` stands for: a map or a list of maps, of which the first wins.
function Composer:merge(event, map, value)
  local origins = yaml.is_list(value) and value or { value }
  for i = #origins, 1, -1 do
    if not yaml.is_map(origins[i]) then
      stop(event, "what << names must be a map, or a list of maps")
    end
    for key, item in pairs(origins[i]) do
      yaml.put(map, key, item, origins[i])
      self:count(event, 1)
    end
  end
end

-- A map's key, which may be an alias of a text.
function Composer:key(event)
  local known = event.type == "ALIAS" and self.anchors[event.anchor]
  local key = event.value
  if type(known) == "table" then
    key = known.value
  end
  if type(key) ~= "string" then
    stop(event, "a key must be text")
  elseif event.type == "SCALAR" then
    self:remember(event, key, 1)
  end
  return key
end

function Composer:place(event)
  return self.name .. ", line " .. event.start_mark.line + 1
end

function Composer:map(event, depth)
  local map, merged = {}, {}
  for key_event in self.next do
    if key_event.type == "MAPPING_END" then
      break
    end
    local key = self:key(key_event)
    local value = self:node(self.next(), depth + 1)
    self:count(event, 1)
    if key == "<<" and key_event.plain_implicit then
      self:merge(key_event, merged, value)
    else
      set(map, key, value, self:place(key_event))
    end
  end
  for key, value in pairs(merged) do
    if map[key] == nil then
      yaml.put(map, key, value, merged)
    end
  end
  return map
end

function Composer:list(_, depth)
  local list = yaml.list {}
  for item in self.next do
    if item.type == "SEQUENCE_END" then
      return list
    end
    set(list, #list + 1, self:node(item, depth + 1), self:place(item))
  end
end

function Composer:remember(event, value, size)
  if event.anchor then
    self.anchors[event.anchor] = { value = value, size = size }
  end
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
    self:count(event, known.size)
    return known.value
  elseif event.anchor and self.anchors[event.anchor] then
    stop(event, "an anchor occurs twice")
  elseif event.anchor then
    self.anchors[event.anchor] = true -- complete only at its end
  end
  local value
  local before = self.size
  self:count(event, 1)
  if event.type == "SCALAR" then
    value = scalar_of(event)
  else
    local is_map = event.type == "MAPPING_START"
    if event.tag and event.tag ~= TAG .. (is_map and "map" or "seq") and event.tag ~= "!" then
      stop(event, "it has a tag that plain data cannot have")
    end
    value = self[is_map and "map" or "list"](self, event, depth)
  end
  self:remember(event, value, self.size - before)
  return value
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

-- Is a line not UTF-8, or does it have control characters? For these, libyaml does not name the
-- line.
local function is_junk(line)
  return not core.is_utf8(line) or line:find "[%z\1-\8\11\12\14-\31\127]"
    or line:find "\194[\128-\132\134-\159]"
end

-- What is wrong, and on which line. libyaml's messages do not quote the file.
local function explain_libyaml(problem, err, text)
  local wanted, number = tonumber(err:match "line: (%d+)"), 0
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if wanted == number or not wanted and is_junk(line) then
      return ("line %d: %s%s"):format(number, problem,
        line:find "^ *\t" and ": the line begins with a tab, put spaces there" or "")
    end
  end
  return wanted and ("line %d: %s"):format(wanted, problem) or problem
end

-- Calls a function that reads a text.
-- @return the value; nil and what is wrong. Other errors are raised again
local function attempt(text, read)
  local ok, value = pcall(read)
  if ok then
    return value
  elseif type(value) == "table" and value.problem then
    return nil, (value.line and ("line %d: "):format(value.line) or "") .. value.problem
  end
  local problem = type(value) == "string" and value:match "^(.-) at document: %d+"
  if not problem then
    error(value, 0)
  end
  return nil, explain_libyaml(problem, value, text)
end

--- Reads YAML.
-- @string name the file's name, for places
-- @return the value; nil and what is wrong, without quoting the text
function yaml.decode(text, name)
  local found, problem = need("lyaml", "lyaml", "lua-yaml")
  if not found then
    return nil, problem .. " (JSON needs nothing)"
  end
  return attempt(text, function()
    local composer = { name = name, anchors = {}, size = 0, next = require("yaml").parser(text) }
    return setmetatable(composer, Composer):document()
  end)
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
  for key, item in pairs(value) do
    set(copy, key, from_json(item, name), name)
  end
  return copy
end

-- core.decode replaces what is not UTF-8, also in a password.
local function check_encoding(text)
  local number = 0
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if not core.is_utf8(line) then
      error({ line = number, problem = "it is not UTF-8" }, 0)
    end
  end
end

--- Reads JSON, like `decode` reads YAML.
function yaml.decode_json(text, name)
  return attempt(text, function()
    check_encoding(text)
    local value, problem = core.decode(text, true)
    if value == nil then
      local _, breaks = text:sub(1, tonumber(problem:match "at byte (%d+)") or 0):gsub("\n", "")
      error({ line = breaks + 1, problem = problem }, 0)
    end
    return from_json(value, name)
  end)
end

return yaml
