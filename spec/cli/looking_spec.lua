--- Commands that only look, and dry runs: none of them sends a request that changes anything.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local POLICY = 'return { name = "nightly", volumes = { "web", "db" }, keep_last = 2, '
  .. 'max_remove = "unlimited" }'

local LOOKING = { "list", "list --long --name-like n -f json", "show n1 w1", "wait n1",
  "wait nope --deleted", "check --policy policy.lua", "check --volume web -f prometheus",
  "timeline", "timeline --policy policy.lua --html page.html",
  "prune --keep-last 1 --max-remove unlimited --dry-run", "prune --policy policy.lua -n",
  "prune --policy policy.lua --plan-out plan.json", "prune --plan plan.json --dry-run",
  "prune --keep-last 2 --all --group-by none -n --max-remove unlimited --yes",
  "rotate policy.lua --dry-run", "rotate --volume web --keep-daily 1 -n",
  "rotate --volume-property backup=yes --keep-last 1 -n --max-remove unlimited" }

describe("a command that only looks", function()
  it("sends nothing that changes anything", function()
    local cloud = served.cloud()
    finally(function() cloud:close() end)
    local sim = cloud.sim
    for prefix, name in pairs { n = "web", w = "db" } do
      local volume = sim:add_volume { name = name, metadata = { backup = "yes" } }
      sim:add_snapshots(6, { volume_id = volume, prefix = prefix, seconds = 86400,
        metadata = retention.mark "nightly" })
    end
    cloud:write("policy.lua", POLICY)
    for _, arguments in ipairs(LOOKING) do
      sim:clear_requests()
      local _, err, status = cloud:run(arguments)
      assert.same({ "", 0 }, { err, status }, arguments)
      local sent, authentications = 0, 0
      for _, request in ipairs(sim.requests) do
        sent = sent + (request.method == "GET" and 1 or 0)
        authentications = authentications + (request.path:find "/auth/tokens$" and 1 or 0)
      end
      assert.is_true(sent > 0, arguments)
      assert.equal(#sim.requests, sent + authentications, arguments)
      assert.equal(1, authentications, arguments)
    end
    assert.equal(12, #sim.store.snapshots)
  end)
end)
