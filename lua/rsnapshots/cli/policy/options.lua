--- The options that say what to keep. They are the same for every command that prunes.
-- @module rsnapshots.cli.policy.options

local kinds = require "rsnapshots.cli.arguments.kinds"
local status = require "rsnapshots.cli.run.status"

local options = {}

-- A count. A separate -1 is refused, because it is usually a mistake.
local function count(word, attached, name)
  if word == "unlimited" or (word == "-1" and attached) then
    return "unlimited"
  elseif word == "-1" then
    return nil, ("write %s unlimited (or %s=-1) to keep all"):format(name, name)
  elseif not word:match "^%d+$" or #word > 9 then
    return nil, ("must be a whole number or unlimited, not '%s'"):format(word)
  end
  return tonumber(word)
end

local function duration(word)
  local read, problem = require("rsnapshots.retention.calendar").duration(word)
  if not read then
    return nil, ("'%s' is not a duration such as 7d or 1y5m7d2h: %s"):format(word, problem)
  end
  return word
end

local function offset(word)
  if not require("rsnapshots.retention.calendar").offset(word) then
    return nil, ("must be an offset from UTC such as +02:00, not '%s'"):format(word)
  end
  return word
end

local function limit(word)
  if word == "unlimited" or word:match "^%d%d?%d?%%$" then
    return word
  elseif word:match "^%d+$" and #word < 10 then
    return tonumber(word)
  end
  return nil, ("must be a number, a percentage such as 50%%, or unlimited, not '%s'"):format(word)
end

--- The rules. A snapshot stays if any of them keeps it.
options.KEEP = {
  { "--keep-last", value = "N", kind = count, help = "Keep the N newest; N may be unlimited." },
  { "--keep-hourly", value = "N", kind = count, help = "Keep the newest of each of N hours." },
  { "--keep-daily", value = "N", kind = count, help = "Keep the newest of each of N days." },
  { "--keep-weekly", value = "N", kind = count, help = "Keep the newest of each of N ISO weeks." },
  { "--keep-monthly", value = "N", kind = count, help = "Keep the newest of each of N months." },
  { "--keep-yearly", value = "N", kind = count, help = "Keep the newest of each of N years." },
  { "--keep-within", value = "DURATION", kind = duration,
    help = "Keep all that are at most this much older than the newest, such as 7d or 1y5m7d2h." },
  { "--keep-within-hourly", value = "DURATION", kind = duration,
    help = "Keep the newest of each hour within that time." },
  { "--keep-within-daily", value = "DURATION", kind = duration,
    help = "Keep the newest of each day within that time." },
  { "--keep-within-weekly", value = "DURATION", kind = duration,
    help = "Keep the newest of each ISO week within that time." },
  { "--keep-within-monthly", value = "DURATION", kind = duration,
    help = "Keep the newest of each month within that time." },
  { "--keep-within-yearly", value = "DURATION", kind = duration,
    help = "Keep the newest of each year within that time." },
  { "--keep-tag", value = "KEY[=VALUE],…", many = true,
    help = 'Keep snapshots with all of these properties; repeatable; "": those with no property.' },
  { "--utc-offset", value = "+HH:MM", kind = offset,
    help = "The offset from UTC that decides when a day begins; default +00:00." },
  { "--max-remove", value = "N|P%", kind = limit,
    help = "Refuse to remove more than N in all, or P% of a volume's. Default: 50% of a volume's, "
      .. "if it has more than three." },
}

options.VOLUMES = {
  { "--volume", value = "VOLUME", many = true, kind = kinds.text,
    help = "This volume, by id or name; repeatable." },
  { "--volume-property", value = "KEY=VALUE", kind = kinds.property, map = true,
    help = "All volumes with this property; repeatable: with all of these properties." },
}

--- The policy that the options describe.
-- @tparam table given the command's options
-- @treturn table for rsnapshots.retention; empty without such options
function options.policy(given)
  local policy = {}
  for _, option in ipairs(options.KEEP) do
    local field = option[1]:sub(3):gsub("-", "_")
    policy[field] = given[field]
  end
  return policy
end

--- Does a policy say what to keep?
function options.has_rules(policy)
  for name in pairs(policy) do
    if name:find "^keep_" then
      return true
    end
  end
  return false
end

--- Returns a value if it is usable. Otherwise the command ends with the status for wrong usage.
-- @tparam Context context
-- @param value nil if it is not usable
-- @param problem a text, or an error
function options.usable(context, value, problem)
  if not value then
    context.fail(type(problem) == "table" and problem.message or problem, status.USAGE)
  end
  return value
end

return options
