-- Kind: rotate lists the whole project to say whether the quota has room. Where that listing
-- failed, because of one odd record of somebody else's volume, no volume got its snapshot.
local answer = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

describe("rotate where the whole project cannot be listed", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    for _, name in ipairs { "web", "db" } do
      cloud.sim:add_volume { name = name }
    end
    cloud:nights(3, { volume_id = "web" })
    cloud.sim:add_snapshots(1, { volume_id = "db", prefix = "odd" })
  end)

  after_each(function()
    cloud:close()
  end)

  local FAILURES = {
    ["since a record has no id"] = shown.rows(function(row)
      row:set("id", row:get "name" ~= "odd1" and row:get "id" or nil)
    end),
    ["since the service fails"] = { before = function(_, request)
      return request.asks.resource == "snapshots" and request.asks.operation == "list"
        and not request.params:get "volume_id" and answer.new(501, "") or nil
    end },
  }

  for why, quirk in pairs(FAILURES) do
    it(why .. ", goes on without a forecast", function()
      cloud.sim.quirks[1] = quirk
      local rotate = "rotate --volume web --policy-name nightly --keep-last 3"
      local out, err, status = cloud:run(rotate .. " --dry-run")
      assert.same({ "", false }, { out, status == 0 }, err)
      out, err, status = cloud:run(rotate)
      assert.same({ "", 0 }, { err, status })
      assert.matches("^web: made nightly%S+, 3 kept, 1 removed\n", out)
    end)
  end
end)
