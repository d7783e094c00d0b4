--- What a storage back end has and Cinder does not manage: a listing by offset.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local Rows = require "rsnapshots.client.rows"
local url = require "rsnapshots.support.url"

local manageable = {}

local KEY, WHAT = "manageable-snapshots", "manageable snapshots"

local function read_page(call)
  local document, problem = core.decode(call)
  local list = type(document) == "table" and document[KEY]
  for _, row in ipairs(type(list) == "table" and list or { false }) do
    if type(row) ~= "table" then
      return nil, problem or "it has no list of " .. WHAT
    end
  end
  return list
end

-- What tells one row from another: the service's ids are tables.
local function key_of(row)
  local parts = {}
  for name, value in pairs(type(row.reference) == "table" and row.reference or {}) do
    parts[#parts + 1] = tostring(name) .. "=" .. tostring(value)
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

-- Reads the next page, which is empty at the end: true; nil and an error.
local function fetch(state)
  local query = { state.where, state.limit and { "limit", state.limit } or nil }
  query[#query + 1] = state.offset > 0 and { "offset", state.offset } or nil
  local call, err = requests.send(requests.open(state.client), "GET",
    state.path .. url.query(query))
  local page, problem = requests.read(call, err, read_page)
  if not page then
    return nil, problem
  end
  local first = page[1] and key_of(page[1])
  if first and first ~= "" and first == state.first then
    return errors.fail("decode", ("the service sends the same page of %s again and again"):format(
      WHAT))
  end
  state.page, state.at, state.first = page, 0, first
  state.offset, state.finished = state.offset + #page, #page == 0
  return true
end

--- Made by client:manageable.
-- @tparam table options checked ones
-- @treturn Rows
function manageable.new(client, path, options)
  local state = { client = client, page = {}, at = 0, offset = 0, limit = options.page_size,
    path = path .. (options.detailed == false and "" or "/detail"),
    where = options.host and { "host", options.host } or { "cluster", options.cluster } }
  return Rows.new(WHAT, function()
    while state.at == #state.page and not state.finished do
      local ok, err = fetch(state)
      if not ok then
        return nil, err
      end
    end
    state.at = state.at + 1
    return state.page[state.at]
  end)
end

return manageable
