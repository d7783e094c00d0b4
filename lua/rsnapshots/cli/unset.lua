--- `rsnapshots unset`.
-- @module rsnapshots.cli.unset

local compat = require "rsnapshots.support.compat"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"

local function run(options, context)
  local client = context:connect()
  local snapshot = context.must(lookup.snapshot(client, options.snapshot))
  context.must(context:changing(function()
    return client:delete_metadata(snapshot, compat.unpack(options.property))
  end))
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
