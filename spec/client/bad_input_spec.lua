local connect = require "spec.support.connect"
local url = require "rsnapshots.support.url"

describe("ids and names are data:", function()
  local client, sim

  before_each(function()
    client, sim = connect.new({ retries = 0 })
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local BYTES = {
    "a/b", "a?b", "a#b", "a%2Fb", "a b", "a&b=c", "../volumes/x", "a;b", "a+b", "%", "é",
    "\255\254", "a\\b", "'\"", ("x"):rep(10000),
  }

  -- Every call that takes an id.
  local CALLS = {
    get = function(id) return client:get(id) end,
    update = function(id) return client:update(id, { name = "x" }) end,
    delete = function(id) return client:delete(id) end,
    get_metadata = function(id) return client:get_metadata(id) end,
    set_metadata = function(id) return client:set_metadata(id, { a = "b" }) end,
    replace_metadata = function(id) return client:replace_metadata(id, { a = "b" }) end,
    delete_metadata = function(id) return client:delete_metadata(id, "k") end,
    wait_until_complete = function(id) return client:wait_until_complete(id, 0) end,
  }

  for name, call in pairs(CALLS) do
    it(name .. " encodes whatever bytes an id holds", function()
      for _, id in ipairs(BYTES) do
        sim:clear_requests()
        local result, err = call(id)
        assert.is_nil(result, id)
        assert.is_table(err, id)
        assert.equal(1, #sim.requests)
        local path = sim.requests[1].path
        local rest = path:match "/snapshots/([^/]*)"
        assert.equal(id, url.decode((rest:gsub("%+", "%%2B"))))
        assert.equal(client.endpoint .. "/snapshots/" .. url.encode(id),
          sim.url .. path:match "^(.-/snapshots/[^/]*)")
      end
    end)

    it(name .. " refuses what no id can be, before anything is sent", function()
      for _, id in ipairs { ".", "..", "a\nb", "a\r\nX-Evil: 1", "a\0b", "\127" } do
        local result, err = call(id)
        assert.is_nil(result)
        assert.equal("invalid", err.kind)
      end
      assert.error_matches(function() call "" end, "id must not be empty")
      assert.error_matches(function() call(nil) end, "id must be a string, not missing")
      assert.error_matches(function() call(5) end, "id must be a string, not a number")
      assert.error_matches(function() call {} end, "id must be a string, not a table")
      assert.equal(0, #sim.requests)
    end)
  end

  it("a name to find is looked for as it is", function()
    for _, name in ipairs(BYTES) do
      if name ~= "\255\254" then
        sim:clear_requests()
        local found, err = client:find(name)
        assert.is_nil(found)
        assert.equal(#name < 10000 and "not_found" or err.kind, err.kind)
        if #name < 10000 then
          assert.equal(name, url.decode(sim.requests[1].query:match "^name=([^&]*)" or ""))
        end
      end
    end
  end)

  it("a name that is no UTF-8 is refused before it is sent", function()
    local snapshot, err = client:create { volume_id = sim.volume_id, name = "a\255b" }
    assert.is_nil(snapshot)
    assert.equal("invalid", err.kind)
    assert.matches("UTF%-8", err.message)
    assert.equal(0, #sim.requests)
  end)

  it("a metadata key that looks like a folder is in no path", function()
    local made = assert(client:create { volume_id = sim.volume_id, metadata = { [".."] = "x" } })
    assert.is_true(client:delete_metadata(made, ".."))
    assert.same({}, client:get_metadata(made))
    for _, request in ipairs(sim.requests) do
      assert.are_not.equal("DELETE", request.method)
    end
  end)

  it("a metadata key is encoded", function()
    client:delete_metadata("x", "a b/c?é")
    assert.matches("/metadata/a%20b%2Fc%3F%C3%A9", sim.requests[1].path, 1, true)
  end)
end)

describe("an answer that is not what the API promises", function()
  local client, sim

  before_each(function()
    client, sim = connect.new({ retries = 0, max_response_bytes = 1024 * 1024 })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local BAD = {
    ["HTML"] = "<html><body>It works!</body></html>",
    ["empty"] = "",
    ["truncated JSON"] = '{"snapshot": {"id": "x", "sta',
    ["a number"] = "5",
    ["null"] = "null",
    ["an array"] = "[]",
    ["without the envelope"] = '{"id": "x"}',
    ["an object for an id"] = '{"snapshot": {"id": {"id": 7}}}',
    ["no id"] = '{"snapshot": {"status": "available"}}',
    ["a word for a size"] = '{"snapshot": {"id": "x", "size": five}}',
    ["bad UTF-8 outside of a string"] = '{"snapshot": {"id": "x", "size": \255}}',
    ["two documents"] = '{"snapshot": {"id": "x"}} {}',
    ["nested too deeply"] = '{"snapshot": {"id": "x", "a": ' .. ("["):rep(100) .. ("]"):rep(100)
      .. "}}",
  }

  for name, body in pairs(BAD) do
    it("is a decode error: " .. name, function()
      sim:fault { method = "GET", path = "/snapshots", status = 200, body = body, times = 1 }
      local snapshot, err = client:get "x"
      assert.is_nil(snapshot)
      assert.equal("decode", err.kind)
      assert.equal(200, err.status)
      assert.is_true(#err.message < 400)
      assert.equal(0, client:count()) -- the client stays usable
    end)
  end

  it("is no error where only a value is odd", function()
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      body = '{"snapshot": {"id": 7, "size": "5", "name": "\255", "metadata": []}}' }
    local snapshot = assert(client:get "7")
    assert.equal("7", snapshot.id)
    assert.equal(5, snapshot.size)
    assert.equal("\239\191\189", snapshot.name)
    assert.same({}, snapshot.metadata)
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      body = '{"snapshots": [{"id": "a"}, null], "snapshots_links": 5, "count": {}}' }
    assert.equal(1, #assert(client:list():all()))
  end)

  for name, body in pairs {
    ["an object for the list"] = '{"snapshots": {"id": "a"}}',
    ["no list"] = "{}",
    ["a snapshot that is none"] = '{"snapshots": [5]}',
    ["an object for an id"] = '{"snapshots": [{"id": {}}]}',
    ["HTML"] = "<html>",
  } do
    it("is a decode error in a listing: " .. name, function()
      sim:fault { method = "GET", path = "/snapshots", status = 200, body = body, times = 1 }
      local all, err = client:list():all()
      assert.is_nil(all)
      assert.equal("decode", err.kind)
    end)
  end

  it("is fine with any Content-Type, as long as it is JSON", function()
    for _, kind in ipairs { "text/html", "text/plain", "application/octet-stream", "" } do
      sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
        headers = { ["Content-Type"] = kind }, body = '{"snapshot": {"id": "x"}}' }
      assert.equal("x", assert(client:get "x").id)
    end
  end)

  it("is a decode error when it is larger than allowed", function()
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      body = '{"snapshot": {"id": "' .. ("x"):rep(1024 * 1024) .. '"}}' }
    local snapshot, err = client:get "x"
    assert.is_nil(snapshot)
    assert.equal("decode", err.kind)
    assert.matches("larger", err.message)
  end)

  it("is a decode error when its head is endless", function()
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      headers = { ["X-Long"] = ("y"):rep(90000) }, body = "{}" }
    local snapshot, err = client:get "x"
    assert.is_nil(snapshot)
    assert.equal("decode", err.kind)
    assert.matches("larger", err.message)
  end)

  it("is a decode error when a line of its head has no end", function()
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      headers = { ["X-Long"] = ("y"):rep(1000000) }, body = "{}" }
    local snapshot, err = client:get "x"
    assert.is_nil(snapshot)
    assert.equal("decode", err.kind)
    assert.matches("larger", err.message)
  end)

  it("does not follow a redirect, and does not send the token elsewhere", function()
    sim:fault { method = "GET", path = "/snapshots", status = 302, times = 1,
      headers = { Location = sim.url .. "/elsewhere" } }
    sim:clear_requests()
    local snapshot, err = client:get "x"
    assert.is_nil(snapshot)
    assert.equal("decode", err.kind)
    assert.equal(1, #sim.requests)
  end)

  it("of 65 MiB is refused by default #slow", function()
    client:close()
    client = connect.to(sim, { retries = 0 })
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = 1,
      body = ("x"):rep(65 * 1024 * 1024) }
    local snapshot, err = client:get "x"
    assert.is_nil(snapshot)
    assert.equal("decode", err.kind)
  end)
end)
