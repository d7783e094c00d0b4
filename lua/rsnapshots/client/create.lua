--- Creating a snapshot, never twice.
local body = require "rsnapshots.client.body"
local calls = require "rsnapshots.client.calls"
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.listing.filter"
local once = require "rsnapshots.client.create_once"
local Pager = require "rsnapshots.listing.pager"
local Source = require "rsnapshots.listing.source"

local create = {}

-- Sends a create; whatever comes of it, never twice.
local function send_create(self, state, made, deadline)
  return calls.made(self, calls.send(state, "POST", "/snapshots",
    { body = made, deadline = deadline }))
end

local function create_once(self, state, made)
  local name
  if not state.dialect:has_metadata() then
    name = check.text(state.dialect:name_in(made.snapshot), "name (which `once` needs here)")
  end
  local deadline = state.session:deadline()
  local source = Source.new(self, state.dialect, deadline)
  return once.create(made.snapshot, {
    create = function() return send_create(self, state, made, deadline) end,
    list = function(filters)
      if state.closed then
        return nil, errors.closed()
      end
      return Pager.new(source, filter.read(filters)):all()
    end,
    sleep = function(seconds) return state.session:sleep(seconds) end,
    deadline = deadline, tries = state.session.settings.retries + 1, name = name,
  })
end

--- Of creates with the same key only one may be under way, else nil: where a name
-- is the only mark, two of them would take each other's snapshot for their own.
function create.key(self, options)
  local dialect = calls.state(self).dialect
  if not options.once or dialect:has_metadata() then
    return nil
  end
  local snapshot = body.make(dialect, options, "to_snapshot_create_map",
    dialect.create_map).snapshot
  return snapshot.volume_id .. "\n" .. tostring(dialect:name_in(snapshot))
end

--- Checks a create; the function that sends it.
function create.prepare(self, options)
  local state = calls.open(self)
  local made = body.make(state.dialect, options, "to_snapshot_create_map", state.dialect.create_map)
  check.text(made.snapshot.volume_id, "volume_id")
  local send = options.once and create_once or send_create
  return function() return send(self, calls.open(self), made) end
end

return create
