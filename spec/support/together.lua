--- Runs functions side by side, as coroutines whose clients yield where they would wait.
-- @tparam {function,...} works
-- @func between is called after each round: it serves what they wait for
return function(works, between)
  local threads = {}
  for i, work in ipairs(works) do
    threads[i] = coroutine.create(work)
  end
  while #threads > 0 do
    for i = #threads, 1, -1 do
      assert(coroutine.resume(threads[i]))
      if coroutine.status(threads[i]) == "dead" then
        table.remove(threads, i)
      end
    end
    between()
  end
end
