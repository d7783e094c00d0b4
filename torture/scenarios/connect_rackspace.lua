-- Rackspace: an API key, version 1 of the API, a listing that is paged by offset and sorted here.
local support = dofile "torture/support.lua"

return {
  credentials = { api_version = 1 },
  world = function(sim)
    sim:add_snapshots(3)
    -- for want of memory libcurl may leave a URL's query out, and send the rest: no answer then
    sim:fault { path = "/snapshots", query = "^$", cut = "reset" }
  end,
  run = function(env)
    local client <close>, err = support.connect(env)
    if not client then
      return nil, err
    end
    local all
    all, err = client:list({ sort = "name:desc", page_size = 2 }):all()
    return all and #all .. all[1].name .. all[3].name, err
  end,
}
