-- Kind: a call of a client that is closed already is a wrong call, and raises. pager:all() returned
-- an error instead, and the message of a listing of volumes named a line of this library.
local simulated = require "spec.support.connect"
local retention = require "rsnapshots.retention"

describe("a listing whose client is closed", function()
  local client, sim

  before_each(function()
    client, sim = simulated.new {}
    sim:add_snapshots(2)
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local READ = {
    ["pager:all()"] = function(pager) return pager:all() end,
    ["pager:next()"] = function(pager)
      local snapshot = pager:next()
      return snapshot
    end,
    ["for"] = function(pager)
      for _ in pager do -- luacheck: ignore 542
      end
    end,
    ["pages"] = function(pager)
      for _ in pager:pages() do -- luacheck: ignore 542
      end
    end,
    ["a plan"] = function(pager) return retention.plan(pager, { keep_last = 1 }) end,
    ["volumes:all()"] = function(_, volumes) return volumes:all() end,
    ["volumes:next()"] = function(_, volumes) return volumes:next() end,
    ["for volumes"] = function(_, volumes)
      for _ in volumes do -- luacheck: ignore 542
      end
    end,
  }

  for name, read in pairs(READ) do
    it("raises an error that names the caller's line: " .. name, function()
      local pager, volumes = client:list { page_size = 1 }, client:volumes()
      client:close()
      local ok, message = pcall(function()
        local value = read(pager, volumes)
        return value
      end)
      assert.is_false(ok)
      assert.matches("^[^:]*1155%-[^:]*:%d+: rsnapshots: .*the client is closed$", message)
    end)
  end

  it("gives an error if it is closed meanwhile", function()
    local group, pager = client:group(), client:list { page_size = 1 }
    group:spawn(function() return pager:all() end)
    group:spawn(function() client:close() end)
    local all, err
    group:each(function(task)
      if task.index == 1 then
        all, err = task.value, task.error
      end
    end)
    assert.is_nil(all)
    assert.is_true(err.closed)
  end)
end)
