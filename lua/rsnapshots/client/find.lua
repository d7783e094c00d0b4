--- Finds a snapshot or a volume by its name or id.
local errors = require "rsnapshots.error"
local tables = require "rsnapshots.support.tables"

local finder = {}

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
      name, what == "snapshot" and ", or most_recent" or ""), { matches = tables.ids(found) })
  end
  return newest(found)
end

-- Is this surely an id, not a name?
local function is_uuid(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+$" ~= nil
end

-- Is this probably an id? It may still be a name, such as "db1".
local function looks_like_id(text)
  return is_uuid(text) or text:match "^%x+$" ~= nil
end

-- With these, a service refuses what is no id. Other refusals are a proxy's, and prove nothing.
local NO_ID = { [400] = true, [422] = true }

-- Did somebody answer that this is none, but perhaps not the service?
local function is_refusal(err)
  return err.status == 404 or NO_ID[err.status] or err.kind == "forbidden" or err.kind == "decode"
end

-- Might it be an id of another form, such as "snap-42"? A word alone, such as "detail", may be a
-- part of a path.
local function may_be_id(text)
  return text:match "^[%w_.-]*%d[%w_.-]*$" ~= nil
end

-- Does the service say so itself, with a code of its own?
local function is_own_refusal(err)
  return err.kind == "not_found" or err.kind == "invalid" and NO_ID[err.status] and err.code
end

-- The one with that id; nil if there is none; nil and an error if that is unknown.
local function by_id(state, text, get)
  local found, err = get(text)
  if found then
    return found
  elseif not is_own_refusal(err) then
    return nil, err
  end
  return nil, state.closed and errors.closed() or nil
end

--- Finds one by its id or, failing that, by its name.
-- @param state of an open client
-- @string what "snapshot" or "volume"
-- @tparam function get returns the one with that id; nil and an error
-- @tparam function list returns a listing of those with that name
-- @tparam[opt] boolean most_recent takes the newest of several
-- @return nil and an error: `not_found`, or `ambiguous`
function finder.find(state, what, text, get, list, most_recent)
  local is_id, doubt = looks_like_id(text), nil
  if is_id then
    local one, problem = by_id(state, text, get)
    if one or problem and (is_uuid(text) or not is_refusal(problem)) then
      return one, problem
    end
    doubt = problem
  end
  local found, err = only(what, text, list(text), most_recent)
  if found or err.kind ~= "not_found" then
    return found, err
  elseif is_id or not may_be_id(text) then
    return nil, doubt or err
  end
  local other, problem = by_id(state, text, get)
  if other and other.id == text then
    return other
  end
  return nil, problem or err
end

return finder
