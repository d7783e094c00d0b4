--- Finds a snapshot or a volume by its name or id.
local errors = require "rsnapshots.error"

local finder = {}

--- The ids of snapshots, or of volumes.
function finder.ids_of(list)
  local ids = {}
  for i, item in ipairs(list) do
    ids[i] = item.id
  end
  return ids
end

local function newest(snapshots)
  local best = snapshots[1]
  for _, snapshot in ipairs(snapshots) do
    if (snapshot.created_time or 0) > (best.created_time or 0) then
      best = snapshot
    end
  end
  return best
end

-- The only result of a listing by name.
local function only(what, name, listing, most_recent)
  local found, err = listing:all()
  if not found then
    return nil, err
  elseif #found == 0 then
    return errors.fail("not_found", ("there is no %s with the name or id '%s'"):format(what, name))
  elseif #found > 1 and not most_recent then
    return errors.fail("ambiguous", ("%d %ss are named '%s': give the id%s"):format(#found, what,
      name, what == "snapshot" and ", or most_recent" or ""), { matches = finder.ids_of(found) })
  end
  return newest(found)
end

-- Is this probably an id, not a name?
local function looks_like_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+$" ~= nil or text:match "^%x+$" ~= nil
end

-- The one with an id that does not look like one; nil for everything that is not it.
local function by_odd_id(text, get)
  local found = text:find "^%w[%w._-]*$" and get(text)
  return found and found.id == text and found or nil
end

--- Finds one by its id or, failing that, by its name.
-- @param state of an open client
-- @string what "snapshot" or "volume"
-- @tparam function get returns the one with that id; nil and an error
-- @tparam function list returns a listing of those with that name
-- @tparam[opt] boolean most_recent takes the newest of several
-- @return nil and an error: `not_found`, or `ambiguous`
function finder.find(state, what, text, get, list, most_recent)
  if looks_like_id(text) then
    local found, err = get(text)
    if found then
      return found
    elseif err.kind ~= "not_found" and err.kind ~= "invalid" then
      return nil, err
    elseif state.closed then
      return nil, errors.closed()
    end
  end
  local found, err = only(what, text, list(text), most_recent)
  if not found and err.kind == "not_found" and not looks_like_id(text) then
    found = by_odd_id(text, get)
  end
  return found, not found and err or nil
end

return finder
