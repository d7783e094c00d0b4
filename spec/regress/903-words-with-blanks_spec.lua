-- Kind: a status with blanks around it was none that anybody knows: filters left it out, and waits
-- went on until their deadline. The same of version 1's "100 %" and "100".
local connect = require "spec.support.connect"
local with = require "spec.support.odd_record"

describe("a status", function()
  it("has no blanks around it", function()
    for _, text in ipairs { "available ", " Available", "\\tavailable\\r\\n", "AVAILABLE" } do
      local snapshot = with(('"status":"%s"'):format(text))
      assert.equal("AVAILABLE", snapshot.status)
    end
    assert.equal("", with('"status":" "').status)
    assert.equal("BACKING UP", with('"status":"backing up "').status)
  end)

  it("passes the filters and ends the waits with them", function()
    local client, sim = connect.new { api_version = 1 }
    local row = '{"id": "a", "status": "available "}'
    sim:fault { method = "GET", path = "/snapshots/a", status = 200,
      body = '{"snapshot": ' .. row .. "}" }
    sim:fault { method = "GET", path = "/snapshots", query = "offset=", status = 200,
      body = '{"snapshots": []}' }
    sim:fault { method = "GET", path = "/snapshots", status = 200,
      body = '{"snapshots": [' .. row .. "]}" }
    assert.equal(1, #assert(client:list({ status = "available" }):all()))
    assert.equal("a", assert(client:wait_until_complete("a", 1)).id)
    client:close()
    sim:close()
  end)
end)

describe("version 1's progress", function()
  local client, sim

  setup(function()
    client, sim = connect.new { api_version = 1 }
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  for text, is_whole in pairs { ['"100%"'] = true, ['"100"'] = true, ['"100.0 %"'] = true,
    [" 100"] = true, ['" 100% "'] = true, ['"10%"'] = false, ['"1000%"'] = false,
    ['"99.9%"'] = false, ['"0.100"'] = false, ['""'] = false, ["null"] = false } do
    it(("of %s is %s"):format(text, is_whole and "the whole" or "not the whole"), function()
      sim:clear_faults()
      sim:fault { method = "GET", path = "/snapshots/a", status = 200,
        body = ('{"snapshot": {"id": "a", "status": "creating", '
          .. '"os-extended-snapshot-attributes:progress": %s}}'):format(text) }
      assert.equal(is_whole, (client:wait_until_complete("a", 0)) ~= nil)
    end)
  end
end)
