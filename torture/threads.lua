-- What each thread does: every kind of operation, again and again.
local support = dofile "torture/support.lua"

return {
  simulator = { create_seconds = 0, delete_seconds = 0 },
  world = function(sim)
    sim:add_snapshots(20, {})
    return { volume_id = sim.volume_id }
  end,
  run = function(env, count)
    local client = assert(support.connect(env, { timeout = 60, retries = 4 }))
    local operations = 0
    while operations < count do
      local made = assert(client:create { volume_id = env.volume_id, name = "t" })
      made = assert(made:wait_until_complete { interval = 0.01 })
      assert(made:update { description = "d" })
      assert(#assert(client:list({ page_size = 10, max = 20 }):all()) > 0)
      assert(made:delete())
      local group = client:group { concurrency = 3 }
      for _ = 1, 2 do
        group:spawn(function() return client:count { name = "nobody" } end)
      end
      for task in group:results() do
        assert(task.ok and task.value == 0, tostring(task.error))
      end
      local _, err = client:get "nothing"
      assert(err.kind == "not_found", tostring(err))
      operations = operations + 8
    end
    client:close()
    return operations
  end,
}
