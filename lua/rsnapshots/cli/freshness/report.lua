--- A check's outcome for monitoring: as a Nagios plugin, for Prometheus' textfile collector, and as
-- plain values for JSON.
-- @module rsnapshots.cli.freshness.report

local age = require "rsnapshots.cli.freshness.age"
local ascii = require "rsnapshots.support.ascii"
local lookup = require "rsnapshots.cli.run.lookup"
local verdict = require "rsnapshots.cli.freshness.verdict"

local report = {}

-- What a person calls the volume; where there are several of them, or several policies, no two have
-- the same label.
local function label_of(one)
  return one.label or lookup.label(one.volume)
end

-- --------------------------------------------------------------------- Nagios

-- In a plugin's output, a bar begins the performance data, and a new line ends the text.
local function plain(text)
  return ascii.one_line((text:gsub("|", "/")))
end

-- A label of performance data must not contain an equals sign, and its quotes are doubled.
local function performance_label(text)
  return "'" .. plain(text):gsub("=", "_"):gsub("'", "''") .. "'"
end

local function performance(sum)
  local parts = {}
  for _, one in ipairs(sum.verdicts) do
    if one.age then
      parts[#parts + 1] = ("%s=%.0fs;%d;%d;0"):format(performance_label(label_of(one)), one.age,
        sum.limits.warning, sum.limits.critical)
    end
  end
  return #parts > 0 and " | " .. table.concat(parts, " ") or ""
end

local function headline(sum)
  local total = #sum.verdicts
  if total == 0 then
    return "there are no volumes to check"
  elseif sum.level == "ok" then
    local oldest = 0
    for _, one in ipairs(sum.verdicts) do
      oldest = math.max(oldest, one.age)
    end
    return ("%d volume%s, each with a good snapshot from the last %s"):format(total,
      total == 1 and "" or "s", age.text(oldest))
  end
  local worst = sum.verdicts[1]
  local text = ("%s: %s"):format(label_of(worst), worst.text)
  return total == 1 and text or ("%d of %d volumes: %s"):format(total - sum.count.ok, total, text)
end

--- The lines of a Nagios plugin.
-- @tparam table sum from rsnapshots.cli.freshness.verdict
-- @treturn string
function report.nagios(sum)
  local lines = { ("SNAPSHOTS %s - %s%s"):format(ascii.upper(sum.level), plain(headline(sum)),
    performance(sum)) }
  for _, one in ipairs(sum.verdicts) do
    lines[#lines + 1] = ("%s: %s - %s (%d good, %d failed)"):format(ascii.upper(one.level),
      plain(label_of(one)), plain(one.text), one.good, one.failed)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ----------------------------------------------------------------- Prometheus

local ESCAPES = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }

local function written(list)
  local parts = {}
  for _, pair in ipairs(list) do
    if pair[2] then
      parts[#parts + 1] = ('%s="%s"'):format(pair[1], (pair[2]:gsub('[\\"\n]', ESCAPES)))
    end
  end
  return #parts > 0 and "{" .. table.concat(parts, ",") .. "}" or ""
end

local function labels(one, more)
  return written { { "volume_id", one.volume.id }, { "volume", lookup.label(one.volume) },
    { "policy", one.policy }, more or {} }
end

local function whole(number)
  return ("%.0f"):format(number)
end

local METRICS = {
  { "rsnapshots_newest_good_timestamp_seconds", "When the newest good snapshot was made.",
    function(add, one)
      if one.newest then
        add(labels(one), one.newest.created_time)
      end
    end },
  { "rsnapshots_snapshots", "How many snapshots there are.", function(add, one)
    for _, state in ipairs { "good", "failed", "other" } do
      add(labels(one, { "state", state }), one[state])
    end
  end },
  { "rsnapshots_check_status", "0: ok, 1: warning, 2: critical, 3: unknown.", function(add, one)
    add(labels(one), verdict.STATUS[one.level])
  end },
}

--- The text for Prometheus' textfile collector.
-- @string[opt] file where the text goes: of series that are alike in two files of the collector,
-- one is lost
function report.prometheus(sum, file)
  local lines = {}
  local function head(name, help)
    lines[#lines + 1] = ("# HELP %s %s"):format(name, help)
    lines[#lines + 1] = ("# TYPE %s gauge"):format(name)
  end
  for _, metric in ipairs(METRICS) do
    head(metric[1], metric[2])
    for _, one in ipairs(sum.verdicts) do
      metric[3](function(labelled, value)
        lines[#lines + 1] = metric[1] .. labelled .. " " .. whole(value)
      end, one)
    end
  end
  head("rsnapshots_last_check_timestamp_seconds", "When the check ran.")
  lines[#lines + 1] = ("rsnapshots_last_check_timestamp_seconds%s %s"):format(
    written { { "file", file and file:match "[^/]*$" } }, whole(sum.limits.now))
  return table.concat(lines, "\n") .. "\n"
end

-- ----------------------------------------------------------------------- JSON

local function newest_of(one)
  return one.newest and { id = one.newest.id, name = one.newest.name,
    created_at = one.newest.created_at }
end

--- The outcome as plain values.
function report.document(sum)
  local volumes = {}
  for i, one in ipairs(sum.verdicts) do
    volumes[i] = { volume_id = one.volume.id, volume = one.volume.name, policy = one.policy,
      level = one.level, text = one.text, age = one.age and math.floor(one.age),
      newest = newest_of(one), good = one.good, failed = one.failed, other = one.other }
  end
  return { level = sum.level, checked = sum.limits.now, warning = sum.limits.warning,
    critical = sum.limits.critical, volumes = volumes }
end

return report
