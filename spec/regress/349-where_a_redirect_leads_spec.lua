-- Kind: a redirect is not followed with a token, and the message did not say where it leads; an
-- encoding that is none ("utf-8") made every answer unreadable.
local connect = require "spec.support.connect"
local simulator = require "rsnapshots.simulator"

describe("a redirect", function()
  for api_version = 1, 3 do
    it("names its target, and is sent no token, with version " .. api_version, function()
      local client, sim = connect.new({ api_version = api_version, retries = 0 })
      for _, status in ipairs { 301, 302, 303, 307, 308 } do
        for _, target in ipairs { "https://elsewhere.example/v3/p", "/v3/p/", "//other.example/x",
          "http://user:secret@elsewhere.example/" } do
          sim:clear_faults()
          sim:fault { path = "/snapshots", status = status, headers = { Location = target } }
          for _, call in ipairs {
            function() return client:get "x" end, function() return client:list():all() end,
            function() return client:create { volume_id = "v" } end,
            function() return client:delete "x" end,
            function() return client:update("x", { name = "y" }) end,
          } do
            local value, err = call()
            assert.is_nil(value)
            assert.equal("decode", err.kind)
            assert.equal(status, err.status)
            assert.is_nil(err.message:find("secret", 1, true))
            assert.is_truthy(err.message:find((target:gsub("user:secret", "***********")), 1, true),
              err.message)
          end
        end
      end
      client:close()
      sim:close()
    end)
  end

  it("of the identity service names its target", function()
    local sim = assert(simulator.new { quirks = { "redirect_identity" } })
    local none, err = sim:connect()
    assert.is_nil(none)
    assert.matches("redirects to https://identity.example/", err.message, 1, true)
    sim:close()
  end)
end)

describe("an encoding that is none", function()
  it("is read as it is", function()
    for _, encoding in ipairs { "utf-8", "UTF8", "identity", "none", "8bit", "" } do
      local client, sim = connect.new()
      local id = sim:add_snapshots(1)[1]
      sim:fault { path = "/snapshots", headers = { ["Content-Encoding"] = encoding }, act = true }
      assert.equal(id, assert(client:get(id)).id)
      assert.equal(1, #assert(client:list():all()))
      client:close()
      sim:close()
    end
  end)
end)
