-- on_request hears of every attempt, of a failed one too. A report for which there is no memory is
-- lost, but never the answer.
local support = dofile "torture/support.lua"

local HEARD = { ["404 200"] = true, ["404"] = true, ["200"] = true, [""] = true }

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
    local all = table.concat(heard, " ")
    return snapshot and (HEARD[all] and snapshot.name or all), err
  end,
}
