-- Kind: two lines about different things that look the same. Of two policies with the same volume,
-- check did not say which one is late; volumes with the same name, or with none (Horizon writes
-- ""), could not be told apart by check, rotate and timeline.
local served = require "spec.support.served_command"

describe("volumes that look alike", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
  end)

  after_each(function()
    cloud:close()
  end)

  it("have different labels in check where two policies have the same volume", function()
    sim:add_volume { name = "web" }
    cloud:write("policy.lua", [[return {
      { name = "nightly", volumes = { "web" }, keep_last = 1 },
      { name = "weekly", volumes = { "web" }, keep_last = 1 } }]])
    sim:add_snapshots { { volume_id = "web", metadata = { ["rsnapshots:policy"] = "nightly" } } }
    local out, _, status = cloud:run "check --policy policy.lua"
    assert.equal(2, status)
    assert.matches("^SNAPSHOTS CRITICAL %- 1 of 2 volumes: web %(weekly%): there is no good "
      .. "snapshot | 'web %(nightly%)'=%d+s;93600;180000;0\n", out)
    assert.truthy(out:find("\nCRITICAL: web (weekly) - ", 1, true), out)
    assert.truthy(out:find("\nOK: web (nightly) - ", 1, true), out)
    out = cloud:run "check --policy policy.lua -f prometheus"
    assert.truthy(out:find('volume="web",policy="weekly"', 1, true), out)
  end)

  it("have their ids with them", function()
    local ids = {}
    for i, name in ipairs { "twin", "twin", "", "" } do
      ids[i] = sim:add_volume { name = name, metadata = { backup = "yes" } }
    end
    local labels = { ("twin (%s)"):format(ids[1]), ("twin (%s)"):format(ids[2]), ids[3], ids[4] }
    for _, command in ipairs { "rotate --volume-property backup=yes --keep-last 1",
      "check --volume-property backup=yes" } do
      local out, err, status = cloud:run(command)
      assert.same({ "", 0 }, { err, status })
      for _, label in ipairs(labels) do
        assert.truthy(("\n" .. out):find("\n" .. label .. ": made ", 1, true)
          or out:find("\nOK: " .. label .. " - ", 1, true), out)
      end
    end
    local out = cloud:run "timeline"
    assert.truthy(out:find(ids[3], 1, true) and out:find(ids[4], 1, true), out)
    out = "\n" .. cloud:run "prune --keep-last 1 --dry-run"
    assert.truthy(out:find("\n" .. ids[4] .. ": 1 kept", 1, true), out)
  end)
end)
