--- A listing: follows every page, and goes on where it stands after a failure.
--
--     for snapshot in client:list{ status = "available" } do ... end
-- @classmod Pager

local check = require "rsnapshots.check"
local core = require "rsnapshots.core"
local Cursor = require "rsnapshots.cursor"
local filter = require "rsnapshots.filter"

local Pager = { __name = "rsnapshots.Pager" }
Pager.__index = Pager

--- Made by client:list.
function Pager.new(source, filters)
  return setmetatable({
    cursor = Cursor.new(source, filters),
    filters = filters,
    sorts = source.dialect:sorts_here(filters),
    -- where every row counts, no more are asked for than are wanted
    exact = source.dialect:applies_all(filters),
    left = filters.max, -- nil: no limit
    page = {}, at = 0, -- how many of the page's snapshots were given out
  }, Pager)
end

-- Everything, sorted here: for services that do not sort.
local function fetch_sorted(self)
  local all = self.collected or {}
  self.collected = all
  repeat
    local page, err = self.cursor:fetch(self.filters.page_size)
    if err then
      return nil, err
    end
    for i = 1, page and #page or 0 do
      all[#all + 1] = page[i]
    end
  until not page
  self.collected = nil
  return #all > 0 and filter.sort(all, self.filters.sort) or nil
end

local function fetch(self)
  if self.sorts then
    return fetch_sorted(self)
  end
  local rows = self.filters.page_size
  if self.exact and self.left then
    rows = math.min(rows or self.left, self.left)
  end
  return self.cursor:fetch(rows)
end

-- Makes sure that the page has something left to give out. false at the end,
-- nil and an error on failure.
local function fill(self)
  if self.left == 0 then
    return false
  elseif self.at < #self.page then
    return true
  end
  local page, err = fetch(self)
  if err then
    return nil, err
  elseif not page then
    return false
  end
  self.page, self.at = page, 0
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
-- A page is a read-only sequence: `#page`, `page[1]`.
function Pager:pages()
  return function()
    local page, err = next_page(self)
    if err then
      error(err, 0)
    end
    return page
  end
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
    elseif not page or visit(page) == false then
      return true
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
  if self.sorts then
    check.fail("token: this service does not sort, so a listing that is sorted here "
      .. "cannot be gone on with")
  end
  if self.at < #self.page and self.at > 0 then
    return self.cursor:token(self.at, self.page[self.at])
  end
  return self.cursor:token()
end

return Pager
