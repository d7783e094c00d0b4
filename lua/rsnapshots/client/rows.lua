--- A listing of plain tables, page after page: volumes, and what storage has.
--
-- What is listed, and how, is a table (`resource`):
--
--   path      below the endpoint
--   key       of the list in the answer
--   query     {name, value} pairs of every request
--   limit     how many rows a request asks for, nil for the service's own number
--   pages_by  "marker" or "offset"
--   key_of    a function: what tells one row from another, a text or nil
--   read      a function: what is given out for a row, nil if it is not wanted
--   what      for messages, such as "volumes"
--   lenient   are a null among the rows, and an offset that is ignored, no failure?
--   fallback  the query where the service refuses this one (400), if there is another
--   deadline  of every request, nil for the client's own timeout
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local url = require "rsnapshots.support.url"

local methods = {}

local Rows = { __name = "rsnapshots.Rows" }

local STATE = {}

local LARGEST = 1000 -- rows: the services' usual limit

--- Begins a listing; nothing is sent before it is read.
-- @tparam Client client
-- @tparam table resource
-- @tparam[opt] int max how many rows to give out
function Rows.new(client, resource, max)
  return setmetatable({ [STATE] = { client = client, resource = resource, query = resource.query,
    limit = resource.limit, left = max or math.huge, page = {}, at = 0, offset = 0, seen = {},
    markers = {} } }, Rows)
end

-- -------------------------------------------------------------------- links

-- The URL in one of the many shapes of a link to the next page.
local function href_in(value)
  if type(value) == "string" then
    return value
  elseif type(value) ~= "table" then
    return nil
  elseif type(value.href) == "string" then
    return (value.rel == nil or ascii.lower(tostring(value.rel)) == "next") and value.href or nil
  end
  return href_in(value.next)
end

local function link_in(value)
  local found = href_in(value)
  for _, item in ipairs(not found and type(value) == "table" and value or {}) do
    found = found or type(item) == "table" and item.rel ~= nil and href_in(item) or nil
  end
  return found
end

local LONGEST = 8192 -- bytes of a Link header

