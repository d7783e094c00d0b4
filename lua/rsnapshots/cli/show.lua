--- `rsnapshots show`.
-- @module rsnapshots.cli.show

local columns = require "rsnapshots.cli.output.columns"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"

-- The fields that columns.SNAPSHOT already shows, some under other names.
local KNOWN = { metadata = true, created_time = true, updated_time = true }
for _, column in ipairs(columns.SNAPSHOT) do
  KNOWN[column.key] = true
end

-- The columns for all fields in the service's answer.
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

local function run(options, context)
  context:connect()
  local found, failed = lookup.snapshots(context, options.snapshot)
  if #found > 0 then
    context.printer:fields(found, columns_of, #options.snapshot)
  end
  return failed
end

return {
  name = "show",
  description = "With -f json the keys are the service's names. If one snapshot is named, it "
    .. "is printed as an object; if several are, as a list.",
  arguments = {
    { "SNAPSHOT", many = true, kind = kinds.text, help = "Its id or name." },
  },
  options = {},
  output = "fields",
  examples = {
    { "rsnapshots show nightly -f value -c status", "print its status only" },
  },
  run = run,
}
