-- Kind: a dry run over the limit said in one line "5 removed" and "nothing was removed". Both were
-- about the run to come.
local served = require "spec.support.served_command"

describe("what is refused over the limit", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud:nights(6, { volume_id = cloud.sim:add_volume { name = "web" } })
  end)

  after_each(function() cloud:close() end)

  local WOULD = " of %d snapshots of [%x-]+ would go, and the limit is 50%%, so none goes; look at"

  it("is said the same before a run", function()
    local out = cloud:run "rotate --dry-run --keep-last 2 --policy-name nightly --volume web"
    assert.matches("^web: would make one for %S+, 2 kept, 5 removed; refused: 5" .. WOULD, out)
    assert.is_nil(out:find("nothing was removed", 1, true))
  end)

  it("and in it", function()
    local _, err = cloud:run "prune --keep-last 1 --volume web --yes"
    assert.matches("^rsnapshots prune: invalid: 5" .. WOULD, err)
  end)
end)
