--- After package.loaded was emptied and the module loaded again (as servers do that reload their
-- scripts), a Snapshot from before knew its fields, and its methods said "this is no client".
local connect = require "spec.support.connect"

describe("after the module was loaded again", function()
  local client, sim, loaded

  before_each(function()
    client, sim = connect.new()
    sim:add_snapshots(1, { volume_id = sim.volume_id })
    loaded = {}
    for name, module in pairs(package.loaded) do
      loaded[name] = module
    end
  end)

  after_each(function()
    for name in pairs(package.loaded) do
      package.loaded[name] = loaded[name]
    end
    client:close()
    sim:close()
  end)

  local function load_again()
    for name in pairs(loaded) do
      if name:find "^rsnapshots" then
        package.loaded[name] = nil
      end
    end
    return require "rsnapshots"
  end

  it("a Snapshot from before works", function()
    local old = assert(client:list():next())
    local before = tostring(old)
    local rsnapshots = load_again()
    collectgarbage()
    assert.equal(rsnapshots.status.AVAILABLE, old.status)
    assert.equal(before, tostring(old))
    assert.equal(old, assert(client:get(old.id)))
    assert.equal(old, assert(old:refresh()))
    assert.equal("renamed", assert(old:update { name = "renamed" }).name)
    local copy = assert(rsnapshots.extract_snapshot('{"snapshot":' .. old:to_json() .. "}"))
    assert.same(old:to_table(), copy:to_table())
    assert.is_true(require "rsnapshots.core".is_snapshot(old))
    assert.is_true(old:delete())
  end)
end)
