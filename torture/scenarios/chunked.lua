-- An answer whose length nobody tells: its buffer grows piece by piece, over seven sizes.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(40, { metadata = { long = ("x"):rep(255), longer = ("y"):rep(255) } })
    sim:fault { path = "/snapshots/detail", headers = { ["Transfer-Encoding"] = "chunked" } }
    -- for want of memory libcurl may leave a URL's query out, and send the rest: no answer then
    sim:fault { path = "/snapshots", query = "^$", cut = "reset" }
  end,
  run = support.connected(function(client)
    local all, err = client:list({ page_size = 40 }):all()
    return all and #all .. all[40].metadata.long, err
  end),
}
