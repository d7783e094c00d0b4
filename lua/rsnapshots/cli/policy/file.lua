--- Policy files say which snapshots `rotate` makes and keeps, and of which volumes.
--
--     return {
--       name = "nightly", volumes = { "web", "db" }, keep_last = 2, keep_daily = 7,
--     }
--
-- or a list of such tables. Instead of `volumes`, `volume_property = { backup = "nightly" }`
-- selects the volumes with that property. Besides the options of rsnapshots.retention, a policy may
-- have `slot` ("hour", "day"), `name_format`, `description`, `force`, `property` (of the
-- snapshots), `timeout` (how many seconds a snapshot may take).
-- @module rsnapshots.cli.policy.file

local check = require "rsnapshots.support.check"
local retention = require "rsnapshots.retention"
local sandbox = require "rsnapshots.cli.policy.sandbox"
local slots = require "rsnapshots.cli.rotation.slot"
local suggest = require "rsnapshots.support.suggest"

local policy_file = {}

local LARGEST = 1024 * 1024 -- bytes
local DEEPEST, MOST = 6, 100000 -- tables within tables, values

-- ------------------------------------------------------------ plain values

local PLAIN = { string = true, number = true, boolean = true }

-- Copies a value, so that policies which share a table do not change each other's. Functions are
-- refused: nothing in the file is called later.
local function copy(value, depth, count)
  count.values = count.values + 1
  if PLAIN[type(value)] then
    return value
  elseif type(value) ~= "table" then
    return nil, ("it contains a %s; a policy file contains only data"):format(type(value))
  elseif depth > DEEPEST or count.values > MOST then
    return nil, "it contains too many tables within tables, or too many values"
  end
  local own = {}
  for key, item in next, value do
    local problem
    if type(key) == "table" or type(key) == "function" then
      return nil, ("it has a %s for a key"):format(type(key))
    end
    own[key], problem = copy(item, depth + 1, count)
    if problem then
      return nil, problem
    end
  end
  return own
end

-- ------------------------------------------------------------------------ checks

local function text(value)
  return type(value) == "string" and value ~= "", "a text that is not empty"
end

local function name_format(value)
  local problem = text(value) and slots.problem_of(value)
  return text(value) and not problem, "a text such as {policy}-{slot}"
    .. (problem and ": " .. problem or "")
end

local function texts(value)
  local is_right = type(value) == "table" and value[1] ~= nil and check.stray_key(value) == nil
  for _, item in ipairs(is_right and value or {}) do
    is_right = is_right and text(item)
  end
  return is_right, "a list of texts, with at least one"
end

local function texts_by_name(value)
  if type(value) ~= "table" or next(value) == nil then
    return false, "a table of texts by name, with at least one"
  end
  for key, item in pairs(value) do
    if type(key) ~= "string" or type(item) ~= "string" then
      return false, "a table of texts by name, with at least one"
    end
  end
  return true
end

local function slot(value)
  return value == "hour" or value == "day", '"hour" or "day"'
end

local function flag(value)
  return type(value) == "boolean", "true or false"
end

local function seconds(value)
  return type(value) == "number" and value > 0 and value < 1e7, "a number of seconds over 0"
end

-- The options that only `rotate` uses.
local OWN = { volumes = texts, volume_property = texts_by_name, slot = slot,
  name_format = name_format, description = text, force = flag, property = texts_by_name,
  timeout = seconds }

