--- A client's verbs for volumes, as far as snapshots need them, and for what limits those.
-- @submodule Client

local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local finder = require "rsnapshots.client.find"
local requests = require "rsnapshots.client.requests"
local volume_list = require "rsnapshots.client.volume_list"

local Client = {}

--- Lists volumes: `GET /volumes/detail` (with version 1 `/volumes`), every page.
--
-- The client applies the filters that the service does not. A volume is a plain table: what the
-- service says about it, with `name`, `description` and `metadata` on every version.
-- @tparam[opt] table filters `name`, `status` (in any case), `metadata` (a table),
-- `snapshot_id` (made from that snapshot), `all_projects` (for administrators), `page_size` (what
-- one request asks for), `max` (how many in all)
-- @treturn Rows an iterator for `for`, with methods `next` and `all`
function Client:volumes(filters)
  requests.open(self)
  return volume_list.new(self, volume_list.check(filters))
end

local function get(state, id)
  local wanted, problem = requests.id(id, "volume")
  if not wanted then
    return nil, problem
  end
  local document, err = requests.object(requests.send(state, "GET", volume_list.path(wanted)))
  if not document then
    return nil, err
  end
  local volume = volume_list.volume_of(state.dialect, document.volume)
  if not volume then
    return errors.fail("decode", "the service's answer has no volume with an id")
  end
  return volume
end

--- Finds a volume by its id, or by its name.
-- @tparam string id_or_name
-- @treturn table nil and an error: `not_found`, or `ambiguous` with the ids in `err.matches`
function Client:volume(id_or_name)
  local state = requests.open(self)
  return errors.result(finder.find(state, "volume", check.text(id_or_name, "id_or_name"),
    function(id) return get(state, id) end,
    function(name) return self:volumes { name = name } end))
end

-- ---------------------------------------------------------------------- limits

-- What there is a limit for, and what the service calls both numbers.
local LIMITS = {
  snapshots = { "totalSnapshotsUsed", "maxTotalSnapshots" },
  gigabytes = { "totalGigabytesUsed", "maxTotalVolumeGigabytes" },
  volumes = { "totalVolumesUsed", "maxTotalVolumes" },
}

local function limit_in(absolute, names)
  local used, max = tonumber(absolute[names[1]]), tonumber(absolute[names[2]])
  if not used or not max then
    return nil
  end
  return { used = used, max = max < 0 and math.huge or max }
end

--- Tells how much of the project's quota is used: `GET /limits`.
-- @treturn table `snapshots`, `gigabytes`, `volumes`: each with `used` and `max` (math.huge if
-- there is no limit), or nil if the service does not say; `raw`: the service's own table; nil and
-- an error
function Client:limits()
  local state = requests.open(self)
  local document, err = requests.object(requests.send(state, "GET", "/limits"))
  local limits = document and document.limits
  local absolute = type(limits) == "table" and limits.absolute
  if not document then
    return nil, err
  elseif type(absolute) ~= "table" then
    return errors.fail("decode", "the service's answer has no absolute limits")
  end
  local found = { raw = absolute }
  for name, names in pairs(LIMITS) do
    found[name] = limit_in(absolute, names)
  end
  return found
end

return Client
