--- The results of many things done side by side, in the order of their items.
local Results = {}
Results.__index = Results

--- @tparam {any,...} items the items that the results are for
-- @tparam ?function on_progress `on_progress(done, total, result)`
function Results.new(items, on_progress)
  return setmetatable({ list = {}, items = items, done = 0, failures = 0,
    on_progress = on_progress }, Results)
end

--- Adds the result of an item.
-- @tparam table result `ok` and more; this function sets `index` and, unless it has one, `item`
function Results:add(index, result)
  result.index, result.item = index, result.item or self.items[index]
  self.list[index] = result
  self.done = self.done + 1
  self.failures = self.failures + (result.ok and 0 or 1)
  if self.on_progress then
    self.on_progress(self.done, #self.items, result)
  end
end

--- Runs a function for each item, side by side.
-- @tparam Client client
-- @tparam {any,...} items
-- @tparam table options `concurrency`, `on_progress`
-- @tparam function key_of an item's key (nil: none); items with the same key run one after another
-- @tparam function action `action(item, i)` returns the result's value
-- @tparam[opt] function complete `complete(result)` adds to a result
-- @treturn {table,...}
-- @treturn integer how many failed
function Results.run(client, items, options, key_of, action, complete)
  local group = client:group { concurrency = options.concurrency }
  local results = Results.new(items, options.on_progress)
  for i, item in ipairs(items) do
    group:spawn_serial(key_of(item, i) or i, function() return action(item, i) end)
  end
  group:each(function(result)
    result.item = items[result.index]
    if complete then
      complete(result)
    end
    results:add(result.index, result)
  end)
  return results.list, results.failures
end

return Results
