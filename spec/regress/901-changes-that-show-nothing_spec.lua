-- Kind: a change that took effect was an error, as its answer showed nothing of it: metadata that
-- was answered by 204, `{}` or a text; a create and a restore with a Location and a word besides.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

local NOTHING = { [204] = "", [202] = "Accepted", [200] = "null", [201] = "{}" }

describe("a change that is answered", function()
  local client, sim, id

  before_each(function()
    client, sim = connect.new()
    id = assert(client:create { volume_id = sim.volume_id, wait = 60 }).id
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- The service does it, and its answer becomes another one.
  local function answer(status, body)
    sim.quirks[1] = { after = function(_, request)
      return request.method ~= "GET" and reply.new(status, body) or nil
    end }
  end

  for status, body in pairs(NOTHING) do
    it(("by %d and '%s' is read again"):format(status, body), function()
      answer(status, body)
      assert.equal("new", assert(client:update(id, { name = "new" })).name)
      assert.same({ a = "1" }, assert(client:set_metadata(id, { a = "1" })))
      assert.same({ b = "2" }, assert(client:replace_metadata(id, { b = "2" })))
      assert.is_true(client:delete_metadata(id, "b"))
      assert.same({}, client:get_metadata(id))
    end)
  end

  it("by a page of a proxy, which asked nobody, is no success", function()
    client:set_metadata(id, { b = "2" })
    for method, change in pairs {
      PUT = function() return client:update(id, { name = "new" }) end,
      POST = function() return client:set_metadata(id, { a = "1" }) end,
      DELETE = function() return client:delete_metadata(id, "b") end,
    } do
      sim:fault { method = method, path = "/snapshots", times = 1, status = 200,
        body = "<html>We will be back soon</html>" }
      local done, err = change()
      assert.is_nil(done)
      assert.equal("decode", err.kind)
    end
    sim:fault { method = "PUT", path = "/metadata", times = 1, status = 200, body = "OK" }
    local done, err = client:replace_metadata(id, {})
    assert.is_nil(done)
    assert.equal("decode", err.kind)
  end)

  it("by the null of no metadata is that there is none", function()
    sim:fault { method = "GET", path = "/metadata", status = 200, body = '{"metadata": null}' }
    assert.same({}, client:get_metadata(id))
    sim:clear_faults()
    sim:fault { method = "GET", path = "/metadata", status = 200, body = "{}" }
    assert.is_nil((client:get_metadata(id)))
  end)

  it("by the quirk metadata_204 works as any other", function()
    client:close()
    sim:close()
    client, sim = connect.new({}, { quirks = { "metadata_204" } })
    id = assert(client:create { volume_id = sim.volume_id }).id
    assert.same({ a = "1" }, assert(client:set_metadata(id, { a = "1" })))
    assert.is_true(client:delete_metadata(id, "a"))
  end)

  it("by a word and a Location is read there", function()
    for _, body in ipairs { "Accepted", "null", "{}", "\r\n", "" } do
      sim:fault { method = "POST", path = "/snapshots", times = 1, status = 202, body = body,
        headers = { Location = "http://elsewhere.example/v1/snapshots/" .. id .. "/" } }
      assert.equal(id, assert(client:create { volume_id = sim.volume_id }).id)
      sim:fault { method = "POST", path = "/volumes", times = 1, status = 202, body = body,
        headers = { Location = "/volumes/" .. sim.volume_id } }
      assert.equal(sim.volume_id, assert(client:restore(id)).id)
    end
  end)

  it("by a word and a Location that leads nowhere is uncertain", function()
    for _, path in ipairs { "/snapshots", "/volumes" } do
      sim:fault { method = "POST", path = path, times = 1, status = 202, body = "Accepted",
        headers = { Location = "/login" } }
    end
    local _, err = client:create { volume_id = sim.volume_id }
    assert.equal("uncertain", err.kind)
    _, err = client:restore(id)
    assert.equal("uncertain", err.kind)
  end)
end)
