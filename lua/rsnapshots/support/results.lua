--- The results of many things done side by side, in the order of what they are for.
local Results = {}
Results.__index = Results

--- @tparam {any,...} items what they are for
-- @tparam ?function on_progress `on_progress(done, total, result)`
function Results.new(items, on_progress)
  return setmetatable({ list = {}, items = items, done = 0, failures = 0,
    on_progress = on_progress }, Results)
end

--- Adds the result of an item.
-- @tparam table result `ok` and more; gets `index` and, unless it has one, `item`
function Results:add(index, result)
  result.index, result.item = index, result.item or self.items[index]
  self.list[index] = result
  self.done = self.done + 1
  self.failures = self.failures + (result.ok and 0 or 1)
  if self.on_progress then
    self.on_progress(self.done, #self.items, result)
  end
end

return Results
