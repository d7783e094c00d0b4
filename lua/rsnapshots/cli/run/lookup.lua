--- Finds snapshots and volumes by id or name.
-- @module rsnapshots.cli.run.lookup

local many = require "rsnapshots.cli.run.many"
local status = require "rsnapshots.cli.run.status"

local lookup = {}

--- The name of a snapshot or a volume; nil if it has none, or an empty one.
function lookup.name(item)
  return item.name ~= "" and item.name or nil
end

--- What a person calls it: its name, or else its id.
function lookup.label(item)
  return lookup.name(item) or item.id
end

-- Does a text look like the id of a snapshot or a volume?
local function is_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
    ~= nil
end

-- Adds all matches to an error, so that a person can choose.
local function with_candidates(err, client, what, name)
  if err and err.kind == "ambiguous" then
    local list = what == "volumes" and client.volumes or client.list
    err.candidates = list(client, { name = name }):all()
    err.message = ("%d %s are named '%s': give the id of one"):format(#err.matches, what, name)
  end
  return err
end

--- The snapshot with this id or name.
-- @tparam Client client
-- @string text
-- @treturn Snapshot nil and an error; `ambiguous` has the snapshots in `candidates`
function lookup.snapshot(client, text)
  local snapshot, err = client:find(text)
  return snapshot, with_candidates(err, client, "snapshots", text)
end

-- Finds each. Returns those that were found, and the exit status if some could not be.
local function find_each(context, names, find, missing_ok)
  local found, errs = {}, {}
  for i, name in ipairs(names) do
    local item, err = find(context.client, name)
    found[#found + 1] = item
    errs[i] = not (missing_ok and err and err.kind == "not_found") and err or nil
  end
  local exit_status = many.conclude(context, names, tostring, function(place)
    return not errs[place], errs[place]
  end)
  return found, exit_status ~= status.DONE and exit_status or nil
end

--- The snapshots with these ids or names. Reports those that could not be found.
-- @tparam Context context connected
-- @tparam {string,...} names
-- @tparam[opt] boolean missing_ok true: missing ones are ignored
-- @treturn {Snapshot,...} those that were found
-- @treturn ?int the exit status if some could not be found
function lookup.snapshots(context, names, missing_ok)
  return find_each(context, names, lookup.snapshot, missing_ok)
end

--- The volume with this id or name.
-- @tparam Client client
-- @string text
-- @treturn table nil and an error; `ambiguous` has the volumes in `candidates`
function lookup.volume_record(client, text)
  local volume, err = client:volume(text)
  return volume, with_candidates(err, client, "volumes", text)
end

--- The volumes with these ids or names, each once. Reports those that could not be found.
-- @tparam Context context connected
-- @tparam {string,...} names
-- @treturn {table,...} those that were found
-- @treturn ?int the exit status if some could not be found
function lookup.volumes(context, names)
  local all, exit_status = find_each(context, names, lookup.volume_record)
  local found, seen = {}, {}
  for _, volume in ipairs(all) do
    found[#found + 1] = not seen[volume.id] and volume or nil
    seen[volume.id] = true
  end
  return found, exit_status
end

--- The exit status if only some could be found.
-- @tparam ?int missing the exit status of the first that could not be found; nil: all were found
-- @int count how many were found
-- @tparam ?int done the exit status of what was done with the others
-- @treturn ?int
function lookup.status(missing, count, done)
  local one = done or status.DONE
  if not missing then
    return one
  end
  return count == 0 and missing or one == status.DONE and status.SOME or one
end

--- The id of the volume with this id or name. An id is not looked up: the service says if it is
-- wrong.
-- @tparam Client client
-- @string text
-- @treturn string nil and an error
function lookup.volume(client, text)
  if is_id(text) then
    return text
  end
  local volume, err = lookup.volume_record(client, text)
  return volume and volume.id, err
end

--- The names of volumes, for people. Empty if the service does not list volumes; ids are shown
-- instead.
-- @tparam Client client
-- @tparam[opt] table filters for `client:volumes`
-- @treturn table names by id
function lookup.volume_names(client, filters)
  local names = {}
  for _, volume in ipairs(client:volumes(filters):all() or {}) do
    names[volume.id] = lookup.name(volume)
  end
  return names
end

return lookup
