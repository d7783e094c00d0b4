--- A listing: follows every page, and goes on where it stands after a failure.
--
--     for snapshot in client:list{ status = "available" } do ... end
-- @classmod Pager

local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local Cursor = require "rsnapshots.listing.cursor"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.listing.filter"

local Pager = { __name = "rsnapshots.Pager" }
Pager.__index = Pager

-- So often while a page is consumed, in snapshots, the next one is seen to.
local BREATH = 64

-- Where a listing that is sorted here begins: so many after that id.
local function start_of(filters)
  local start = filters.token or filters
  return start.skip or start.offset or 0, start.marker
end

local function start_token(filters)
  if filters.token and filters.token.finished then
    return "end:"
  end
  return Cursor.start_token(start_of(filters))
end

--- Made by client:list.
-- @local
function Pager.new(source, filters)
  local sorts = source.dialect:sorts_here(filters)
  local cursor = Cursor.new(source, sorts and filter.whole(filters) or filters)
  return setmetatable({
    source = source, cursor = cursor,
    filters = filters,
    sorts = sorts,
    -- where every row counts, no more are asked for than are wanted
    exact = not sorts and cursor:is_exact(),
    left = filters.max, -- nil: no limit
    page = {}, at = 0, -- how many of the page's snapshots were given out
    -- what is sorted here comes once, in one piece
    gathered = filters.token and filters.token.finished or false,
    start = sorts and start_token(filters) or cursor.start,
  }, Pager)
end

-- What comes after a listing's beginning; nil and an error where that is not there.
local function after_start(self, sorted)
  local skip, marker = start_of(self.filters)
  local at = marker and 1 or 0
  while marker and sorted[at] and sorted[at].id ~= marker do
    at = at + 1
  end
  if at > #sorted then
    return nil, self.cursor.not_there(marker)
  end
  local rest = {}
  for i = at + skip + 1, #sorted do
    rest[#rest + 1] = sorted[i]
  end
  return rest
end

-- Everything, sorted here, from where the listing begins.
local function fetch_sorted(self)
  if self.gathered then
    return nil
  end
  local all = self.collected or {}
  self.collected = all
  repeat
    local fetched, err = self.cursor:fetch(self.filters.page_size)
    if err then
      return nil, err
    end
    for i = 1, fetched and #fetched.page or 0 do
      all[#all + 1] = fetched.page[i]
    end
  until not fetched
  self.collected = nil
  local rest, err = after_start(self, filter.sort(all, self.filters.sort))
  self.gathered = rest ~= nil
  return rest and #rest > 0 and { page = rest } or nil, err
end

-- How many rows to ask for when so many more snapshots are wanted.
local function rows_for(self, left)
  local rows = self.filters.page_size
  return self.exact and left and math.min(rows or left, left) or rows
end

-- Lets the page after this one come while this one is consumed.
local function look_ahead(self)
  local left = self.left and self.left - #self.page
  if self.filters.prefetch == false or self.sorts or self.cursor.finished
    or (left and left <= 0) or self.source:is_closed() or self.source:is_throttled() then
    return
  end
  self.sent = core.now()
  self.coming = self.source:start(function() return self.cursor:fetch(rows_for(self, left)) end)
end

-- A request is not kept going, nor repeated, while the caller is busy: after so
-- many seconds of that, a failure that passes says nothing.
local NEGLECT = 1

-- The page that is on its way; nil, an error, and whether it is to be tried again.
local function receive(self)
  local coming, age = self.coming, core.now() - self.sent
  coming:finish()
  self.coming = nil
  if coming.cancelled then -- with the task that was reading
    return nil, nil, true
  elseif not coming.ok then
    error(coming.value, 0)
  end
  local err = coming.problem
  return coming.value, err, err and age > NEGLECT and errors.is_passing(err)
end

local function fetch(self)
  if self.sorts then
    return fetch_sorted(self)
  end
  local deadline = self.source:deadline()
  if self.coming then
    local fetched, err, again = receive(self)
    if not again then
      return fetched, err
    end
  end
  return self.cursor:fetch(rows_for(self, self.left), deadline)
end

-- Makes sure that the page has something left to give out. false at the end,
-- nil and an error on failure.
local function fill(self)
  if self.left == 0 then
    return false
  elseif self.at < #self.page then
    return true
  end
  local fetched, err = self.source:hold(self, "this listing is being read by another coroutine",
    fetch)
  if err then
    return nil, err
  elseif not fetched then
    return false
  end
  self.fetched, self.page, self.at = fetched, fetched.page, 0
  look_ahead(self)
  return true
end

--- The next snapshot.
-- @return a Snapshot; nil at the end; nil and an error on failure, after which
-- another call tries the same page again
function Pager:next()
  local more, err = fill(self)
  if not more then
    return nil, err
  end
  self.at = self.at + 1
  self.left = self.left and self.left - 1
  if self.coming and self.at % BREATH == 0 then
    self.source:step()
  end
  return self.page[self.at]
end

--- In a `for`, gives snapshot after snapshot; raises the error on failure.
function Pager:__call()
  local snapshot, err = self:next()
  if err then
    error(err, 0)
  end
  return snapshot
end

-- Some of a page's snapshots, as a page.
local function slice(page, from, to)
  if from == 1 and to == #page then
    return page
  end
  local part = {}
  for i = from, to do
    part[#part + 1] = type(page) == "table" and page[i] or i
  end
  return type(page) == "table" and part or core.select(page, part)
end

-- What is left of the page, or the next one; nil at the end.
local function next_page(self)
  local more, err = fill(self)
  if not more then
    return nil, err
  end
  local from, to = self.at + 1, #self.page
  if self.left then
    to = math.min(to, self.at + self.left)
    self.left = self.left - (to - self.at)
  end
  self.at = to
  return slice(self.page, from, to)
end

--- An iterator over pages, for `for`; raises the error on failure.
-- A page is a read-only sequence: `#page`, `page[1]`. From Lua 5.4 on, leaving
-- the loop cancels the request for the next page.
function Pager:pages()
  return function()
    local page, err = next_page(self)
    if err then
      error(err, 0)
    end
    return page
  end, nil, nil, self
end

--- Calls a function with every page, until it returns false.
-- @tparam function visit
-- @return true; nil and an error on failure
function Pager:each_page(visit)
  check.type(visit, "function", "each_page's argument")
  while true do
    local page, err = next_page(self)
    if err then
      return nil, err
    elseif not page then
      return true
    elseif visit(page) == false then
      self:close()
      return true
    elseif self.source:is_closed() then
      return nil, errors.closed()
    end
  end
end

--- All that is left, in a table.
-- @treturn table of Snapshots; nil and an error when any page fails, so that a
-- part is never taken for the whole
function Pager:all()
  local all = {}
  local ok, err = self:each_page(function(page)
    for i = 1, #page do
      all[#all + 1] = page[i]
    end
  end)
  if not ok then
    return nil, err
  end
  return all
end

--- Where to go on later: `client:list{ ..., token = token }` with the same
-- filters begins after the last snapshot that was given out.
-- @treturn string
function Pager:token()
  if self.at == 0 then
    return self.start
  elseif self.sorts then
    return self.at == #self.page and "end:" or "marker:" .. self.page[self.at].id
  end
  return self.cursor:place(self.fetched, self.at)
end

--- Cancels the request for the next page, if one is under way. The listing can
-- be gone on with. In Lua 5.4 also by `local pager <close> = client:list()`;
-- a listing that is no longer used is closed when it is collected.
function Pager:close()
  if self.coming then
    self.coming:cancel()
    self.coming = nil
  end
end

Pager.__close = Pager.close

return Pager