local function link_in_header(header)
  for target, traits in (#header <= LONGEST and header or ""):gmatch "<([^>]*)>([^<]*)" do
    if ascii.lower(traits):find('rel%s*=%s*"?next') then
      return target
    end
  end
  return nil
end

local function next_link(document, key, header)
  return link_in(document[key .. "_links"]) or link_in(document.links)
    or link_in(document.next) or link_in_header(header or "")
end

-- ------------------------------------------------------------------- a page

local function page_query(state)
  local query = { compat.unpack(state.query) }
  local offset = state.offset - (state.looks_back and 1 or 0)
  query[#query + 1] = state.limit and { "limit", state.limit }
  query[#query + 1] = state.marker and { "marker", state.marker }
    or offset > 0 and { "offset", offset } or nil
  return url.query(query)
end

-- Past the end version 1 says a 404, a 400, a 204 or nothing.
local function is_past_end(call, err)
  if call then
    return call:status() == 204 or call:text(1) == ""
  end
  return err.kind == "not_found" or err.kind == "invalid"
end

-- The finished call for a page; false past the end; nil and an error.
local function request_page(state)
  local resource = state.resource
  local may_end = resource.lenient and state.offset > 0
  local call, err = requests.send(requests.open(state.client), "GET",
    resource.path .. page_query(state), { deadline = resource.deadline, allows_nothing = may_end })
  if may_end and is_past_end(call, err) then
    if call then
      call:close()
    end
    if state.looks_back then
      return false
    end
    state.looks_back = true -- a proxy may say the same in the middle: the last row once more
    return request_page(state)
  elseif err and err.kind == "invalid" and resource.fallback
    and state.query ~= resource.fallback and not state.marker then
    state.query = resource.fallback
    return request_page(state)
  elseif call and resource.lenient and call:status() == 204 then
    call:close()
    return false
  end
  return call, err
end

-- The page in an answer: its rows, which are objects; `count`, with the nulls among them; `link`.
-- nil and what is wrong.
local function read_page(call, resource)
  local document, problem = core.decode(call)
  if type(document) ~= "table" then
    return nil, problem or "an object was expected"
  end
  local list = document[resource.key]
  if list == nil and resource.lenient
    and core.decode(call, true)[resource.key] == core.null then -- which decode leaves out
    list = {}
  end
  list = type(list) == "table" and list or { "none" }
  local page = { count = #list, link = next_link(document, resource.key, call:header "Link") }
  for _, row in ipairs(list) do
    if type(row) == "table" then
      page[#page + 1] = row
    elseif not (resource.lenient and row == core.null) then
      return nil, "it has no list of " .. resource.what
    end
  end
  return page
end

-- ------------------------------------------------------------ where to go on

local function circling(resource)
  return errors.fail("decode", ("the service sends the same page of %s again and again (by %s)")
    :format(resource.what, resource.pages_by))
end

local function advance_by_marker(state, page)
  local resource, last = state.resource, page[#page]
  if not page.link and page.count < state.limit then
    state.finished = true
    return page
  end
  local marker = page.link and url.parameter(page.link, "marker") or last and resource.key_of(last)
  if not marker then
    return errors.fail("decode", ("one of the service's %s has no id"):format(resource.what))
  elseif state.markers[marker] then
    return circling(resource)
  end
  state.markers[marker], state.marker = true, marker
  return page
end

-- The same page came again: the service has no offsets. What it sent was all, unless the page was
-- full; then a larger one may hold all.
local function end_or_widen(state, page)
  local resource = state.resource
  if not resource.lenient then
    return circling(resource)
  elseif page.count ~= state.limit then
    state.finished = true
  elseif state.limit >= LARGEST then
    return circling(resource)
  end
  state.limit, state.offset, state.first = LARGEST, 0, nil
  return {}
end

-- Nulls among the rows do not count: too low an offset costs no more than rows that are known.
local function advance_by_offset(state, page)
  local first = page[1] and state.resource.key_of(page[1])
  local seen = state.looks_back and 1 or 0
  state.looks_back = nil
  if #page <= seen then
    state.finished = true
    return {}
  elseif first and first == state.first then
    return end_or_widen(state, page)
  end
  state.first, state.offset = first, state.offset + #page - seen
  return page
end

-- The next page's rows; none at the end; nil and an error.
local function fetch(state)
  local call, problem = request_page(state)
  if call == false then
    state.finished = true
    return {}
  end
  local page, err = requests.read(call, problem, read_page, false, state.resource)
  if not page then
    return nil, err
  elseif page.count == 0 then
    state.finished = true
    return page
  elseif state.resource.pages_by == "offset" then
    return advance_by_offset(state, page)
  end
  return advance_by_marker(state, page)
end

-- A row as it is given out, nil if it is not: pages by offset may overlap.
local function row_of(state, row)
  local resource = state.resource
  local key = resource.lenient and resource.pages_by == "offset" and resource.key_of(row)
  if key then
    if state.seen[key] then
      return nil
    end
    state.seen[key] = true
  end
  return resource.read(row)
end

-- ----------------------------------------------------------------- for users

--- The next one.
-- @treturn table nil at the end; nil and an error, after which it can be asked again
function methods:next()
  local state = self[STATE]
  while state.left > 0 do
    if state.at < #state.page then
      state.at = state.at + 1
      local row = row_of(state, state.page[state.at])
      if row then
        state.left = state.left - 1
        return row
      end
    elseif state.finished then
      return nil
    else
      local page, err = fetch(state)
      if not page then
        return nil, err
      end
      state.page, state.at = page, 0
    end
  end
  return nil
end

--- All that are left.
-- @treturn {table,...} nil and an error
function methods:all()
  local rows = {}
  while true do
    local row, err = self:next()
    if err then
      return nil, err
    elseif not row then
      return rows
    end
    rows[#rows + 1] = row
  end
end

--- In a `for`, gives one after another; raises the error on failure.
function Rows:__call()
  local state = self[STATE]
  if state.over then
    check.fail("this listing of " .. state.resource.what .. " was read to its end: begin a new one")
  end
  local row, err = self:next()
  if err then
    error(err, 0)
  end
  state.over = row == nil
  return row
end

function Rows:__index(key)
  if methods[key] == nil and key ~= STATE then
    check.fail(("a listing of %s has no '%s': write `for one in listing do`, or listing:all() for "
      .. "a table"):format(rawget(self, STATE).resource.what, tostring(key)))
  end
  return methods[key]
end

function Rows:__len()
  return self["#"] -- as any other index does
end

return Rows
