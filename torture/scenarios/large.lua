-- An answer that comes in several pieces.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(40, { metadata = { long = ("x"):rep(255), longer = ("y"):rep(255) } })
  end,
  run = support.connected(function(client)
    local all, err = client:list({ page_size = 40 }):all()
    return all and #all .. all[40].metadata.long, err
  end),
}
