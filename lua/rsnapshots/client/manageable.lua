--- What a storage back end has and Cinder does not manage: a listing.
local calls = require "rsnapshots.client.calls"
local errors = require "rsnapshots.error"
local url = require "rsnapshots.support.url"

local Manageable = { __name = "rsnapshots.Manageable" }
Manageable.__index = Manageable

--- Made by client:manageable.
-- @tparam Client client
-- @tparam table options `host` or `cluster`, `detailed`, `page_size`
function Manageable.new(client, options)
  return setmetatable({ client = client, options = options, page = {}, at = 0, offset = 0 },
    Manageable)
end

local function query_of(self)
  local options = self.options
  local query = { options.host and { "host", options.host } or { "cluster", options.cluster } }
  if options.page_size then
    query[#query + 1] = { "limit", options.page_size }
  end
  if self.offset > 0 then
    query[#query + 1] = { "offset", self.offset }
  end
  return url.query(query)
end

-- What tells one page from another: the service's ids are tables.
local function name_of(entry)
  if type(entry.reference) ~= "table" then
    return nil
  end
  local parts = {}
  for key, value in pairs(entry.reference) do
    parts[#parts + 1] = tostring(key) .. "=" .. tostring(value)
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

local function fetch(self)
  local state = calls.open(self.client)
  local path = state.dialect:manage_path() .. (self.options.detailed == false and "" or "/detail")
  local document, err = calls.object(calls.send(state, "GET", path .. query_of(self)))
  local page = document and document["manageable-snapshots"]
  if not document then
    return nil, err
  elseif type(page) ~= "table" then
    return nil, errors.new("decode", "the service's answer has no manageable snapshots")
  end
  for _, entry in ipairs(page) do
    if type(entry) ~= "table" then
      return nil, errors.new("decode", "the service's answer has no manageable snapshots")
    end
  end
  local first = page[1] and name_of(page[1])
  if first and first == self.first then
    return nil, errors.new("decode", "the service sends the same page again and again (by offset)")
  end
  self.first = first
  return page
end

--- The next one.
-- @treturn table `reference` (what `manage` takes as `ref`), `size` (GiB),
-- `safe_to_manage`, `source_reference`, and in detail `reason_not_safe`,
-- `cinder_id`, `extra_info`; nil at the end; nil and an error
function Manageable:next()
  if self.at >= #self.page and not self.finished then
    local page, err = fetch(self)
    if not page then
      return nil, err
    end
    self.page, self.at, self.offset = page, 0, self.offset + #page
    self.finished = #page == 0
  end
  self.at = self.at + 1
  return self.page[self.at]
end

--- In a `for`, gives one after another; raises the error on failure.
function Manageable:__call()
  local entry, err = self:next()
  if err then
    error(err, 0)
  end
  return entry
end

return Manageable
