-- Tasks side by side: counts, one that raises, creates, a wait for them by listing, deletes.
local support = dofile "torture/support.lua"

-- The error of the first that failed.
local function first_error(results, err)
  for _, result in ipairs(results or {}) do
    err = err or result.error
  end
  return err
end

return {
  simulator = { create_seconds = 0, delete_seconds = 0 },
  world = function(sim)
    return { volumes = { sim.volume_id, sim:add_volume { name = "second" } } }
  end,
  run = support.connected(function(client, env)
    local group, values = client:group { concurrency = 3 }, {}
    for i = 1, 3 do
      group:spawn_serial(i % 2, function()
        return client:count { name = "none" .. i }
      end)
    end
    group:spawn(function() error("mine", 0) end)
    for task in group:results() do
      if not task.ok and task.error ~= "mine" then
        return nil, task.error
      end
      values[task.index] = tostring(task.value or task.error)
    end
    local orders, made = {}, {}
    for i, volume in ipairs(env.volumes) do
      orders[i] = { volume_id = volume, name = "made" .. i }
    end
    local results, failures = client:create_all(orders)
    if failures > 0 then
      return nil, first_error(results)
    end
    for i, result in ipairs(results) do
      made[i] = result.value
    end
    results, failures = client:wait_all(made, { timeout = 5, interval = 0.01 })
    if failures > 0 then
      return nil, first_error(results)
    end
    results, failures = client:delete_all(made, { concurrency = 2 })
    if not results or failures > 0 then
      return nil, first_error(results, not results and failures or nil)
    end
    client:close()
    return table.concat(values, " ")
  end),
}
