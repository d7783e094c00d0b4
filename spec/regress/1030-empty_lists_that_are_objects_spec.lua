-- Kind: a gateway written in Lua or PHP sends an empty list as {}, since both languages have one
-- kind of table for lists and objects. Every listing that came to an end ended in an error, and on
-- a project without snapshots no night's work was done.
local connect = require "spec.support.connect"
local served = require "spec.support.served_command"

-- An `after` that does so.
local function write_as_object(_, request, reply)
  if request.method == "GET" then
    reply.body = reply.body:gsub('("%l+": ?)%[%]', "%1{}")
  end
end

describe("a service that writes an empty list as {}", function()
  for api_version = 1, 3 do
    it("is listed whole, version " .. api_version, function()
      local client, sim = connect.new({ api_version = api_version }, { page_limit = 2 })
      sim.quirks[1] = { after = write_as_object }
      assert.same({}, client:list():all())
      assert.equal(0, client:count())
      assert.equal("not_found", select(2, client:find "nobody").kind)
      sim:add_snapshots(4)
      assert.equal(4, #assert(client:list({ page_size = 2 }):all()))
      assert.equal(4, #assert(client:list({ sort = "name" }):all()))
      assert.same({}, client:list({ status = "error" }):all())
      assert.same({}, client:volumes({ name = "nobody" }):all())
      client:close()
      sim:close()
    end)
  end

  it("has its first night", function()
    local cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    cloud.sim.quirks[1] = { after = write_as_object }
    local _, err, status = cloud:run "rotate --volume web --keep-last 3"
    assert.same({ 0, "" }, { status, err })
    cloud:close()
  end)

  it("sends an error where the object has anything in it", function()
    local client, sim = connect.new()
    sim.quirks[1] = { after = function(_, request, reply)
      if request.method == "GET" then
        reply.body = '{"snapshots": {"0": {"id": "a"}}}'
      end
    end }
    local all, err = client:list():all()
    assert.is_nil(all)
    assert.equal("decode", err.kind)
    assert.matches("snapshots: expected an array, got an object", err.message, 1, true)
    client:close()
    sim:close()
  end)
end)
