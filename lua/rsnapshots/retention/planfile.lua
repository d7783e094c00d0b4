--- A plan as a table of plain values, which any JSON library writes to a file and reads again.
--
-- It says of every snapshot what it was, so that `apply` removes exactly what is in it and as it
-- was: what changed since stays and is reported, and nothing else is touched.
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"
local plans = require "rsnapshots.retention.plan"
local policies = require "rsnapshots.retention.policy"

local planfile = {}

local FORMAT, VERSION = "rsnapshots plan", 1

-- What a document must be: fields with their types ("?": it may be missing; `id`: a text that is
-- not empty; `whole`: a number), or what every value of a `list` or `map` is.
local SNAPSHOT = { id = "id", name = "string?", status = "string?", volume_id = "string?",
  project_id = "string?", group_snapshot_id = "string?", created_time = "number?",
  created_at = "string?", size = "number?", metadata = { map = "string" } }
local ENTRIES = { list = { reasons = { list = "string" }, snapshot = SNAPSHOT } }
local GROUP = { key = "string", reference = "number?", good = "whole", keep = ENTRIES,
  remove = ENTRIES }
local PLAN = { policy = "string?", max_remove = "string?", now = "number", endpoint = "string?",
  groups = { list = GROUP }, format = "string", version = "number" }

-- ------------------------------------------------------------------ writing

local function entry_documents(entries)
  local all = {}
  for i, entry in ipairs(entries) do
    local document = { reasons = { compat.unpack(entry.reasons) }, snapshot = {} }
    for name in pairs(SNAPSHOT) do
      document.snapshot[name] = entry.snapshot[name]
    end
    all[i] = document
  end
  return all
end

--- The plan as plain values: see `rsnapshots.retention.to_document`.
function planfile.document(plan, endpoint)
  local groups = {}
  for i, group in ipairs(plan.groups) do
    groups[i] = { key = group.key, reference = group.reference, good = group.good,
      keep = entry_documents(group.keep), remove = entry_documents(group.remove) }
  end
  return { format = FORMAT, version = VERSION, policy = plan.name, now = plan.now,
    max_remove = plan.max_remove and tostring(plan.max_remove.given),
    endpoint = check.optional(endpoint, "string", "endpoint"), groups = groups }
end

-- ------------------------------------------------------------------ reading

local TYPES = { id = "string", whole = "number" }

-- What is wrong with a field that is a value by itself; nil if nothing is.
local function problem_of_field(value, kind, where, name)
  local optional = kind:find("?", 1, true)
  local wanted = TYPES[kind] or kind:match "%a+"
  if type(value) ~= wanted and not (optional and value == nil) then
    return ("%s has no '%s' that is a %s"):format(where, name, wanted)
  elseif kind == "id" and value == "" then
    return where .. " has an empty " .. name
  elseif kind == "whole" and not compat.is_integer(value) then
    return ("%s.%s is not a whole number"):format(where, name)
  end
  return nil
end

local problem_of_fields

-- A list's length is its count: nothing is left out at a hole, and no key is unknown.
local function problem_of_values(values, shape, where)
  local inner = shape.list or shape.map
  for key, value in pairs(values) do
    local problem
    if shape.list and not (compat.is_integer(key) and key >= 1 and key <= #values) then
      return where .. " is not a list"
    elseif type(inner) == "table" then
      problem = problem_of_fields(value, inner, ("%s[%d]"):format(where, key))
    elseif type(value) ~= inner then
      problem = ("%s has '%s', which is not text"):format(where, tostring(key))
    end
    if problem then
      return problem
    end
  end
  return nil
end

-- What is wrong with a table of fields; nil if nothing is.
function problem_of_fields(value, shape, where)
  if type(value) ~= "table" then
    return where .. " is not an object"
  end
  for name, kind in pairs(shape) do
    local is_simple = type(kind) == "string"
    local problem = problem_of_field(value[name], is_simple and kind or "table", where, name)
    if not (problem or is_simple) then
      local inside = where == "it" and name or where .. "." .. name
      local problem_of = (kind.list or kind.map) and problem_of_values or problem_of_fields
      problem = problem_of(value[name], kind, inside)
    end
    if problem then
      return problem
    end
  end
  return nil
end

local function problem_of(document, endpoint)
  local problem = problem_of_fields(document, PLAN, "it")
  if problem then
    return problem
  elseif document.format ~= FORMAT then
    return "it is not a plan of rsnapshots"
  elseif document.version ~= VERSION then
    return ("it is of version %s, and this rsnapshots reads version %d"):format(
      tostring(document.version), VERSION)
  elseif endpoint and document.endpoint and document.endpoint ~= endpoint then
    return ("it was made for %s, and this is %s"):format(document.endpoint, endpoint)
  end
  return nil
end

-- The groups; nil and what is wrong where a snapshot is there twice, once to stay and once to go.
local function read_groups(documents)
  local groups, seen = {}, {}
  for i, document in ipairs(documents) do
    groups[i] = plans.group(document.key, document.reference, document.good)
    for _, part in ipairs { "keep", "remove" } do
      for _, entry in ipairs(document[part]) do
        local record = plans.record(entry.snapshot)
        if seen[record.id] then
          return nil, "snapshot " .. record.id .. " is in it twice"
        end
        seen[record.id] = true
        plans.add(groups[i], record, part == "keep", entry.reasons)
      end
    end
  end
  return groups
end

--- The plan that a table of plain values holds: see `rsnapshots.retention.from_document`.
function planfile.read(document, endpoint)
  check.type(document, "table", "the plan's document")
  check.optional(endpoint, "string", "endpoint")
  local problem, groups = problem_of(document, endpoint), nil
  if not problem then
    groups, problem = read_groups(document.groups)
  end
  if problem then
    return errors.fail("invalid", "the plan file cannot be used: " .. problem)
  end
  local most, err
  if document.max_remove then
    most, err = policies.limit(tonumber(document.max_remove) or document.max_remove)
  end
  if err then
    return nil, err
  end
  return plans.assemble(groups, { name = document.policy, now = document.now, warnings = {},
    others = {}, max_remove = most })
end

return planfile
