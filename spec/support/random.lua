--- Random numbers of a seed: the same on every version of Lua, unlike math.random.
--
-- L'Ecuyer's combined generator (1988), whose products fit into a double.

--- A generator of whole numbers from 1 to a limit.
return function(seed)
  local one, other = seed % 2147483562 + 1, seed % 2147483398 + 1
  return function(limit)
    one, other = 40014 * one % 2147483563, 40692 * other % 2147483399
    return (one - other) % 2147483562 % limit + 1
  end
end
