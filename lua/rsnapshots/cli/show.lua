--- `rsnapshots show`.
-- @module rsnapshots.cli.show

local columns = require "rsnapshots.cli.output.columns"
local lookup = require "rsnapshots.cli.run.lookup"

-- What columns.SNAPSHOT has under other names.
local KNOWN = { metadata = true, created_time = true, updated_time = true }
for _, column in ipairs(columns.SNAPSHOT) do
  KNOWN[column.key] = true
end

-- The columns of all that the service said of a snapshot.
local function columns_of(snapshot)
  local list, others = {}, {}
  for i, column in ipairs(columns.SNAPSHOT) do
    list[i] = column
  end
  for name, value in pairs(snapshot:to_table()) do
    if not KNOWN[name] then
      others[#others + 1] = { key = name, get = function() return value end }
    end
  end
  table.sort(others, function(a, b) return a.key < b.key end)
  for _, column in ipairs(others) do
    list[#list + 1] = column
  end
  return list
end

-- Those that there are; the others are told. The exit status.
local function find_all(context, names)
  local client, found, failed = context:connect(), {}, nil
  for _, name in ipairs(names) do
    local snapshot, err = lookup.snapshot(client, name)
    if snapshot then
      found[#found + 1] = snapshot
    else
      local exit_status = context:report(err)
      failed = failed or exit_status
    end
  end
  return found, failed and (#found > 0 and 3 or failed) or 0
end

local function run(options, context)
  local found, exit_status = find_all(context, options.snapshot)
  if #found > 0 then
    context.printer:fields(found, columns_of)
  end
  return exit_status
end

return {
  name = "show",
  description = "With -f json the keys are the service's names. Several snapshots make a list "
    .. "there, one makes an object.",
  arguments = {
    { "SNAPSHOT", many = true, help = "Its id or name." },
  },
  options = {},
  output = "fields",
  examples = {
    { "rsnapshots show nightly -f value -c status", "its status alone" },
  },
  run = run,
}
