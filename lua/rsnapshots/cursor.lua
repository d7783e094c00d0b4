--- Where a listing stands: requests page after page, filtered, in order.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.filter"
local url = require "rsnapshots.url"

local PATIENCE = 3 -- times that a page may come again, by offset
local REMEMBERED = 2000 -- ids, at least

local Cursor = { __name = "rsnapshots.Cursor" }
Cursor.__index = Cursor

--- Makes a cursor.
-- @param source `dialect`, `client` (whose snapshots they are),
-- `fetch(query, detailed)` and `decode_error(message, request)`
-- @tparam table filters as filter.read gives them
function Cursor.new(source, filters)
  local start = filters.token or filters
  local self = setmetatable({
    source = source, filters = filters,
    -- a summary has neither, and could not be tested for them
    detailed = filters.detailed ~= false or filters.project_id ~= nil
      or filters.consumes_quota ~= nil,
    keep = filter.predicate(filters),
    by = source.dialect:pages_by(),
    marker = start.marker, offset = start.offset,
    finished = start.finished or false,
    hops = 0, lap = 1, repetitions = 0, -- for noticing a listing that goes in circles
    recent = { ids = {}, count = 0, older = {} },
  }, Cursor)
  if self.by == "offset" then
    self.skip_to, self.marker = self.marker, nil -- there are no markers: skipped here
    self.offset = self.offset or 0
  end
  return self
end

