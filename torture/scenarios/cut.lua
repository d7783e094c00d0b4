-- Answers that are cut in their head and in their body, and one that is reset.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(3)
    sim:fault { path = "/snapshots/detail", cut = 30, times = 1 }
    sim:fault { path = "/snapshots/detail", cut = 600, times = 1 }
    sim:fault { path = "/snapshots/detail", cut = "reset" }
  end,
  run = support.connected(function(client)
    local outcomes = {}
    for i = 1, 3 do
      local err
      outcomes[i], err = support.outcome({ network = true }, client:list({ page_size = i }):all())
      if err then
        return nil, err
      end
    end
    return table.concat(outcomes, " ")
  end),
}
