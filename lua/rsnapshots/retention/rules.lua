--- The rules of a policy. They are asked about one snapshot after another, from the newest on.
--
-- A rule has `keeps(candidate)`, which returns the reason to keep it, or nil, and counts what it
-- keeps; and `loss(candidate)`, which says why the rule did not keep the candidate that it was
-- asked about last. A candidate has `time`, `index` (from 1, the newest), `is_oldest`, `metadata`,
-- `id`.
local calendar = require "rsnapshots.retention.calendar"
local mark = require "rsnapshots.retention.mark"
local policy = require "rsnapshots.retention.policy"

local rules = {}

-- --------------------------------------------------------------------- tags

local Tags = {}
Tags.__index = Tags

-- Does it have no tags? This library's own keys do not count.
local function is_bare(metadata)
  for key in pairs(metadata) do
    if type(key) ~= "string" or key:sub(1, #mark.PREFIX) ~= mark.PREFIX then
      return false
    end
  end
  return true
end

--- Does it have all tags of a set? The empty set is for snapshots without tags.
function rules.has_tags(metadata, set)
  for _, tag in ipairs(set) do
    local value = metadata[tag.key]
    if value == nil or (tag.value and value ~= tag.value) then
      return false
    end
  end
  return #set > 0 or is_bare(metadata)
end

function Tags:keeps(candidate)
  return rules.has_tags(candidate.metadata, self.set) and "has tags " .. self.set.text or nil
end

function Tags:loss()
  return #self.set > 0 and "does not have tags " .. self.set.text or "has tags, and not none"
end

-- ------------------------------------------------------------------ the newest

-- Keeps the newest snapshot for each key: `count` of them, or those after a time. The key is the
-- name of a period or, for rules without periods, the candidate's index.
local Newest = {}
Newest.__index = Newest

function Newest:key_of(candidate)
  local name_of = calendar.period[self.kind]
  return name_of and name_of(candidate.time, self.offset) or candidate.index
end

function Newest:keeps(candidate)
  if self.left < 1 or candidate.time <= self.after then
    return nil
  end
  local key = self:key_of(candidate)
  local is_next = key ~= self.key
  if not is_next and not candidate.is_oldest then
    return nil
  end
  self.key, self.id, self.left = key, candidate.id, self.left - 1
  return is_next and self.reason or "oldest " .. self.reason
end

function Newest:loss(candidate)
  local key = self:key_of(candidate)
  if candidate.time <= self.after then
    return ("%s: %s too old"):format(self.label, calendar.amount(self.after - candidate.time))
  elseif key == self.key then
    return ("%s %s: %s is newer"):format(self.label, key, self.id)
  elseif key == candidate.index then
    return ("%s: %d newer"):format(self.label, key - 1)
  end
  return ("%s %s: %d newer"):format(self.label, key, self.count)
end

-- ---------------------------------------------------------------- the whole

--- The rules of a policy, for one group.
-- @tparam number reference the time that `keep_within` counts from
-- @treturn {table,...} in the order in which their reasons are given
function rules.of(given, reference)
  local all, offset = {}, given.utc_offset
  for _, set in ipairs(given.keep_tag or {}) do
    all[#all + 1] = setmetatable({ set = set }, Tags)
  end
  local function add(kind, count)
    all[#all + 1] = count and setmetatable({ kind = kind, offset = offset, left = count,
      count = count, after = -math.huge, label = kind, reason = kind .. " snapshot" }, Newest)
  end
  local function add_within(kind, duration)
    local label = duration and (kind and kind .. " " or "") .. "within " .. duration.text
    all[#all + 1] = duration and setmetatable({ kind = kind, offset = offset, left = math.huge,
      after = calendar.before(reference, duration, offset), label = label, reason = label }, Newest)
  end
  add_within(nil, given.keep_within)
  add("last", given.keep_last)
  for _, kind in ipairs(policy.PERIODS) do
    add(kind, given["keep_" .. kind])
  end
  for _, kind in ipairs(policy.PERIODS) do
    add_within(kind, given["keep_within_" .. kind])
  end
  return all
end

return rules
