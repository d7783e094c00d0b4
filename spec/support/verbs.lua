--- Every verb, and the first version of the API that has it: the table of docs/admin.md, which runs
-- against any service.
--
-- A verb's function gets what it works on: `client` and `admin`, connected in the same way;
-- `ready(options)`, which makes a snapshot; `volume`, `volume_in_use` (ids); `host`, a back end;
-- `quick`, options of a wait. It gives what the verb gave, having checked it.

local rsnapshots = require "rsnapshots"

local verbs = {}

-- `v1`: also in version 1. `since`: the microversion, where 3.0 lacks it, as does version 2.
local function add(name, traits, run)
  traits.name, traits.run = name, run
  verbs[#verbs + 1] = traits
end

local EVERYWHERE, NOT_IN_V1 = { v1 = true }, {}

local function copy(traits)
  return { v1 = traits.v1, since = traits.since }
end

local function everywhere(name, run)
  add(name, copy(EVERYWHERE), run)
end

local function actions(name, run)
  add(name, copy(NOT_IN_V1), run)
end

everywhere("create", function(on)
  local made, err = on.client:create { volume_id = on.volume, name = "made", force = false }
  return made and made:wait_until_complete(on.quick), err
end)

everywhere("create of a volume in use", function(on)
  return on.client:create { volume_id = on.volume_in_use, name = "forced", force = true }
end)

everywhere("create, once", function(on)
  return on.client:create { volume_id = on.volume, name = "made-once", once = true }
end)

everywhere("get", function(on)
  local snapshot = on.ready { name = "got" }
  local seen, err = on.client:get(snapshot.id)
  return seen and seen.name == "got" and seen, err
end)

everywhere("find", function(on)
  local name = on.unique()
  local snapshot = on.ready { name = name }
  local found, err = on.client:find(name)
  return found and found == snapshot, err
end)

everywhere("list", function(on)
  local name = on.unique()
  on.ready { name = name }
  local all, err = on.client:list({ name = name, status = "AVAILABLE", sort = "created_at:desc",
    created_after = 0, page_size = 2 }):all()
  return all and #all == 1, err
end)

everywhere("list, the summary", function(on)
  on.ready()
  return on.client:list({ detailed = false, max = 1 }):next()
end)

everywhere("count", function(on)
  local name = on.unique()
  on.ready { name = name }
  local count, err = on.client:count { name = name }
  return count and count == 1, err
end)

everywhere("update", function(on)
  local snapshot, err = on.ready():update { name = "renamed", description = "d" }
  return snapshot and snapshot.name == "renamed" and snapshot.description == "d", err
end)

everywhere("delete", function(on)
  local snapshot = on.ready()
  local ok, err = snapshot:delete()
  if ok then
    ok, err = snapshot:wait_until_deleted(on.quick)
  end
  return ok, err
end)

actions("delete, force", function(on)
  local snapshot = on.ready()
  local ok, err = on.admin:delete(snapshot.id, { force = true })
  if ok then
    ok, err = snapshot:wait_until_deleted(on.quick)
  end
  return ok, err
end)

everywhere("get_metadata", function(on)
  return on.ready():get_metadata()
end)

actions("set_metadata", function(on)
  local map, err = on.ready():set_metadata { a = "b" }
  return map and map.a == "b", err
end)

actions("replace_metadata", function(on)
  local map, err = on.ready():replace_metadata { c = "d" }
  return map and map.c == "d", err
end)

actions("delete_metadata", function(on)
  return on.ready():delete_metadata("x")
end)

everywhere("wait_until_complete", function(on)
  return on.ready():wait_until_complete(on.quick)
end)

everywhere("wait_all", function(on)
  local results, failures = on.client:wait_all({ on.ready(), on.ready() }, on.quick)
  return #results == 2 and failures == 0
end)

everywhere("restore", function(on)
  return on.ready():restore { name = "back", wait = on.quick }
end)

add("revert", { since = 40 }, function(on)
  local snapshot = on.ready()
  return snapshot:revert { wait = on.quick }
end)

actions("reset_status", function(on)
  return on.admin:reset_status(on.ready().id, rsnapshots.status.ERROR)
end)

actions("update_status", function(on)
  local id = on.ready().id
  local ok, err = on.admin:reset_status(id, "creating")
  if ok then
    ok, err = on.admin:update_status(id, "available", 100)
  end
  return ok, err
end)

actions("manage", function(on)
  local found, err = on.admin:manage { volume_id = on.volume,
    ref = { ["source-name"] = "rc-snapshot-1" } }
  return found and found:wait_until_complete(on.quick), err
end)

actions("unmanage", function(on)
  local id = on.ready().id
  local ok, err = on.admin:unmanage(id)
  if ok then
    ok, err = on.admin:wait_until_deleted(id, on.quick)
  end
  return ok, err
end)

actions("manageable", function(on)
  local listing, err = on.admin:manageable { host = on.host }
  if not listing then
    return nil, err
  end
  local entry, problem = listing:next()
  return not problem and (entry or true), problem
end)

--- Is a verb there?
-- @tparam table verb
-- @tparam int version of the API
-- @tparam int minor of the microversion
function verbs.is_offered(verb, version, minor)
  if version == 1 then
    return verb.v1 or false
  end
  return (verb.since or 0) <= (version == 3 and minor or 0)
end

--- Adds an `it` for each verb.
-- @tparam function on gives what the verb works on
-- @tparam int version of the API
-- @tparam[opt=0] int minor of the microversion
function verbs.describe(it, assert, on, version, minor)
  for _, verb in ipairs(verbs) do
    local offered = verbs.is_offered(verb, version, minor or 0)
    it((offered and "has " or "lacks ") .. verb.name, function()
      local result, err = verb.run(on())
      if offered then
        assert(result, err)
      else
        assert.is_nil(result)
        assert.equal("unsupported", err.kind)
      end
    end)
  end
end

return verbs
