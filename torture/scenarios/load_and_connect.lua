-- Everything from nothing: loading, connecting, reading, closing.
return {
  world = function(sim)
    return { id = sim:add_snapshots(1)[1] }
  end,
  run = function(env)
    local rsnapshots = require "rsnapshots"
    env.connect.retries = 0
    local client, err = rsnapshots.connect(env.connect)
    if not client then
      return nil, err
    end
    local snapshot
    snapshot, err = client:get(env.id)
    client:close()
    return snapshot and snapshot.name, err
  end,
}
