--- `rsnapshots unset`.
-- @module rsnapshots.cli.unset

local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local many = require "rsnapshots.cli.run.many"

-- Each key once.
local function distinct(keys)
  local list, seen = {}, {}
  for _, key in ipairs(keys) do
    list[#list + 1] = not seen[key] and key or nil
    seen[key] = true
  end
  return list
end

local function run(options, context)
  local client = context:connect()
  local snapshot = context.must(lookup.snapshot(client, options.snapshot))
  local _, exit_status = many.each(context, distinct(options.property), function(key)
    return client:delete_metadata(snapshot, key)
  end, { key = function() return snapshot.id end })
  return exit_status
end

return {
  name = "unset",
  arguments = {
    { "SNAPSHOT", kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--property", value = "KEY", many = true, required = true, kind = kinds.text,
      help = "The property to remove; repeatable." },
  },
  run = run,
}
