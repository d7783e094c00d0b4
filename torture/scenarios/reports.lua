-- on_request hears of every attempt, of a failed one too.
local support = dofile "torture/support.lua"

return {
  world = function(sim)
    sim:add_snapshots(1)
  end,
  run = function(env)
    local heard = {}
    local client, err = support.connect(env, { on_request = function(report)
      heard[#heard + 1] = report.status or report.err.kind
    end })
    if not client then
      return nil, err
    end
    heard = {}
    local _, missing = client:get "nothing"
    if missing.kind ~= "not_found" then
      return nil, missing
    end
    local snapshot
    snapshot, err = client:list():next()
    return snapshot and ("%s %s"):format(snapshot.name, table.concat(heard, " ")), err
  end,
}
