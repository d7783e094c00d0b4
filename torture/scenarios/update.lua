-- Changing a name, and metadata in each of the ways there are.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    return { id = sim:add_snapshots(1, { metadata = { old = "1" } })[1] }
  end,
  run = support.connected(function(client, env)
    local metadata
    local snapshot, err = client:update(env.id, { name = "new", description = "" })
    if snapshot then
      metadata, err = snapshot:set_metadata { a = "b", c = "d" }
    end
    if metadata then
      metadata, err = snapshot:delete_metadata("a", "c")
    end
    if metadata then
      metadata, err = snapshot:replace_metadata { e = "f" }
    end
    if metadata then
      metadata, err = snapshot:get_metadata()
    end
    client:close()
    return metadata and snapshot.name .. support.show(metadata), err
  end),
}
