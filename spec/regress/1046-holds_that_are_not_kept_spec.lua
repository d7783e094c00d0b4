-- Kind: a service leaves out properties that it does not like, or writes their keys in its own way.
-- `set --hold` ended with 0, nothing held the snapshot, and the next prune removed it.
local json = require "rsnapshots.simulator.text.json"
local served = require "spec.support.served_command"

describe("set, where the service", function()
  local cloud

  -- Keeps metadata as `change` leaves it.
  local function open(change)
    cloud = served.cloud()
    cloud:nights(3)
    cloud.sim.quirks[1] = { before = function(_, request)
      local body = request.path:find "/metadata$" and json.decode(request.body)
      if body then
        change(body:get "metadata")
        request.body = json.encode(body)
      end
    end }
  end

  after_each(function()
    cloud:close()
  end)

  local function drop(key)
    return function(metadata) metadata:remove(key) end
  end

  it("drops the hold, says that nothing holds the snapshot", function()
    for _, more in ipairs { "", " --no-property" } do
      open(drop "rsnapshots:hold")
      local _, err, status = cloud:run("set n1 --hold" .. more)
      assert.equal(1, status)
      assert.equal("rsnapshots set: unsupported: the service did not keep 'rsnapshots:hold': "
        .. "nothing holds the snapshot\n", err)
      cloud:close()
    end
    open(drop "x")
  end)

  it("writes keys in capitals, says so", function()
    open(function(metadata)
      for _, key in ipairs { "rsnapshots:hold", "owner" } do
        if metadata:get(key) then
          metadata:set(key:upper(), metadata:get(key))
          metadata:remove(key)
        end
      end
    end)
    local _, err, status = cloud:run "set n1 --hold --property owner=me --name other"
    assert.equal(1, status)
    assert.equal("rsnapshots set: name and description set, properties not\nrsnapshots set: "
      .. "unsupported: the service did not keep 'owner', 'rsnapshots:hold': nothing holds the "
      .. "snapshot\n", err)
    _, err, status = cloud:run "set n2 --property owner=me"
    assert.equal(1, status)
    assert.equal("rsnapshots set: unsupported: the service did not keep 'owner'\n", err)
  end)

  it("keeps all of it, or only cuts off blanks, says nothing", function()
    open(function(metadata)
      for _, key in ipairs(metadata.keys) do
        metadata:set(key, (metadata:get(key):gsub("^ +", ""):gsub(" +$", "")))
      end
    end)
    for _, options in ipairs { "--hold", "--property 'a= b '", "--property a=", "--no-property" } do
      assert.same({ "", "", 0 }, { cloud:run("set n1 " .. options) })
    end
  end)
end)
