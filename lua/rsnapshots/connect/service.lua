--- The service that one connects to: where it is, of which version, at which microversion.
local endpoint = require "rsnapshots.connect.endpoint"
local errors = require "rsnapshots.error"
local microversion = require "rsnapshots.connect.microversion"

local service = {}

-- What was found, with the project in the URL where that needs it.
local function complete(place, project_id, settled)
  local address, err = endpoint.with_project(place, project_id, settled)
  if not address then
    return nil, err
  end
  return { endpoint = address, api_version = place.version, region = place.region,
    project_id = project_id, settled = settled, place = place }
end

--- Finds the service.
-- @tparam table access as the identity gives it
-- @treturn table `endpoint`, `api_version`, `region`, `project_id`, and of version 3 `settled`, as
-- `microversion.negotiate` gives it; nil and an error
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
-- @tparam table found as `find` gave it, of version 3
-- @tparam Error refusal the 406
-- @treturn table as `find` gives it: another microversion, and perhaps another `endpoint`, as URLs
-- without a project are for newer ones; nil and an error
function service.find_again(session, found, deadline, refusal)
  local settled, err = microversion.renegotiate(session, found.place.url, deadline, found.settled,
    refusal)
  if not settled then
    return nil, err
  end
  return complete(found.place, found.project_id, settled)
end

return service