local function query_of(self, rows)
  local query = self.source.dialect:list_query(self.filters)
  rows = self.source.dialect:page_limit(rows)
  if rows then
    query[#query + 1] = { "limit", rows }
  end
  if self.marker then
    query[#query + 1] = { "marker", self.marker }
  elseif self.offset and self.offset > 0 then
    query[#query + 1] = { "offset", self.offset }
  end
  return query
end

-- ---------------------------------------------------------- a lost marker
--
-- A deleted snapshot is no marker any more: a 404. The nearest one before it
-- that is still there serves as well; what follows that one and was given out
-- already is left out. Where they are gone too, and the listing is in the usual
-- order, newest first, it begins anew and leaves out what is not after the last
-- one.

local function is_after(snapshot, last)
  if not snapshot.created_at then
    return true -- rather twice than never
  end
  if snapshot.created_at ~= last.created_at then
    return snapshot.created_at < last.created_at
  end
  return snapshot.id < last.id
end

-- Is the page newest first, as far as one can see?
local function is_usual(page)
  for i = 1, #page do
    if not page[i].created_at or (i > 1 and not is_after(page[i], page[i - 1])) then
      return false
    end
  end
  return #page > 0
end

local function remember(self, page, begin)
  local trail = { ids = {}, at = #page, step = 1, begin = begin }
  for i = 1, #page do
    trail[i] = page[i].id
    trail.ids[trail[i]] = true
  end
  if not self.filters.sort and is_usual(page) then
    trail.last = { id = page[#page].id, created_at = page[#page].created_at }
  end
  self.trail = trail
end

-- Moves the marker back; false where there is nothing left to try.
local function step_back(self, err)
  local trail = self.trail
  if err.kind ~= "not_found" or self.by ~= "marker" or not trail or not self.marker then
    return false
  elseif trail.exhausted then
    self.after = self.after or trail.last
    self.marker, self.milestone, self.lap, self.hops = nil, nil, 1, 0
    return self.after ~= nil
  end
  trail.at, trail.step = trail.at - trail.step, trail.step * 2
  if trail.at >= 1 then
    self.marker = trail[trail.at]
  else
    self.marker, trail.exhausted = trail.begin, true
  end
  self.given = trail.ids
  return true
end

local function request_page(self, rows)
  local request, err = self.source:fetch(query_of(self, rows), self.detailed)
  while not request and step_back(self, err) do
    request, err = self.source:fetch(query_of(self, rows), self.detailed)
  end
  return request, err
end

-- ------------------------------------------------------------ what is next

-- A link's marker, whatever host, scheme or path it names.
local function marker_in(page, link_header)
  local link = page.next_link
  if not link and link_header then
    link = link_header:match('<([^>]*)>%s*;[^,]*rel="?next"?')
  end
  return link and (url.parameter(link, "marker") or page[#page].id)
end

-- Brent's way to notice a cycle of any length while remembering one place.
local function was_here(self, place)
  if place == self.milestone then
    return true
  end
  self.hops = self.hops + 1
  if self.hops == self.lap then
    self.milestone, self.lap, self.hops = place, self.lap * 2, 0
  end
  return false
end

-- Does the listing go in circles? By offset a page may well come again, when as
-- many snapshots were made meanwhile as it holds; not over and over.
local function is_circling(self, page, link_header)
  local place = page[1].id
  if self.by == "marker" then
    place = marker_in(page, link_header)
  end
  if not place or not was_here(self, place) then
    return false
  end
  self.repetitions = self.repetitions + 1
  return self.by == "marker" or self.repetitions > PATIENCE
end

-- Where the page after this one begins, nil after the last.
local function following(self, page, link_header)
  if #page == 0 then
    return nil
  elseif self.by == "offset" then
    return self.offset + #page
  end
  return marker_in(page, link_header)
end

-- Moves on to the page after this one; false when that goes in circles.
local function advance(self, page, link_header)
  if #page > 0 and is_circling(self, page, link_header) then
    return false
  end
  self.begin = self.marker or self.offset
  local place = following(self, page, link_header)
  if not place then
    self.finished = true
  elseif self.by == "offset" then
    self.offset = place
  else
    remember(self, page, self.marker)
    self.marker, self.offset = place, nil
  end
  return true
end

-- ------------------------------------------------------- what comes twice
--
-- By offset, a snapshot that is made while a listing goes on moves the others
-- towards the end, into the next page. The last ones given out are remembered,
-- in two generations so that it stays bounded.

local function note(self, id)
  local recent = self.recent
  if recent.count >= REMEMBERED then
    recent = { ids = {}, count = 0, older = recent.ids }
    self.recent = recent
  end
  recent.ids[id] = true
  recent.count = recent.count + 1
end

-- Was this one given out before?
local function was_given(self, id)
  if self.by == "marker" then
    return self.given ~= nil and self.given[id] == true
  end
  local recent = self.recent
  if recent.ids[id] or recent.older[id] then
    return true
  end
  note(self, id)
  return false
end

-- Which rows are wanted, nil for all of them.
local function wanted_rows(self, page)
  if not (self.keep or self.skip_to or self.given or self.after or self.by == "offset") then
    return nil
  end
  local rows, repeated = {}, false
  for i = 1, #page do
    local snapshot = page[i]
    if self.skip_to then
      if snapshot.id == self.skip_to then
        self.skip_to = nil
      end
    elseif was_given(self, snapshot.id) then
      repeated = true
    elseif self.after and not is_after(snapshot, self.after) then
      repeated = true
    elseif not self.keep or self.keep(snapshot) then
      rows[#rows + 1] = i
    end
  end
  self.given = repeated and self.given or nil
  if #page > 0 and self.after and is_after(page[#page], self.after) then
    self.after = nil
  end
  return #rows < #page and rows or nil
end

--- The next page that has anything wanted in it.
-- @tparam[opt] int rows what to ask for at most
-- @treturn Page nil at the end; nil and an error on failure, after which
-- another call tries the same page again
function Cursor:fetch(rows)
  while not self.finished do
    local request, err = request_page(self, rows)
    if not request then
      return nil, err
    end
    local page, problem = core.page(request, self.source.client)
    if not page then
      return nil, self.source:decode_error(problem, request)
    end
    local link_header = request:header("Link")
    request:close()
    if not advance(self, page, link_header) then
      return nil, errors.new("decode", ("the service sends the same page again and again (by %s):"
        .. " the listing would never end"):format(self.by))
    end
    self.rows = wanted_rows(self, page)
    page = self.rows and core.select(page, self.rows) or page
    if #page > 0 then
      return page
    end
  end
  return nil
end

--- Where to go on after so many of the last page's snapshots, of which `last`
-- is the last: a text for the filter `token`.
function Cursor:token(count, last)
  if count == nil then -- all of it
    if self.finished then
      return "end:"
    end
    return self.marker and "marker:" .. self.marker or "offset:" .. (self.offset or 0)
  elseif self.by == "marker" then
    return "marker:" .. last.id
  end
  return "offset:" .. (self.begin + (self.rows and self.rows[count] or count))
end

return Cursor
