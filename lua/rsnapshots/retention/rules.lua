--- The rules of a policy, asked about one snapshot after another from the newest on.
--
-- A rule has `keeps(candidate)`, which gives the reason or nil and uses up its count, and
-- `loss(candidate)`, why it did not keep the one it was asked about last. A candidate has `time`,
-- `index` (how many are newer, and one), `is_oldest`, `metadata`, `id`.
local calendar = require "rsnapshots.retention.calendar"
local mark = require "rsnapshots.retention.mark"
local policy = require "rsnapshots.retention.policy"

local rules = {}

-- --------------------------------------------------------------------- tags

local Tags = {}
Tags.__index = Tags

-- Has it no tags? This library's own keys are none.
local function is_bare(metadata)
  for key in pairs(metadata) do
    if type(key) ~= "string" or key:sub(1, #mark.PREFIX) ~= mark.PREFIX then
      return false
    end
  end
  return true
end

local function has_all(metadata, set)
  for _, tag in ipairs(set) do
    local value = metadata[tag.key]
    if value == nil or (tag.value and value ~= tag.value) then
      return false
    end
  end
  return true
end

function Tags:keeps(candidate)
  local set, metadata = self.set, candidate.metadata
  if #set > 0 and has_all(metadata, set) or #set == 0 and is_bare(metadata) then
    self.used = true
    return "has tags " .. set.text
  end
  return nil
end

--- Shows a snapshot to the rules of tags, also one that they are not asked about: a tag that only
-- such snapshots have is no typing error.
function rules.note_tags(all, record)
  for _, rule in ipairs(all or {}) do
    if getmetatable(rule) == Tags then
      rule:keeps(record)
    end
  end
end

function Tags:loss()
  return #self.set > 0 and "does not have tags " .. self.set.text or "has tags, and not none"
end

-- ------------------------------------------------------------------- within

local Within = {}
Within.__index = Within

function Within:keeps(candidate)
  return candidate.time > self.after and self.label or nil
end

function Within:loss(candidate)
  return ("%s: %s too old"):format(self.label, calendar.amount(self.after - candidate.time))
end

-- --------------------------------------------------------------------- last

local Last = {}
Last.__index = Last

function Last:keeps()
  if self.left < 1 then
    return nil
  end
  self.left = self.left - 1
  return "last snapshot"
end

function Last.loss(_, candidate)
  return ("last: %d newer"):format(candidate.index - 1)
end

-- ------------------------------------------------------------------ periods

-- The newest of each hour, day, week, month or year: so many of them (`count`), or those after
-- a time.
local Period = {}
Period.__index = Period

function Period:keeps(candidate)
  if self.left < 1 or candidate.time <= self.after then
    return nil
  end
  local period = self.period_of(candidate.time, self.offset)
  local is_next = period ~= self.period
  if not is_next and not candidate.is_oldest then
    return nil
  end
  self.period, self.id, self.left = period, candidate.id, self.left - 1
  return is_next and self.reason or "oldest " .. self.reason
end

function Period:loss(candidate)
  if candidate.time <= self.after then
    return ("%s: %s too old"):format(self.label, calendar.amount(self.after - candidate.time))
  end
  local period = self.period_of(candidate.time, self.offset)
  if period == self.period then
    return ("%s %s: %s is newer"):format(self.label, period, self.id)
  end
  return ("%s %s: %d newer"):format(self.label, period, self.count)
end

-- ---------------------------------------------------------------- the whole

local function add_periods(all, given, reference)
  local function add(kind, fields)
    fields.period_of, fields.offset = calendar.period[kind], given.utc_offset
    all[#all + 1] = setmetatable(fields, Period)
  end
  for _, kind in ipairs(policy.PERIODS) do
    local count = given["keep_" .. kind]
    if count then
      add(kind, { left = count, count = count, after = -math.huge, label = kind,
        reason = kind .. " snapshot" })
    end
  end
  for _, kind in ipairs(policy.PERIODS) do
    local duration = given["keep_within_" .. kind]
    if duration then
      local label = kind .. " within " .. duration.text
      add(kind, { left = math.huge, label = label, reason = label,
        after = calendar.before(reference, duration, given.utc_offset) })
    end
  end
end

--- The rules of a policy, for one group.
-- @tparam number reference the time that `keep_within` counts from
-- @treturn {table,...} in the order in which their reasons are given
function rules.of(given, reference)
  local all = {}
  for _, set in ipairs(given.keep_tag or {}) do
    all[#all + 1] = setmetatable({ set = set }, Tags)
  end
  if given.keep_within then
    all[#all + 1] = setmetatable({ label = "within " .. given.keep_within.text,
      after = calendar.before(reference, given.keep_within, given.utc_offset) }, Within)
  end
  if given.keep_last then
    all[#all + 1] = setmetatable({ left = given.keep_last }, Last)
  end
  add_periods(all, given, reference)
  return all
end

return rules
