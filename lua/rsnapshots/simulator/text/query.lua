--- Percent-encoding and query strings, as in Python's urllib.
-- @module rsnapshots.simulator.text.query

local query = {}

--- Percent-decodes; with `plus`, "+" is a space.
function query.unescape(s, plus)
  if plus then
    s = s:gsub("%+", " ")
  end
  return (s:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Percent-encodes as Python's quote_plus does.
function query.escape(s)
  s = s:gsub("[^%w_.~ -]", function(c) return string.format("%%%02X", c:byte()) end)
  return (s:gsub(" ", "+"))
end

local Query = {}
Query.__index = Query

--- A query string as an ordered list with look-up. If a name comes twice, the last one counts.
-- @tparam string s without the "?"
function query.parse(s)
  local self = setmetatable({ items = {} }, Query)
  for pair in s:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    self.items[#self.items + 1] = { query.unescape(name, true), query.unescape(value, true) }
  end
  return self
end

--- The value of a parameter, or nil.
function Query:get(name)
  for i = #self.items, 1, -1 do
    if self.items[i][1] == name then
      return self.items[i][2]
    end
  end
  return nil
end

--- Removes a parameter and returns its value, or nil.
function Query:take(name)
  local value = self:get(name)
  for i = #self.items, 1, -1 do
    if self.items[i][1] == name then
      table.remove(self.items, i)
    end
  end
  return value
end

--- The same query with one parameter replaced, at the end.
function Query:with(name, value)
  local other = self:copy()
  other:take(name)
  other.items[#other.items + 1] = { name, value }
  return other
end

--- A copy.
function Query:copy()
  local other = setmetatable({ items = {} }, Query)
  for i, item in ipairs(self.items) do
    other.items[i] = item
  end
  return other
end

--- The query as text, encoded as Python's urlencode does.
function Query:encode()
  local out = {}
  for i, item in ipairs(self.items) do
    out[i] = query.escape(item[1]) .. "=" .. query.escape(item[2])
  end
  return table.concat(out, "&")
end

return query
