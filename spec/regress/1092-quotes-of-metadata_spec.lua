-- The message of an answer that cannot be used quotes what the answer says. Of half an answer, that
-- was the snapshot's metadata.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local VERBS = {
  get_metadata = function(client) return client:get_metadata "x" end,
  set_metadata = function(client) return client:set_metadata("x", { owner = "private" }) end,
  replace_metadata = function(client)
    return client:replace_metadata("x", { owner = "private" })
  end,
}

local BODIES = { '{"metadata":{"owner":"private', '{"metadata":{"message":"private"}, x}',
  '\n [{"owner":"private"', '\239\187\191{"metadata":{"owner":"private' }

describe("half an answer is not quoted", function()
  for name, verb in pairs(VERBS) do
    it("in " .. name, function()
      for _, body in ipairs(BODIES) do
        local server = raw_server.new(function()
          return { bytes = raw_server.answer(200, body), ending = "keep" }
        end)
        local client = assert(rsnapshots.connect { token = "t", endpoint = server.url .. "/v2/p",
          wait = server.wait, retries = 0 })
        local _, err = verb(client)
        assert.equal("decode", err.kind)
        assert.not_matches("private", err.message)
        client:close()
        server:close()
      end
    end)
  end
end)
