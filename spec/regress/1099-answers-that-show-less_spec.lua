-- Kind: the answer to a change of metadata shows less than there is now. `set --hold` said that
-- nothing holds the snapshot, although it was held.
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

describe("set, where the answer to a change shows", function()
  for what, body in pairs { ["none of the metadata"] = '{"metadata": {}}',
    ["what was there before"] = '{"metadata": {"owner": "me"}}' } do
    it(what .. ", reads it again", function()
      local cloud = served.cloud()
      cloud:nights(1)
      cloud.sim.quirks[1] = { after = function(_, request)
        return request.method ~= "GET" and request.path:find "/metadata$" and reply.new(200, body)
          or nil
      end }
      for _, options in ipairs { "--hold", "--no-property --hold --property a=b" } do
        assert.same({ "", "", 0 }, { cloud:run("set n1 " .. options) })
      end
      cloud:close()
    end)
  end
end)
