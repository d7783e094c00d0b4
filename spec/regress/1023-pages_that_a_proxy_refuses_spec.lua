-- Kind: where pages have no links, a proxy that refuses each page after the first with a 400 ended
-- the listing: a part of it was taken for the whole. A refusal in the own words of the service is
-- the end.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

local FROM_ELSEWHERE = {
  ["a 400 in HTML"] = function()
    return reply.new(400, "<html><head><title>400 Bad Request</title></head></html>", "text/html")
  end,
  ["a 400 without a body"] = function() return reply.new(400) end,
  ["a gateway's 400"] = function() return reply.new(400, '{"message": "blocked by rule 17"}') end,
}

local OWN = {
  '{"badRequest": {"code": 400, "message": "unknown query parameter"}}',
  '{"message": "marker is not supported"}',
  '{"error": {"code": 400, "message": "offset is out of range"}}',
}

describe("a listing where pages have no links", function()
  local client, sim

  -- Every page after the first is replaced.
  local function open(api_version, count, make)
    client, sim = connect.new({ api_version = api_version, retries = 1 },
      { page_limit = 100, quirks = { api_version > 1 and "no_links" or nil } })
    sim:add_snapshots(count)
    local quirks = sim.quirks
    quirks[#quirks + 1] = { before = function(_, request)
      local later = request.query:find "marker=" or request.query:find "offset=[1-9]"
      return request.asks.operation == "list" and later and make() or nil
    end }
  end

  local function close()
    client:close()
    sim:close()
  end

  for api_version = 1, 3 do
    for what, make in pairs(FROM_ELSEWHERE) do
      it(("does not end with %s, version %d"):format(what, api_version), function()
        open(api_version, 107, make)
        local all, err = client:list():all()
        assert.is_nil(all)
        assert.equal(400, err.status)
        close()
      end)
    end
  end

  for api_version = 2, 3 do
    it("ends with the service's own refusal, version " .. api_version, function()
      for _, body in ipairs(OWN) do
        open(api_version, 100, function() return reply.new(400, body) end)
        assert.equal(100, #assert(client:list():all()))
        close()
      end
    end)
  end
end)
