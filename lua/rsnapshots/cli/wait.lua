--- `rsnapshots wait`.
-- @module rsnapshots.cli.wait

local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local status = require "rsnapshots.cli.run.status"
local waiting = require "rsnapshots.cli.run.waiting"

-- The snapshots that are meant, and the exit status of those that are not there.
local function find_all(context, options)
  local client, found, first = context:connect(), {}, nil
  for _, name in ipairs(options.snapshot) do
    local snapshot, err = lookup.snapshot(client, name)
    if snapshot then
      found[#found + 1] = snapshot
    elseif not (options.deleted and err.kind == "not_found") then
      local exit_status = context:report(err)
      first = first or exit_status
    end
  end
  return found, first or status.DONE
end

local function run(options, context)
  local found, missing = find_all(context, options)
  local waited
  if options.deleted then
    waited = waiting.gone(context, found)
  else
    found, waited = waiting.complete(context, found)
  end
  if missing ~= status.DONE and #found > 0 and waited == status.DONE then
    return status.SOME
  end
  return waiting.worse(missing, waited)
end

return {
  name = "wait",
  description = "Ends with status 0 when all are, and at once when one never will be. --timeout "
    .. "limits how long (600 seconds).",
  arguments = {
    { "SNAPSHOT", many = true, kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--deleted", help = "Wait until they are gone; one that is not there is." },
  },
  examples = {
    { "rsnapshots wait nightly --timeout 3600", "for an hour at most" },
  },
  run = run,
}