local KEYS = {}
for _, key in ipairs(retention.POLICY_KEYS) do
  KEYS[#KEYS + 1] = key
end
for key in pairs(OWN) do
  KEYS[#KEYS + 1] = key
end
table.sort(KEYS)

local KNOWN = {}
for _, key in ipairs(KEYS) do
  KNOWN[key] = true
end

local function unknown_key(policy)
  for key in pairs(policy) do
    if not KNOWN[key] then
      return key, ("it has an unknown key '%s'%s"):format(tostring(key),
        suggest.hint(tostring(key), KEYS))
    end
  end
end

local function wrong_value(policy)
  for key, test in pairs(OWN) do
    if policy[key] ~= nil then
      local ok, wanted = test(policy[key])
      if not ok then
        return key, ("%s must be %s"):format(key, wanted)
      end
    end
  end
end

local function wrong_choice(policy)
  if not text(policy.name) then
    return "name", "it has no name: name = \"nightly\""
  elseif not policy.volumes and not policy.volume_property then
    return "name", "it names no volumes: give volumes = { \"name or id\" } or volume_property = "
      .. "{ key = \"value\" }"
  elseif policy.volumes and policy.volume_property then
    return "volume_property", "it has both volumes and volume_property; give one of them"
  end
end

-- The part of a policy for rsnapshots.retention.
local function rules_of(policy)
  local rules = {}
  for key, value in pairs(policy) do
    if not OWN[key] then
      rules[key] = value
    end
  end
  return rules
end

local function read_rules(policy)
  local ok, rules, err = pcall(retention.read_policy, rules_of(policy))
  if not ok then -- a value of a wrong type
    return nil, (tostring(rules):gsub("^.*rsnapshots: ", ""))
  end
  return rules, err and err.message
end

-- ------------------------------------------------------------------- the whole file

-- The number of the line with that word, for messages; nil if there is none, or several.
local function line_of(content, word)
  local found, number = nil, 0
  for line in (content .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if line:find(word, 1, true) then
      if found then
        return nil
      end
      found = number
    end
  end
  return found
end

local function complain(file, policy, index, key, problem)
  local line = key and type(key) == "string" and line_of(file.content, key)
  local name = text(policy.name) and ('policy "%s"'):format(policy.name)
    or ("policy %d"):format(index)
  return nil, ("%s%s: %s: %s"):format(file.path, line and ":" .. line or "", name, problem)
end

local function read_one(file, policy, index)
  for _, test in ipairs { unknown_key, wrong_choice, wrong_value } do
    local key, problem = test(policy)
    if problem then
      return complain(file, policy, index, key, problem)
    end
  end
  local rules, problem = read_rules(policy)
  if not rules then
    return complain(file, policy, index, problem:match "([%l_]+) must"
      or problem:match "cannot be used: ([%l_]+)", problem)
  end
  policy.rules, policy.rules_given = rules, rules_of(policy)
  policy.slot = policy.slot or "hour"
  return policy
end

local function read_all(file, list)
  local seen, policies = {}, {}
  for index, given in ipairs(list) do
    if type(given) ~= "table" then
      return nil, ("%s: policy %d is not a table"):format(file.path, index)
    end
    local policy, problem = read_one(file, given, index)
    if not policy then
      return nil, problem
    elseif seen[policy.name] then
      return complain(file, policy, index, nil, "there is another policy with this name")
    end
    seen[policy.name] = true
    policies[index] = policy
  end
  return policies
end

-- The list of policies; a single policy is a list of one.
local function as_list(value)
  if value[1] == nil then
    return { value }
  end
  local key = check.stray_key(value)
  if key ~= nil then
    return nil, ("it is a list of policies, but it also has '%s'"):format(tostring(key))
  end
  return value
end

-- Without what Lua leaves out at the beginning of a file: a byte order mark, as editors on Windows
-- write it, and a first line with #.
local function trimmed(content)
  return (content:gsub("^\239\187\191", ""):gsub("^#[^\n]*", ""))
end

--- Reads the text of a policy file.
-- @string content
-- @string path for messages
-- @treturn {table,...} policies: what the file says, `slot` with its default, `rules` (for
-- rsnapshots.retention.plan) and `rules_given` (the same as written in the file); nil and what is
-- wrong, with the path and, if known, the line
function policy_file.read(content, path)
  content = trimmed(check.type(content, "string", "content"))
  local value, problem = sandbox.run(content, path)
  if problem then
    return nil, problem
  elseif type(value) ~= "table" then
    return nil, ("%s: it must return a policy, or a list of them: return { name = … }")
      :format(path)
  end
  local own
  own, problem = copy(value, 1, { values = 0 })
  if own then
    own, problem = as_list(own)
  end
  if not own then
    return nil, ("%s: %s"):format(path, problem)
  end
  return read_all({ content = content, path = path }, own)
end

--- Reads a file.
-- @string path
-- @treturn {table,...} as from `read`; nil and what is wrong
function policy_file.open(path)
  local file, problem = io.open(path, "rb")
  if not file then
    return nil, "the policy file cannot be read: " .. problem
  end
  local content, failure = file:read(LARGEST + 1)
  file:close()
  if failure then
    return nil, ("the policy file cannot be read: %s: %s"):format(path, failure)
  elseif content and #content > LARGEST then
    return nil, ("%s: it is larger than 1 MiB"):format(path)
  end
  return policy_file.read(content or "", path)
end

return policy_file
