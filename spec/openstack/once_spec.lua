-- Creates with `once` through a proxy that cuts a fifth of all requests to the real Cinder: one
-- snapshot for each create.
--
-- RS_ONCE=1000 for that many creates (default 200).
local cloud = require "spec.openstack.support"
local core = require "rsnapshots.core"
local cutting_proxy = require "spec.support.cutting_proxy"
local socket = require "socket"
local run_together = require "spec.support.together"

local COUNT = tonumber(os.getenv "RS_ONCE" or 200)
local WORKERS = 8
local SEED = 20261123

describe("creates with once, cut off at random #openstack", function()
  local project, volume, proxy

  lazy_setup(function()
    project = cloud.project()
    project:quota { snapshots = 10 * COUNT, gigabytes = 20 * COUNT }
    volume = project:volume()
    local port = tonumber(cloud.env().RC_CINDER_URL:match ":(%d+)$")
    proxy = cutting_proxy.new(port, 0.2, SEED, function(request)
      return request:find("/snapshots", 1, true) ~= nil
    end)
  end)

  lazy_teardown(function()
    proxy:close()
    project:forget()
  end)

  -- What each create gave: ids by names.
  local function create_all()
    local made, next_one, works = {}, 0, {}
    local function work()
      local client = project:connect {
        endpoint = proxy.url .. "/v3/" .. project.id, timeout = 120, retries = 8,
        wait = coroutine.yield,
      }
      while next_one < COUNT do
        next_one = next_one + 1
        local name = "once-" .. next_one
        made[name] = assert(client:create { volume_id = volume, name = name, once = true }).id
      end
      client:close()
    end
    for i = 1, WORKERS do
      works[i] = work
    end
    run_together(works, function()
      proxy:step()
      socket.sleep(0.001)
    end)
    return made
  end

  -- What Cinder has, asked without the proxy: ids by names.
  local function there()
    local found, total = {}, 0
    local client = project:connect()
    for snapshot in client:list() do
      assert.is_nil(found[snapshot.name], snapshot.name .. " is there twice")
      found[snapshot.name] = snapshot.id
      total = total + 1
    end
    client:close()
    return found, total
  end

  it("leave one snapshot each", function()
    local began = core.now()
    local made = create_all()
    local took = core.now() - began
    local found, total = there()
    assert.equal(COUNT, total)
    assert.same(found, made)
    local cuts = proxy.cuts
    for _, way in ipairs { "before", "during", "after", "answer" } do
      assert.is_true(cuts[way] > 0, way)
    end
    io.stderr:write(("\n%d creates, %d snapshots; of %d requests cut: %d before, %d during, "
      .. "%d after, %d in the answer; %.0f s\n"):format(COUNT, total, proxy.requests, cuts.before,
      cuts.during, cuts.after, cuts.answer, took))
  end)
end)
