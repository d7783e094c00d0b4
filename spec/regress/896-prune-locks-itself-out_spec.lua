-- Kind: a lock is taken twice by one run, which then takes itself for another. By name or project,
-- several groups have snapshots of one volume: only the first group lost what it should.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("prune by groups that share a volume", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    local list = {}
    for i = 1, 3 do
      for _, name in ipairs { "root", "data", "home" } do
        list[#list + 1] = { volume_id = "web", name = name, age = i * 3600,
          metadata = retention.mark "nightly" }
      end
    end
    cloud.sim:add_snapshots(list)
  end)

  after_each(function()
    cloud:close()
  end)

  it("prunes them all, and leaves no lock", function()
    for count = 2, 1, -1 do
      local out, err, status = cloud:run("prune --group-by name --yes --max-remove unlimited "
        .. "--keep-last " .. count)
      assert.same({ "", 0 }, { err, status }, out)
      assert.matches("\n3 removed\n$", out)
    end
    assert.equal("data home root", cloud:good_names())
  end)

  it("leaves them all while another run works on the volume", function()
    local volume = cloud.sim:find_volume("web").id
    local lock = require "rsnapshots.cli.rotation.locking"
    local taken = assert(lock.take(volume, "nightly"))
    local out, err, status = cloud:run "prune --group-by name --yes --max-remove 9 --keep-last 1"
    taken:unlock()
    assert.equal(7, status, out)
    assert.matches("0 removed, 6 not\n$", out)
    assert.matches("is being worked on by another run: process %d+, since", err)
  end)
end)
