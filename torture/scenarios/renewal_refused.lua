-- The token is refused, and so is the login for another: once for all calls of the next seconds.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(2)
    sim:fault { path = "/auth/tokens", status = 401, after = 1 }
    sim:fault { path = "/snapshots", query = "expired", status = 401 }
  end,
  run = support.connected(function(client)
    local all, err = client:list():all()
    if not all then
      return nil, err
    end
    local words = { #all }
    for _ = 1, 3 do
      local found
      found, err = client:list({ name = "expired" }):all()
      if not found and err.kind ~= "auth" then
        return nil, err
      end
      words[#words + 1] = found and #found or (err.message:gsub(":%d+", ""))
    end
    return table.concat(words, " ")
  end),
}
