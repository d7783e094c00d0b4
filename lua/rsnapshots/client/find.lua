--- A snapshot by its name.
local errors = require "rsnapshots.error"

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

local function ambiguous(name, found)
  local ids = {}
  for i, snapshot in ipairs(found) do
    ids[i] = snapshot.id
  end
  return errors.new("ambiguous", ("%d snapshots are named '%s': give the id, or most_recent")
    :format(#found, name), { matches = ids })
end

--- The snapshot of that name.
-- @tparam Client client
-- @tparam string name
-- @tparam table options `most_recent`, `all_projects`
-- @treturn Snapshot nil and an error: `not_found`, or `ambiguous`
function finder.by_name(client, name, options)
  local found, err = client:list({ name = name, all_projects = options.all_projects }):all()
  if not found then
    return nil, err
  elseif #found > 1 and not options.most_recent then
    return nil, ambiguous(name, found)
  elseif #found > 0 then
    return newest(found)
  end
  return nil, errors.new("not_found",
    ("there is no snapshot with the name or id '%s'"):format(name))
end

--- Is it more likely an id than a name?
function finder.looks_like_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+$" ~= nil or text:match "^%x+$" ~= nil
end

return finder
