--- `rsnapshots delete`.
-- @module rsnapshots.cli.delete

local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local many = require "rsnapshots.cli.run.many"
local status = require "rsnapshots.cli.run.status"
local waiting = require "rsnapshots.cli.run.waiting"

-- The snapshot with this id or name; false if there is none and that is allowed.
local function find(client, name, options)
  local snapshot, err = lookup.snapshot(client, name)
  if err and err.kind == "not_found" and options.missing_ok then
    return false
  end
  return snapshot, err
end

local function remove(client, snapshot, options)
  if options.remote then
    return client:unmanage(snapshot)
  end
  return client:delete(snapshot, { force = options.force, missing_ok = options.missing_ok })
end

-- A target for each name, with its snapshot or an error.
local function targets_of(context, options)
  local targets, seen = {}, {}
  for _, name in ipairs(options.snapshot) do
    local snapshot, err = find(context.client, name, options)
    local id = snapshot and snapshot.id or name
    if snapshot ~= false and not seen[id] then -- a snapshot that is named twice is deleted once
      targets[#targets + 1] = { name = name, snapshot = snapshot, err = err }
    end
    seen[id] = true
  end
  return targets
end

local function run(options, context)
  if options.force and options.remote then
    context.fail("--force does not go with --remote: what is only forgotten is not deleted",
      status.USAGE)
  end
  local client = context:connect()
  local targets = targets_of(context, options)
  local done, exit_status = many.each(context, targets, function(target)
    if target.err then
      return nil, target.err
    end
    return remove(client, target.snapshot, options)
  end, {
    describe = function(target) return target.name end,
    key = function(target) return target.snapshot and target.snapshot.volume_id end,
  })
  if not options.wait or context:is_stopping() then
    return exit_status
  end
  local accepted = {}
  for i, target in ipairs(targets) do
    accepted[#accepted + 1] = done[i] and target.snapshot or nil
  end
  return waiting.worse(exit_status, waiting.gone(context, accepted))
end

return {
  name = "delete",
  description = "If one cannot be deleted, the others still are, and the exit status is 3. "
    .. "Snapshots of one volume are deleted one after another, because services refuse several at "
    .. "once.",
  arguments = {
    { "SNAPSHOT", many = true, kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--force", help = "Delete it in any state (for administrators)." },
    { "--remote",
      help = "Make the service forget it, but keep it in its storage (for administrators)." },
    { "--wait", help = "Wait until it is gone." },
    { "--missing-ok", help = "Do not fail if a snapshot does not exist." },
  },
  examples = {
    { "rsnapshots delete nightly-1 nightly-2 --wait", "delete two, and wait until they are gone" },
  },
  run = run,
}
