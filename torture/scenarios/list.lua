-- A listing of two pages and a half: a for loop, pages, all at once, a count.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(5, { metadata = { purpose = "torture" } })
    -- for want of memory libcurl may leave a URL's query out, and send the rest: no answer then
    sim:fault { path = "/snapshots", query = "^$", cut = "reset" }
  end,
  run = support.connected(function(client)
    local names = {}
    for snapshot in client:list { page_size = 2, sort = "name" } do
      names[#names + 1] = snapshot.name
    end
    for page in client:list({ page_size = 4, created_after = 1 }):pages() do
      names[#names + 1] = #page
    end
    local all, err = client:list({ name = "snapshot-3" }):all()
    if not all then
      return nil, err
    end
    local count
    count, err = client:count()
    client:close()
    return count and table.concat(names, " ") .. all[1].name .. count, err
  end),
}
