--- A listing, which follows every page. After a failure, you can continue it where it stopped.
--
--     for snapshot in client:list{ status = "available" } do ... end
--
-- `client:list` returns one. docs/snapshots.md explains the filters, and what can go wrong.
-- @classmod Pager

local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local url = require "rsnapshots.support.url"

local listing = {}

-- ------------------------------------------------------------------ filters

local KNOWN = {
  name = "string", status = "string", volume_id = "string", project_id = "string",
  all_projects = "boolean", metadata = "map", name_like = "string",
  created_after = "any", created_before = "any", consumes_quota = "boolean",
  sort = "string", detailed = "boolean", page_size = "count", max = "whole",
  marker = "string", offset = "whole", extra = "table", token = "string",
  prefetch = "boolean",
}

--- A point in time as Unix seconds: a number, or a text as services send it.
local function to_time(value, name)
  local seconds = type(value) == "number" and value
    or type(value) == "string" and core.timestamp(value)
  if not seconds or seconds ~= seconds then -- NaN
    check.fail(name .. " must be a time: Unix seconds, or text such as 2026-11-23T08:00:00Z")
  end
  return seconds
end

local READ = { status = ascii.lower, created_after = to_time, created_before = to_time }

-- The raw query in `extra`.
local function to_query(extra)
  local pairs_of = {}
  for name, value in pairs(extra) do
    pairs_of[#pairs_of + 1] = { tostring(name), tostring(value) }
  end
  table.sort(pairs_of, function(a, b) return a[1] < b[1] end)
  return url.query(pairs_of):sub(2)
end

--- Checks a caller's filters. A wrong one raises an error.
-- @local
-- @tparam[opt] table kinds of the values, by name; by default those for snapshots
-- @treturn table the filters, in the core's form
function listing.filters(filters, kinds)
  local known = {}
  for name, value in pairs(check.fields(filters, kinds or KNOWN, nil, "filter")) do
    known[name] = READ[name] and READ[name](value, name) or value
  end
  local problem = core.filter_problem(known)
  if problem then
    check.fail(problem)
  end
  local extra = known.extra
  if extra then
    known.query, known.extra = to_query(extra), nil
    known.has_own_order = (extra.sort or extra.sort_key or extra.sort_dir) ~= nil
  end
  return known
end

-- ------------------------------------------------------------------ waiting

local BUSY = "this listing is being read by another coroutine"

-- Starts the request for the next page, and waits until it is done.
local function request_page(pager, session, lane)
  core.begin(pager, lane)
  session:await(core.is_ready, pager)
end

-- The same, and once more if the microversion is refused and there is another one.
local function await(pager)
  local companion = core.companion(pager)
  local state = requests.state(companion.client)
  local session = state.session
  local lane = session.scheduler:prepare()
  session.scheduler:with_lock(companion, BUSY, function()
    request_page(pager, session, lane)
    local fault = core.page_fault(pager)
    if fault and requests.settle_again(state, errors.from(fault)) then
      pager:close()
      request_page(pager, session, lane)
    end
  end)
end

-- The error for a fault. A call of a client that was closed before it is a wrong call.
local function failure(fault, was_closed)
  if was_closed then
    check.fail("the client is closed")
  end
  return errors.from(fault)
end

--- Makes a listing, for client:list and others.
-- @local
-- @tparam Client client
-- @tparam table filters from listing.filters
-- @tparam[opt] number stop the time after which no request goes on
function listing.new(client, filters, stop)
  local is_narrowed = filters.volume_id or filters.name or (filters.name_like or "") ~= ""
    or filters.metadata and next(filters.metadata)
  filters.stop = stop
  return core.listing(requests.state(client).session.core,
    { client = client, await = await, failure = failure, is_wide = not is_narrowed }, filters)
end

--- Is a listing not narrowed to certain snapshots? An order, a time or a status does not narrow it.
-- @local
function listing.is_wide(list)
  return core.is_pager(list) and core.companion(list).is_wide
end

-- ------------------------------------------------------------------ methods

local Pager = core.pager_methods

local function companion_of(pager)
  check.receiver(core.is_pager(pager), "listing", "pager:next()")
  return core.companion(pager)
end

local function is_closed(pager)
  return requests.state(companion_of(pager).client).closed
end

-- Takes the next value, and waits if necessary; nil at the end; nil and an error.
local function obtain(take, pager)
  local was_closed = is_closed(pager)
  local value, fault = take(pager)
  while value == false do
    await(pager)
    value, fault = take(pager)
  end
  return value, fault and failure(fault, was_closed)
end

if core.pager_meta then -- only if this Lua cannot yield across a C function
  -- The next snapshot; nil at the end; nil and an error, after which another call tries the same
  -- page again.
  function Pager.next(pager)
    return errors.result(obtain(core.take, pager))
  end

  -- In a `for`, returns one snapshot after another; raises the error on failure.
  function core.pager_meta.__call(pager)
    local over = core.over(pager)
    if over then
      check.fail(over)
    end
    return errors.raise(obtain(core.take, pager))
  end
end

-- The metatable of pager:all()'s result, which is not an iterator.
local TABLE = { __call = function()
  check.fail("a table was given to for: write `for snapshot in pager do`, or "
    .. "`for _, snapshot in ipairs(pager:all()) do`")
end }

--- An iterator over pages, for `for`. It raises an error on failure. A page is a read-only
-- sequence: `#page`, `page[1]`. In Lua 5.4, leaving the loop cancels the request for the next page.
function Pager:pages()
  companion_of(self)
  return function() return errors.raise(obtain(core.take_page, self)) end, nil, nil, self
end

--- Calls a function with every page, until it returns false.
-- @tparam function visit
-- @return true; nil and an error on failure
function Pager:each_page(visit)
  local client = companion_of(self).client
  check.type(visit, "function", "each_page's argument")
  while true do
    local page, err = obtain(core.take_page, self)
    if err then
      return nil, err
    elseif not page then
      return true
    elseif visit(page) == false then
      self:close()
      return true
    elseif requests.state(client).closed then
      return nil, errors.closed()
    end
  end
end

--- Reads everything that is left.
-- @treturn table a list of Snapshots; nil and an error if any page fails, so a part is never taken
-- for the whole
function Pager:all()
  local was_closed = is_closed(self)
  local take, all, count = core.take, setmetatable({}, TABLE), 0
  local snapshot, fault = take(self)
  while snapshot ~= nil do
    if snapshot then
      count = count + 1
      all[count] = snapshot
    else
      await(self)
    end
    snapshot, fault = take(self)
  end
  return errors.result(all, fault and failure(fault, was_closed))
end

-- The core itself has these methods.

--- The next snapshot. In a `for`, the listing itself is the iterator.
-- @function Pager:next
-- @return a Snapshot; nil at the end; nil and an error on failure, after which another call tries
-- the same page again

--- A token to continue the listing later: `client:list{ ..., token = token }` with the same filters
-- begins after the last snapshot that this listing returned.
-- @function Pager:token
-- @treturn string

--- Cancels the request for the next page, if one is under way. You can still continue the listing.
-- In Lua 5.4, `local pager <close> = client:list()` calls this, and so does the garbage collector.
-- @function Pager:close

check.public(Pager)

return listing
