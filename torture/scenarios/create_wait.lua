-- A snapshot is made, and waited for.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    return { volume_id = sim.volume_id }
  end,
  run = support.connected(function(client, env)
    local made, err = client:create { volume_id = env.volume_id, name = "näme \"quoted\"",
      description = ("d"):rep(200), metadata = { a = "b" } }
    if not made then
      return nil, err
    end
    local seen = 0
    made, err = made:wait_until_complete { timeout = 5, interval = 0.01,
      on_progress = function() seen = seen + 1 end }
    return made and made.name .. made.status .. made.metadata.a .. tostring(seen > 0), err
  end),
}
