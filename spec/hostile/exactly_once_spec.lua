--- Creates with `once` through a proxy that cuts a fifth of all requests: as many snapshots as
-- creates, none twice, none missing.
--
-- RS_ONCE=1000 for that many creates (default 200).
local core = require "rsnapshots.core"
local cutting_proxy = require "spec.support.cutting_proxy"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"
local run_together = require "spec.support.together"

local COUNT = tonumber(os.getenv "RS_ONCE" or 200)
local WORKERS = 20

describe("creates with once through a cutting proxy #slow", function()
  for version = 1, 3 do
    it("leave one snapshot each, version " .. version, function()
      local sim = assert(simulator.new { record = false, create_seconds = 0,
        snapshots_per_volume = 100000 })
      local proxy = cutting_proxy.new(sim.port, 0.2, 20261123 + version, function(request)
        return request:find "/snapshots"
      end)
      local options = sim:credentials { api_version = version }
      options.wait, options.timeout, options.retries = coroutine.yield, 120, 8
      local account = sim.accounts:user("demo").project.id
      options.endpoint = ("%s/v%d/%s"):format(proxy.url, version, account)
      local made, next_one = {}, 0

      local function work()
        local client = assert(rsnapshots.connect(options))
        while next_one < COUNT do
          next_one = next_one + 1
          local name = "once-" .. next_one
          made[name] = assert(client:create { volume_id = sim.volume_id, name = name,
            once = true }).id
        end
        client:close()
      end

      local works = {}
      for i = 1, WORKERS do
        works[i] = work
      end
      local began = core.now()
      run_together(works, function()
        proxy:step()
        sim:step(0.001)
      end)
      local took = core.now() - began

      local found, total = {}, 0
      for _, record in ipairs(sim.store.snapshots) do
        assert.is_nil(found[record.name], record.name .. " is there twice")
        found[record.name] = record.id
        total = total + 1
      end
      assert.equal(COUNT, total)
      assert.same(found, made)
      local cuts = proxy.cuts
      io.stderr:write(("\nversion %d: %d creates, %d snapshots; of %d requests cut: %d before, "
        .. "%d during, %d after, %d in the answer; %.0f s\n"):format(version, COUNT, total,
        proxy.requests, cuts.before, cuts.during, cuts.after, cuts.answer, took))
      proxy:close()
      sim:close()
    end)
  end
end)
