--- One thing by its name: a snapshot or a volume.
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

-- The one that a listing by name found.
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

-- Is it more likely an id than a name?
local function looks_like_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+$" ~= nil or text:match "^%x+$" ~= nil
end

-- Might it be an id of another form, such as "snap-42"? A word alone, such as "detail", may be a
-- part of a path.
local function may_be_id(text)
  return text:match "^[%w_.-]*%d[%w_.-]*$" ~= nil
end

-- The one of that id; nil if there is none; nil and an error if nobody knows.
local function by_id(state, text, get)
  local found, err = get(text)
  if found then
    return found
  elseif err.kind ~= "not_found" and err.kind ~= "invalid" then
    return nil, err
  end
  return nil, state.closed and errors.closed() or nil
end

--- Finds one by its id, or else by its name.
-- @param state of an open client
-- @string what "snapshot" or "volume"
-- @tparam function get gives the one of that id; nil and an error
-- @tparam function list gives a listing of those of that name
-- @tparam[opt] boolean most_recent take the newest of several?
-- @return nil and an error: `not_found`, or `ambiguous`
function finder.find(state, what, text, get, list, most_recent)
  local is_id = looks_like_id(text)
  if is_id then
    local one, problem = by_id(state, text, get)
    if one or problem then
      return one, problem
    end
  end
  local found, err = only(what, text, list(text), most_recent)
  if found or err.kind ~= "not_found" or is_id or not may_be_id(text) then
    return found, err
  end
  local other, problem = by_id(state, text, get)
  return other, not other and (problem or err) or nil
end

return finder
