--- What somebody means who gives an id or a name.
-- @module rsnapshots.cli.run.lookup

local lookup = {}

--- Is it written as the ids of snapshots and volumes are?
function lookup.is_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
    ~= nil
end

--- The snapshot with this id or name.
-- @tparam Client client
-- @string text
-- @treturn Snapshot nil and an error; `ambiguous` has the snapshots in `candidates`
function lookup.snapshot(client, text)
  local snapshot, err = client:find(text)
  if err and err.kind == "ambiguous" then
    err.candidates = client:list({ name = text }):all()
  end
  return snapshot, err
end

--- The id of the volume with this id or name. An id is taken at its word: the service says
-- what is wrong with it.
-- @tparam Client client
-- @string text
-- @treturn string nil and an error
function lookup.volume(client, text)
  if lookup.is_id(text) then
    return text
  end
  local volume, err = client:volume(text)
  return volume and volume.id, err
end

return lookup
