-- A listing looks whether rows come newest first, and where two are of one moment, at their ids. An
-- id that has to be decoded (an escape, bytes that are no UTF-8) was read from nowhere then: the
-- process crashed.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local PAGE = [[{"snapshots": [
  {"id": "b", "created_at": "2026-01-01T00:00:00.000000"},
  {"id": "%s", "created_at": "2026-01-01T00:00:00.000000"}],
 "snapshots_links": [{"rel": "next", "href": "http://h/?marker=a"}]}]]

describe("ids that are to be decoded, of snapshots made at one moment,", function()
  for name, id in pairs { ["with an escape"] = "\\u0061", ["of bytes"] = "\255\254" } do
    it("are listed " .. name, function()
      local server = raw_server.new(function(request)
        local body = request.path:find "marker=" and '{"snapshots": []}' or PAGE:format(id)
        return { bytes = raw_server.answer(200, body), ending = "keep" }
      end)
      local client = assert(rsnapshots.connect { endpoint = server.url .. "/v3/p",
        auth_type = "none", wait = server.wait })
      assert.equal(2, #assert(client:list():all()))
      client:close()
      server:close()
    end)
  end
end)
