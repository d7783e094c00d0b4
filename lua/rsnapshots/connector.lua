--- What `rsnapshots.connect` does. Only connecting loads this.
-- @module rsnapshots.connector
-- @local

local Client = require "rsnapshots.client"
local errors = require "rsnapshots.error"
local hints = require "rsnapshots.connect.hints"
local Identity = require "rsnapshots.identity"
local service = require "rsnapshots.connect.service"
local served = require "rsnapshots.loop.served"
local Session = require "rsnapshots.tasks.session"
local settings_of = require "rsnapshots.connect.settings"

-- Authenticates, finds the service and settles on its versions.
local function establish(session, identity)
  local deadline = session:deadline()
  local access, err = identity:authenticate(session, deadline)
  local found
  if access then
    session:adopt(access)
    found, err = service.find(session, access, deadline)
  end
  if not found then
    return nil, err
  end
  return Client.new(session, found, service.find_again)
end

return function(options)
  local settings, err = settings_of.gather(options)
  if not settings then
    return nil, err
  end
  local problem = served.problem(settings.auth_url or settings.endpoint or "", settings.wait)
  if problem then
    return errors.config(problem)
  end
  local identity, session, client
  identity, err = Identity.new(settings)
  if identity then
    session, err = Session.new(settings)
  end
  if session then
    client, err = establish(session, identity)
  end
  if session and not client then
    hints.add(err, settings)
    err.message = session.core:scrub(err.message) -- a catalog may contain anything
    session:close()
  end
  return client, err
end
