--- A listing of plain tables, as people use it: volumes, and what storage has.
local check = require "rsnapshots.support.check"

local methods = {}

local Rows = { __name = "rsnapshots.Rows" }

local STATE = {}

--- Makes a listing.
-- @string what is listed, for messages: "volumes"
-- @tparam function take gives the next one; nil at the end; nil and an error, after which it can be
-- called again
-- @tparam[opt] int max how many to give out
function Rows.new(what, take, max)
  return setmetatable({ [STATE] = { what = what, take = take, left = max or math.huge } }, Rows)
end

--- The next one.
-- @treturn table nil at the end; nil and an error, after which it can be asked again
function methods:next()
  local state = self[STATE]
  if state.left <= 0 then
    return nil
  end
  local row, err = state.take()
  if err then
    return nil, err
  end
  state.left = state.left - (row and 1 or 0)
  return row
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
    check.fail("this listing of " .. state.what .. " was read to its end: begin a new one")
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
      .. "a table"):format(rawget(self, STATE).what, tostring(key)))
  end
  return methods[key]
end

function Rows:__len()
  return self["#"] -- as any other index does
end

return Rows
