--- `rsnapshots set`.
-- @module rsnapshots.cli.set

local ascii = require "rsnapshots.support.ascii"
local columns = require "rsnapshots.cli.output.columns"
local errors = require "rsnapshots.error"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local status = require "rsnapshots.cli.run.status"

local HOLD = columns.HOLD

-- The kind of --hold: `forever`, or a day or time in the future.
local function hold(word)
  if word == "forever" then
    return word
  end
  local ends = kinds.time(word) and require("rsnapshots.retention.calendar").time(word, 0)
  if not ends then
    return nil, kinds.no_time(word) .. " (or forever)"
  elseif ends <= os.time() then
    return nil, ("%s is past: nothing would be held"):format(word)
  end
  return word
end

-- The names of the properties that a service did not keep as they were asked for.
local function lost_of(metadata, wanted)
  local lost = {}
  for key, value in pairs(wanted) do
    if ascii.trim(metadata[key] or "") ~= ascii.trim(value) then
      lost[#lost + 1] = ("'%s'"):format(key)
    end
  end
  table.sort(lost)
  return table.concat(lost, ", ")
end

-- Did a change of metadata do what was asked for? Its answer may show less than there is. A hold
-- that is not there protects nothing.
local function checked(client, snapshot, wanted, metadata, err)
  local lost = metadata and lost_of(metadata, wanted) or ""
  if lost ~= "" then
    metadata = client:get_metadata(snapshot) or metadata
    lost = lost_of(metadata, wanted)
  end
  if lost == "" then
    return metadata, err
  end
  return errors.fail("unsupported", ("the service did not keep %s%s"):format(lost,
    wanted[HOLD] and metadata[HOLD] ~= wanted[HOLD] and ": nothing holds the snapshot" or ""))
end

-- The steps, in order: `{ what, change }`.
local function steps_of(client, snapshot, options)
  local steps = {}
  local function add(what, change)
    steps[#steps + 1] = { what = what, change = change }
  end
  if options.name or options.description then
    add("name and description", function()
      return client:update(snapshot, { name = options.name, description = options.description })
    end)
  end
  local wanted = options.metadata
  if options.no_property then
    add("properties", function()
      return checked(client, snapshot, wanted, client:replace_metadata(snapshot, wanted))
    end)
  elseif next(wanted) then
    add("properties", function()
      return checked(client, snapshot, wanted, client:set_metadata(snapshot, wanted))
    end)
  end
  if options.hold == false and snapshot.metadata[HOLD] and not options.no_property then
    add("hold", function() return client:delete_metadata(snapshot, HOLD) end)
  end
  if options.state then
    add("state", function() return client:reset_status(snapshot, options.state) end)
  end
  return steps
end

-- The properties to set, with the hold. A hold survives --no-property.
local function metadata_of(snapshot, options)
  local metadata = options.property or {}
  if options.hold then
    metadata[HOLD] = options.hold
  elseif options.no_property and options.hold == nil then
    metadata[HOLD] = snapshot.metadata[HOLD]
  end
  return metadata
end

-- Carries out the steps until one fails or a signal comes.
local function take(context, steps)
  local done = {}
  for _, step in ipairs(steps) do
    local ok, err
    if not context:is_stopping() then
      ok, err = step.change()
    end
    if not ok then
      if #done > 0 then
        context:warn(("%s set, %s not"):format(table.concat(done, ", "), step.what))
      end
      return nil, err
    end
    done[#done + 1] = step.what
  end
  return true
end

local function run(options, context)
  if not (options.name or options.description or options.property or options.no_property
      or options.state or options.hold ~= nil) then
    context.fail("there is nothing to set: give --name, --property, --hold or another option",
      status.USAGE)
  end
  local client = context:connect()
  local snapshot = context.must(lookup.snapshot(client, options.snapshot))
  options.metadata = metadata_of(snapshot, options)
  local ok, err = context:changing(take, context, steps_of(client, snapshot, options))
  if not ok and not err then
    return context.signal_status()
  end
  context.must(ok, err)
end

return {
  name = "set",
  description = "A hold protects a snapshot from pruning until a given day, or for ever.",
  arguments = {
    { "SNAPSHOT", kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--name", value = "NAME", help = 'Give it this name; "" removes its name.' },
    { "--description", value = "TEXT", help = 'Give it this description; "" removes it.' },
    { "--property", value = "KEY=VALUE", kind = kinds.property, map = true,
      help = "Give it this property; repeatable." },
    { "--no-property", help = "First remove all its properties, except a hold." },
    { "--hold", value = "DATE", kind = hold, optional = "forever", pattern = "^%d%d%d%d%-",
      negatable = true,
      help = "Protect it from pruning until that day, or for ever; --no-hold ends this." },
    { "--state", value = "STATE", kind = kinds.text,
      help = "Set its status, such as available or error (for administrators)." },
  },
  examples = {
    { "rsnapshots set before-upgrade --hold 2027-01-31", "keep it until then" },
  },
  run = run,
}
