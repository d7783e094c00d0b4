-- A snapshot is deleted, and waited for until it is gone.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    return { id = sim:add_snapshots(1)[1] }
  end,
  run = support.connected(function(client, env)
    local gone, err = client:delete(env.id)
    if gone then
      gone, err = client:wait_until_deleted(env.id, { timeout = 5, interval = 0.01 })
    end
    return gone and tostring(gone), err
  end),
}
