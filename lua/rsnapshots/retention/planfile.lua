--- A plan as a table of plain values, which any JSON library can write to a file and read again.
--
-- It describes every snapshot, so that `apply` removes exactly the snapshots in it, and only if
-- they are unchanged: a snapshot that has changed stays and is reported.
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"
local plans = require "rsnapshots.retention.plan"
local policies = require "rsnapshots.retention.policy"

local planfile = {}

local FORMAT, VERSION = "rsnapshots plan", 1

-- The form of a document: fields with their types ("?": may be missing; `id`: a text that is not
-- empty; `whole`: a whole number), or the type of every value in a `list` or `map`.
local SNAPSHOT = { id = "id", name = "string?", status = "string?", volume_id = "string?",
  project_id = "string?", group_snapshot_id = "string?", created_time = "number?",
  created_at = "string?", size = "number?", metadata = { map = "string" } }
local ENTRIES = { list = { reasons = { list = "string" }, snapshot = SNAPSHOT } }
local GROUP = { key = "string", reference = "number?", good = "whole", newest = "string?",
  keep = ENTRIES, remove = ENTRIES }
local PLAN = { policy = "string?", max_remove = "string?", now = "number", endpoint = "string?",
  groups = { list = GROUP }, format = "string", version = "number" }

-- ------------------------------------------------------------------ writing

-- The part of a value that a form describes.
local function plain(value, shape)
  if type(shape) == "string" or shape.map then
    return value
  end
  local copy = {}
  for name, kind in pairs(shape.list and value or shape) do
    copy[name] = plain(value[name], shape.list or kind)
  end
  return copy
end

--- The plan as plain values: see `rsnapshots.retention.to_document`.
function planfile.document(plan, endpoint)
  return { format = FORMAT, version = VERSION, policy = plan.name, now = plan.now,
    max_remove = plan.max_remove and tostring(plan.max_remove.given),
    endpoint = check.optional(endpoint, "string", "endpoint"),
    groups = plain(plan.groups, PLAN.groups) }
end

-- ------------------------------------------------------------------ reading

-- If something is wrong, raises an error, which `read` returns.
local function need(is_right, problem, ...)
  if not is_right then
    error(errors.new("invalid", "the plan file cannot be used: " .. problem:format(...)), 0)
  end
end

local check_fields

-- A list must have no holes, at which reading would end, and no other keys.
local function check_values(values, shape, where)
  local inner = shape.list or shape.map
  for key, value in pairs(values) do
    need(shape.map or key == 1 or compat.is_integer(key) and values[key - 1] ~= nil,
      "%s is not a list", where)
    if type(inner) == "table" then
      check_fields(value, inner, ("%s[%d]"):format(where, key))
    else
      need(type(value) == inner, "%s has '%s', which is not text", where, tostring(key))
    end
  end
end

local TYPES = { id = "string", whole = "number" }

function check_fields(value, shape, where)
  need(type(value) == "table", "%s is not an object", where)
  for name, kind in pairs(shape) do
    local field, is_simple = value[name], type(kind) == "string"
    local wanted = is_simple and (TYPES[kind] or kind:match "%a+") or "table"
    local may_be_missing = is_simple and kind:find("?", 1, true)
    need(type(field) == wanted or field == nil and may_be_missing, "%s has no '%s' that is a %s",
      where, name, wanted)
    need(kind ~= "id" or field ~= "", "%s has an empty %s", where, name)
    need(kind ~= "whole" or compat.is_integer(field), "%s.%s is not a whole number", where, name)
    if not is_simple then
      local check_inner = (kind.list or kind.map) and check_values or check_fields
      check_inner(field, kind, where == "it" and name or where .. "." .. name)
    end
  end
end

-- The groups. No snapshot may be in it twice, because one entry could keep it and another remove
-- it.
local function read_groups(documents)
  local groups, seen = {}, {}
  for i, document in ipairs(documents) do
    groups[i] = plans.group(document.key, document.reference, document.good)
    groups[i].newest = document.newest
    for _, part in ipairs { "keep", "remove" } do
      for _, entry in ipairs(document[part]) do
        local record = plans.record(entry.snapshot)
        need(not seen[record.id], "snapshot %s is in it twice", record.id)
        seen[record.id] = true
        plans.add(groups[i], record, part == "keep", entry.reasons)
      end
    end
  end
  return groups
end

local function read(document, endpoint)
  need(document.format == FORMAT, "it is not a plan of rsnapshots")
  need(document.version == VERSION, "it is of version %s, and this rsnapshots reads version %d",
    tostring(document.version), VERSION)
  check_fields(document, PLAN, "it")
  need(not endpoint or (document.endpoint or endpoint) == endpoint,
    "it was made for %s, and this is %s", document.endpoint, endpoint)
  local groups, most = read_groups(document.groups), document.max_remove
  return plans.assemble(groups, { name = document.policy, now = document.now,
    max_remove = most and policies.limit(tonumber(most) or most, "max_remove") })
end

--- The plan that a table of plain values holds: see `rsnapshots.retention.from_document`.
function planfile.read(document, endpoint)
  check.type(document, "table", "the plan's document")
  check.optional(endpoint, "string", "endpoint")
  return check.caught(read, document, endpoint)
end

return planfile
