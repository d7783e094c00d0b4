-- Kind: something takes a descriptor for each of many (see 811). A group of all snapshots of a
-- project was locked as a whole, a file for each volume, and nothing of it could be removed.
local served = require "spec.support.served_command"

describe("prune of one group", function()
  it("has no more volumes locked at a time than a process has files", function()
    local cloud = served.cloud()
    finally(function() cloud:close() end)
    for i = 1, 250 do
      cloud.sim:add_volume { name = "v" .. i }
      cloud:nights(1, { volume_id = "v" .. i, age = i })
    end
    cloud.environment = cloud.environment .. "ulimit -n 200\n"
    local out, err, status = cloud:run "prune --group-by none --keep-last 2 --max-remove 248 --yes"
    assert.same({ "", 0 }, { err, status })
    assert.matches("\n248 removed\n$", out)
  end)
end)
