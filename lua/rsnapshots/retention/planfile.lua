--- A plan as a table of plain values, which any JSON library writes to a file and reads again.
--
-- It says of every snapshot what it was, so that `apply` removes exactly what is in it and as it
-- was: what changed since stays and is reported, and nothing else is touched.
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"
local plans = require "rsnapshots.retention.plan"
local policies = require "rsnapshots.retention.policy"
local population = require "rsnapshots.retention.population"

local planfile = {}

local FORMAT, VERSION = "rsnapshots plan", 1

-- ------------------------------------------------------------------ writing

-- A field and its type; "?": it may be missing.
local FIELDS = { id = "string", name = "string?", status = "string?", volume_id = "string?",
  project_id = "string?", group_snapshot_id = "string?", created_time = "number?",
  created_at = "string?", size = "number?", metadata = "table" }

local function snapshot_document(snapshot)
  local document = {}
  for name in pairs(FIELDS) do
    document[name] = snapshot[name]
  end
  return document
end

local function copy(list)
  local all = {}
  for i, item in ipairs(list) do
    all[i] = item
  end
  return all
end

local function entry_documents(entries)
  local all = {}
  for i, entry in ipairs(entries) do
    all[i] = { reasons = copy(entry.reasons), snapshot = snapshot_document(entry.snapshot) }
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

local function refuse(problem)
  return errors.fail("invalid", "the plan file cannot be used: " .. problem)
end

-- What is wrong with a table of values, by the types they must have; nil if nothing is.
local function problem_of(value, types, where)
  if type(value) ~= "table" then
    return where .. " is not an object"
  end
  for name, kind in pairs(types) do
    local wanted, optional = kind:match "^(%a+)(%??)$"
    if type(value[name]) ~= wanted and not (value[name] == nil and optional == "?") then
      return ("%s has no '%s' that is a %s"):format(where, name, wanted)
    end
  end
  return nil
end

-- A list's length is its count: nothing is left out at a hole, and no key is unknown.
local function problem_of_list(list, where)
  for key in pairs(list) do
    if not compat.is_integer(key) or key < 1 or key > #list then
      return where .. " is not a list"
    end
  end
  return nil
end

local function problem_of_texts(map, where)
  for key, value in pairs(map) do
    if type(value) ~= "string" then
      return ("%s has '%s', which is not text"):format(where, tostring(key))
    end
  end
  return nil
end

local function problem_of_entry(entry, where)
  local problem = problem_of(entry, { reasons = "table", snapshot = "table" }, where)
  if problem then
    return problem
  end
  local snapshot = entry.snapshot
  return problem_of_list(entry.reasons, where .. ".reasons")
    or problem_of_texts(entry.reasons, where .. ".reasons")
    or problem_of(snapshot, FIELDS, where .. ".snapshot")
    or problem_of_texts(snapshot.metadata, where .. ".snapshot.metadata")
    or snapshot.id == "" and where .. ".snapshot has an empty id" or nil
end

local function read_entries(list, keep, group, where)
  local problem = problem_of_list(list, where)
  for i, document in ipairs(list) do
    problem = problem or problem_of_entry(document, ("%s[%d]"):format(where, i))
    if problem then
      return problem
    end
    plans.add(group, population.record(document.snapshot), keep, document.reasons)
  end
  return problem
end

local GROUP = { key = "string", reference = "number?", good = "number", keep = "table",
  remove = "table" }

local function read_group(document, where)
  local problem = problem_of(document, GROUP, where)
  if not problem and not compat.is_integer(document.good) then
    problem = where .. ".good is not a whole number"
  end
  if problem then
    return nil, problem
  end
  local group = plans.group(document.key, document.reference, document.good)
  problem = read_entries(document.keep, true, group, where .. ".keep")
    or read_entries(document.remove, false, group, where .. ".remove")
  return not problem and group or nil, problem
end

-- Is a snapshot there twice, once to stay and once to go?
local function problem_of_ids(groups)
  local seen = {}
  for _, group in ipairs(groups) do
    for _, list in ipairs { group.keep, group.remove } do
      for _, entry in ipairs(list) do
        if seen[entry.record.id] then
          return "snapshot " .. entry.record.id .. " is in it twice"
        end
        seen[entry.record.id] = true
      end
    end
  end
  return nil
end

local TOP = { policy = "string?", max_remove = "string?", now = "number", endpoint = "string?",
  groups = "table", format = "string", version = "number" }

local function problem_of_top(document, endpoint)
  local problem = problem_of(document, TOP, "it")
    or problem_of_list(document.groups, "groups")
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

--- The plan that a table of plain values holds: see `rsnapshots.retention.from_document`.
function planfile.read(document, endpoint)
  check.type(document, "table", "the plan's document")
  check.optional(endpoint, "string", "endpoint")
  local problem = problem_of_top(document, endpoint)
  if problem then
    return refuse(problem)
  end
  local groups = {}
  for i, item in ipairs(document.groups) do
    groups[i], problem = read_group(item, ("groups[%d]"):format(i))
    if problem then
      return refuse(problem)
    end
  end
  problem = problem_of_ids(groups)
  if problem then
    return refuse(problem)
  end
  local most, err
  if document.max_remove then
    most, err = policies.limit(tonumber(document.max_remove) or document.max_remove)
    if not most then
      return nil, err
    end
  end
  return plans.assemble(groups, { name = document.policy, now = document.now, warnings = {},
    others = {}, max_remove = most })
end

return planfile
