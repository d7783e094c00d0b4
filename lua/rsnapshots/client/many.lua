--- A client's verbs for many snapshots, and for loops of one's own.
-- @submodule Client

local batch = require "rsnapshots.client.bulk"
local calls = require "rsnapshots.client.calls"
local create = require "rsnapshots.client.create"
local filter = require "rsnapshots.listing.filter"
local Group = require "rsnapshots.tasks.group"
local Pager = require "rsnapshots.listing.pager"
local Source = require "rsnapshots.listing.source"

local Client = {}

--- Many things at once: see Group.
-- @tparam[opt] table options `concurrency` (8): how many tasks, and requests,
-- at once
-- @treturn Group
function Client:group(options)
  return Group.new(calls.open(self).session.scheduler, options)
end

-- What the batch verbs are made of.
local function batch_context(self)
  local state = calls.open(self)
  local was_deleted = function(id) return state.deleted[id] or state.deleted_before[id] or false end
  return {
    group = function(options) return Group.new(state.session.scheduler, options) end,
    prepare = function(options) return create.prepare(self, options) end,
    delete = function(id, options) return self:delete(id, options) end,
    get = function(id, deadline) return calls.poll(self, id, deadline) end,
    list = function(filters, deadline)
      return Pager.new(Source.new(self, state.dialect, deadline), filter.read(filters))
    end,
    id = calls.id, project_id = state.public.project_id, pages_by = state.dialect:pages_by(),
    create_key = function(options) return create.key(self, options) end,
    is_closed = function() return state.closed end,
    sleep = function(seconds) calls.sleep(self, seconds) end,
    was_deleted = was_deleted,
  }
end

--- Creates many snapshots side by side: a `create` for each.
-- @tparam table list what `create` takes, each; a wrong one raises before
-- anything is sent
-- @tparam[opt] table options `concurrency` (8), `on_progress` (a function called
-- with how many are done, how many there are, and the result)
-- @treturn table in the list's order: `ok`, `value` (a Snapshot), `error`,
-- `index`, `item`
-- @treturn integer how many failed
function Client:create_all(list, options)
  return batch.create_all(batch_context(self), list, options)
end

--- Deletes many snapshots side by side, those of one volume one after another:
-- a `delete` for each.
-- @tparam table|Pager|function list ids and Snapshots; it is read to its end
-- before anything is deleted
-- @tparam[opt] table options `concurrency` (8), `on_progress`, `missing_ok`, `force`
-- @treturn table in the list's order: `ok`, `value` (true), `error`, `index`,
-- `item`; nil and an error when a listing failed, nothing being deleted
-- @treturn integer how many failed
function Client:delete_all(list, options)
  return batch.delete_all(batch_context(self), list, options)
end

--- Waits for many snapshots, by listing: as many requests per poll as there are
-- pages until all of them were seen.
-- @tparam table|Pager|function list ids and Snapshots
-- @tparam[opt] number|table options `timeout` (600 seconds), `interval`,
-- `deleted` (false: until they are complete; true: until they are gone),
-- `concurrency` (8), `on_progress` (called when one is over, as for `create_all`)
-- @treturn table in the list's order: `ok`, `value` (a fresh Snapshot, true),
-- `error`, `index`, `item`; nil and an error when a listing given failed
-- @treturn integer how many failed
function Client:wait_all(list, options)
  return batch.wait_all(batch_context(self), list, options)
end

-- ------------------------------------------------------------------ event loops

--- The descriptor to watch in a loop of one's own; it is another one after a
-- fork. Together with `events`, `timeout` and `step` it makes the client a
-- cqueues pollable.
-- @treturn integer
function Client:pollfd()
  return calls.open(self).session.scheduler:pollfd()
end

--- What to watch the descriptor for: always `"r"`.
-- @treturn string
function Client:events()
  calls.open(self)
  return "r"
end

--- When `step` is due, whatever the descriptor says.
-- @treturn number seconds; nil: never
function Client:timeout()
  return calls.open(self).session.scheduler:timeout()
end

--- Does what can be done for the requests under way, without waiting.
function Client:step()
  calls.open(self).session.scheduler:step()
end

return Client
