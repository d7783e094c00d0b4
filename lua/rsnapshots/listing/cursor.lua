--- Where a listing stands: requests page after page, filtered, in order.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.listing.filter"
local url = require "rsnapshots.support.url"

local PATIENCE = 3 -- times that a page may come again, by offset
local REMEMBERED = 2000 -- ids, at least

local Cursor = { __name = "rsnapshots.Cursor" }
Cursor.__index = Cursor

--- The token of a listing of which nothing was given out yet; nil where it begins at once.
function Cursor.start_token(skip, marker)
  return skip > 0 and ("skip:%d:%s"):format(skip, marker or "")
    or marker and "marker:" .. marker or nil
end

--- The error of a listing that has to begin after what is not there.
function Cursor.not_there(id)
  return errors.new("not_found",
    ("there is no snapshot '%s' for the listing to begin after"):format(id))
end

--- Makes a cursor.
-- @param source `dialect`, `client` (whose snapshots they are),
-- `fetch(query, detailed, deadline)`, `deadline()` and `decode_error(message, request)`
-- @tparam table filters as filter.read gives them
function Cursor.new(source, filters)
  local start, token = filters.token or filters, filters.token
  local skip = token and token.skip or not token and filters.offset or 0
  local self = setmetatable({
    source = source, filters = filters,
    -- a summary has neither, and could not be tested for them
    detailed = filters.detailed ~= false or filters.project_id ~= nil
      or filters.consumes_quota ~= nil,
    keep = filter.predicate(filters),
    by = source.dialect:pages_by(),
    marker = start.marker, offset = token and token.offset or 0,
    skip = 0, -- how many more of those that are wanted to leave out here
    leaves_out = skip > 0, -- what never may come
    finished = start.finished or false,
    hops = 0, lap = 1, repetitions = 0, -- for noticing a listing that goes in circles
    recent = { ids = {}, count = 0, older = {} },
  }, Cursor)
  if self.by == "offset" then
    self.skip_to, self.marker = self.marker, nil -- there are no markers: skipped here
  end
  if self.skip_to or not source.dialect:applies_exactly(filters) then
    self.skip = skip
  elseif skip > 0 then
    self.offset = skip
  end
  self.start = Cursor.start_token(skip, start.marker) or self:token()
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
  end
  if self.offset and self.offset > 0 then
    query[#query + 1] = { "offset", self.offset }
  end
  return query
end

-- ---------------------------------------------------------- a lost marker
--
-- A deleted snapshot is no marker any more: a 404. The nearest one before it
-- that is still there serves as well; what follows that one and was given out
-- already comes twice and is left out. Where they are gone too, and the listing is in the usual
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

-- Is the page newest first, and after what came before it? Of a single snapshot
-- with nothing before it one cannot see that.
local function is_usual(page, before)
  for i = 1, #page do
    local previous = i > 1 and page[i - 1] or before
    if not page[i].created_at or (previous and not is_after(page[i], previous)) then
      return false
    end
  end
  return #page > 1 or (#page == 1 and before ~= nil)
end

-- Did the caller ask for an order of his own?
local function has_own_order(filters)
  local extra = filters.extra or {}
  return filters.sort or extra.sort or extra.sort_key or extra.sort_dir
end

local function remember(self, page, ids, begin)
  local trail = { ids = ids, at = #page, step = 1, begin = begin }
  local last = page[#page]
  if not has_own_order(self.filters) and is_usual(page, self.trail and self.trail.seen) then
    trail.last = { id = last.id, created_at = last.created_at }
  end
  trail.seen = last.created_at and { id = last.id, created_at = last.created_at }
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
    self.marker = trail.ids[trail.at]
    return true
  end
  self.marker, trail.exhausted = trail.begin, true
  if self.leaves_out and not self.marker then -- from the very beginning
    self.after = self.after or trail.last
    return self.after ~= nil
  end
  return true
end

local function request_page(self, rows, deadline)
  deadline = deadline or self.source:deadline()
  local request, err = self.source:fetch(query_of(self, rows), self.detailed, deadline)
  while not request and step_back(self, err) do
    request, err = self.source:fetch(query_of(self, rows), self.detailed, deadline)
  end
  return request, err
end

-- ------------------------------------------------------------ what is next

-- The next link of a Link header, `<URL>; rel="next", ...`. Each byte is looked at
-- once or twice: a pattern for all of it would take a minute for 60 KB of "<".
local function link_in(header)
  local first = header:find("<", 1, true)
  while first do
    local last = header:find(">", first, true)
    if not last then
      return nil
    end
    local stop = header:find(",", last, true) or #header + 1
    local parameters = header:sub(last + 1, stop - 1)
    if parameters:find "^%s*;" and parameters:find 'rel="?next"?' then
      return header:sub(first + 1, last - 1)
    end
    first = header:find("<", stop, true)
  end
end

-- A link's marker, whatever host, scheme or path it names.
local function marker_in(page, link_header)
  local link = page.next_link
  if not link and link_header then
    link = link_in(link_header)
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
local function advance(self, page, ids, link_header)
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
    remember(self, page, ids, self.marker)
    self.marker, self.offset = place, nil
  end
  return true
end

-- ------------------------------------------------------- what comes twice
--
-- By offset, a snapshot that is made while a listing goes on moves the others
-- towards the end, into the next page; and after a lost marker a listing goes
-- back. The last ones that came are remembered, in two generations so that it
-- stays bounded.

local function ids_of(page)
  local ids = {}
  for i = 1, #page do
    ids[i] = page[i].id
  end
  return ids
end

-- Did this one come before? From now on it did.
local function is_known(self, id, least)
  local recent = self.recent
  if recent.ids[id] or recent.older[id] then
    return true
  elseif recent.count >= least then
    recent = { ids = {}, count = 0, older = recent.ids }
    self.recent = recent
  end
  recent.ids[id] = true
  recent.count = recent.count + 1
  return false
end

-- Does the listing begin behind this one, or further on?
local function is_before_start(self, id)
  if not self.skip_to then
    return false
  elseif id == self.skip_to then
    self.skip_to = nil
  end
  return true
end

-- Which rows are wanted, nil for all of them.
local function wanted_rows(self, page, ids)
  local rows = {}
  local least = math.max(REMEMBERED, #page)
  for i, id in ipairs(ids) do
    local is_new = not is_before_start(self, id) and not is_known(self, id, least)
      and (not self.after or is_after(page[i], self.after))
    if is_new and (not self.keep or self.keep(page[i])) then
      if self.skip > 0 then
        self.skip = self.skip - 1
      else
        rows[#rows + 1] = i
      end
    end
  end
  if #page > 0 and self.after and is_after(page[#page], self.after) then
    self.after = nil
  end
  return #rows < #page and rows or nil
end

--- The next page that has anything wanted in it.
-- @tparam[opt] int rows what to ask for at most
-- @tparam[opt] number deadline of the first request
-- @treturn table `page`, and what `place` needs; nil at the end; nil and an
-- error on failure, after which another call tries the same page again
function Cursor:fetch(rows, deadline)
  while not self.finished do
    local request, err = request_page(self, rows, deadline)
    deadline = nil
    if not request then
      return nil, err
    end
    local page, problem = core.page(request, self.source.client)
    if not page then
      return nil, self.source:decode_error(problem, request)
    end
    local link_header, ids = request:header("Link"), ids_of(page)
    request:close()
    if not advance(self, page, ids, link_header) then
      return nil, errors.new("decode", ("the service sends the same page again and again (by %s):"
        .. " the listing would never end"):format(self.by))
    end
    local wanted = wanted_rows(self, page, ids)
    page = wanted and core.select(page, wanted) or page
    if #page > 0 then
      return { page = page, rows = wanted, begin = self.begin, token = self:token() }
    end
  end
  if self.skip_to then
    return nil, Cursor.not_there(self.skip_to)
  end
  return nil
end

--- Does every row that comes count?
function Cursor:is_exact()
  return self.skip == 0 and not self.skip_to and self.source.dialect:applies_all(self.filters)
end

--- Where to go on after all that was fetched: a text for the filter `token`.
function Cursor:token()
  if self.finished then
    return "end:"
  end
  return self.marker and "marker:" .. self.marker or ("offset:%d"):format(self.offset or 0)
end

--- The same, after the first `count` snapshots of something fetched.
function Cursor:place(fetched, count)
  if count == #fetched.page then
    return fetched.token
  elseif self.by == "marker" then
    return "marker:" .. fetched.page[count].id
  end
  return ("offset:%d"):format(fetched.begin + (fetched.rows and fetched.rows[count] or count))
end

return Cursor
