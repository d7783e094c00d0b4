--- Reads the words of a command line according to what a command declares (see rsnapshots.cli).
--
-- Options are written out, never shortened: today's typing error could become the short form of
-- tomorrow's option. `--option VALUE` and `--option=VALUE` are the same; `--` ends the options.
-- @module rsnapshots.cli.arguments.parser

local ascii = require "rsnapshots.support.ascii"
local suggest = require "rsnapshots.support.suggest"

local parser = {}

--- The field for the value of an option or argument.
function parser.field(item)
  return ascii.lower((item[#item]:gsub("^%-+", ""):gsub("[- ]", "_")))
end

-- Indexes options by each of their names.
local function by_name(options)
  local found, names = {}, {}
  for _, option in ipairs(options) do
    for _, name in ipairs(option) do
      found[name] = { option = option, value = not option.value or nil }
      names[#names + 1] = name
    end
    if option.negatable then
      local name = option[#option]:gsub("^%-%-", "--no-")
      found[name] = { option = option, value = false }
      names[#names + 1] = name
    end
  end
  return found, names
end

local function take_apart(word)
  local name, value = word:match "^(%-%-?[%a][%w-]*)=(.*)$"
  return name or word, value
end

local function is_option(word)
  return word:match "^%-." ~= nil
end

-- Separates the command's word from the others.
local function without(words, place)
  local rest = {}
  for i, word in ipairs(words) do
    if i ~= place then
      rest[#rest + 1] = word
    end
  end
  return place and words[place], rest
end

--- Finds the command: the first word that is neither an option nor the value of an option that may
-- stand before a command.
-- @treturn string nil if there is none
-- @treturn table the other words
function parser.split(options, words)
  local known = by_name(options)
  local i = 1
  while words[i] and words[i] ~= "--" do
    local name, value = take_apart(words[i])
    if not is_option(name) then
      return without(words, i)
    end
    local entry = known[name]
    i = i + (entry and entry.option.value and value == nil and 2 or 1)
  end
  return without(words, nil)
end

function parser.asks_for_help(words)
  for _, word in ipairs(words) do
    if word == "--" then
      return false
    elseif word == "--help" or word == "-h" then
      return true
    end
  end
  return false
end

-- ------------------------------------------------------------------ options

-- Checks a value. Returns the value to use, or nil and what is wrong.
local function read_value(item, word, attached, name)
  if item.choices then
    for _, choice in ipairs(item.choices) do
      if choice == word then
        return word
      end
    end
    return nil, ("must be one of %s, not '%s'%s"):format(table.concat(item.choices, ", "), word,
      suggest.hint(word, item.choices))
  elseif item.kind then
    return item.kind(word, attached, name)
  end
  return word
end

local function store(result, item, value)
  local field = parser.field(item)
  if item.map then
    result[field] = result[field] or {}
    result[field][value[1]] = value[2]
  elseif item.many then
    result[field] = result[field] or {}
    table.insert(result[field], value)
  else
    result[field] = value
  end
end

-- The word after an option if it can be its value, and is not itself an option.
local function next_value(self)
  local word = self.words[self.at + 1]
  if word == nil or word == "--" or self.known[take_apart(word)] then
    return nil
  end
  return word
end

-- May the value be left out, and does the next word not look like one?
local function is_left_out(option, word)
  return option.optional and not (word and word:match(option.pattern))
end

local function read_valued(self, option, name, given)
  local word = given or next_value(self)
  if not given and is_left_out(option, word) then
    store(self.result, option, option.optional)
    self.bare = ("; the value of %s is written %s=%s"):format(name, name, option.value)
    return nil
  elseif word == nil then
    return ("%s needs a value: %s"):format(name, option.value)
  end
  self.at = self.at + (given and 0 or 1)
  if option.single and self.result[parser.field(option)] ~= nil then
    return ("%s can be given only once"):format(name)
  end
  local value, problem = read_value(option, word, given ~= nil, name)
  if value == nil then
    return ("%s: %s"):format(name, problem)
  end
  store(self.result, option, value)
end

local function read_option(self, word)
  local name, given = take_apart(word)
  local entry = self.known[name]
  if not entry then
    local hint = name:find "^%-%-" and suggest.hint(name, self.names, true) or ""
    return ("there is no option '%s'%s"):format(name, hint)
  elseif entry.value == nil then
    return read_valued(self, entry.option, name, given)
  elseif given then
    return ("%s takes no value"):format(name)
  end
  store(self.result, entry.option, entry.value)
end

-- ---------------------------------------------------------------- arguments

local function read_positional(self, declared)
  local words, at = self.positional, 1
  for _, item in ipairs(declared) do
    if words[at] == nil and not item.optional then
      return ("%s is missing"):format(item[1])
    end
    local last = item.many and #words or math.min(at, #words)
    while at <= last do
      local value, problem = read_value(item, words[at])
      if value == nil then
        return ("%s: %s"):format(item[1], problem)
      end
      store(self.result, item, value)
      at = at + 1
    end
  end
  if words[at] then
    return ("'%s' is one argument too many%s"):format(words[at], self.bare or "")
  end
end

local function check_required(self, options)
  for _, option in ipairs(options) do
    if option.required and self.result[parser.field(option)] == nil then
      return ("%s %s is missing"):format(option[#option], option.value)
    end
  end
end

--- Reads the words that follow the command.
-- @tparam table declared `options`, `arguments`
-- @tparam {string,...} words
-- @treturn table what was given, by field; nil and what is wrong
function parser.parse(declared, words)
  local known, names = by_name(declared.options)
  local self = { words = words, at = 1, known = known, names = names, result = {},
    positional = {} }
  local ended, problem = false, nil
  while words[self.at] and not problem do
    local word = words[self.at]
    if ended or not is_option(word) then
      table.insert(self.positional, word)
    elseif word == "--" then
      ended = true
    else
      problem = read_option(self, word)
    end
    self.at = self.at + 1
  end
  problem = problem or self.result.version == nil
    and (read_positional(self, declared.arguments or {}) or check_required(self, declared.options))
    or nil
  if problem then
    return nil, problem
  end
  return self.result
end

return parser
