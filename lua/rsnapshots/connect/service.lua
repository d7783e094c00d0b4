--- The service to connect to: its URL, version and microversion.
local endpoint = require "rsnapshots.connect.endpoint"
local errors = require "rsnapshots.error"
local microversion = require "rsnapshots.connect.microversion"

local service = {}

-- The service that was found, with the project in the URL if that needs it.
local function complete(place, project_id, settled)
  local address, err = endpoint.with_project(place, project_id, settled)
  if not address then
    return nil, err
  end
  return { endpoint = address, api_version = place.version, region = place.region,
    project_id = project_id, settled = settled, place = place }
end

--- Finds the service.
-- @tparam table access from `Identity:authenticate`
-- @treturn table `endpoint`, `api_version`, `region`, `project_id`, and for version 3 `settled`,
-- from `microversion.negotiate`; nil and an error
function service.find(session, access, deadline)
  local settings = session.settings
  local place, err = endpoint.locate(settings, access, session, deadline)
  if not place then
    return nil, err
  end
  local settled
  if place.version == 3 then
    settled, err = microversion.negotiate(session, place.url, deadline)
  elseif settings.microversion then
    err = errors.new("unsupported",
      ("version %d of the API has no microversions"):format(place.version))
  end
  if err then
    return nil, err
  end
  return complete(place, access.project_id or settings.project_id, settled)
end

--- Settles on another microversion after the service refused the one in use with 406: see
-- `microversion.renegotiate`.
-- @tparam table found from `find`, of version 3
-- @tparam Error refusal the 406
-- @treturn table as from `find`: with another microversion, and perhaps another `endpoint`, because
-- only newer ones allow URLs without a project; nil and an error
function service.find_again(session, found, deadline, refusal)
  local settled, err = microversion.renegotiate(session, found.place.url, deadline, found.settled,
    refusal)
  if not settled then
    return nil, err
  end
  return complete(found.place, found.project_id, settled)
end

return service
