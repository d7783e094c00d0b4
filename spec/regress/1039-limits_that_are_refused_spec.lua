-- Kind: a service refuses a limit that is larger than its own, where others lower it. Every listing
-- was an error, and the command has no option for it in rotate, prune, check and create.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

local WORDS = {
  "limit param must be less than or equal to 200",
  "Invalid input for query parameters 'limit'. Value: 1000. '1000' is too big",
  "Limit exceeds the maximum page size",
}

-- The service refuses larger limits than this.
local function refuse(sim, most, words, status)
  sim.quirks[1] = { before = function(_, request)
    local limit = request.asks.operation == "list" and tonumber(request.params:get "limit" or 0)
    if limit and limit > most then
      return reply.fault(status or 400, words or WORDS[1])
    end
  end }
end

describe("a limit that the service refuses", function()
  for api_version = 1, 3 do
    it("becomes a smaller one, version " .. api_version, function()
      for i, words in ipairs(WORDS) do
        local client, sim = connect.new { api_version = api_version }
        sim:add_snapshots(230)
        refuse(sim, 200, words, i == 2 and 422 or 400)
        assert.equal(230, #assert(client:list():all()))
        sim:clear_requests()
        assert.equal(230, #assert(client:list({ sort = "created_at:asc" }):all()))
        for _, request in ipairs(sim.requests) do
          assert.matches("limit=100", request.query, 1, true) -- not 1000 again
        end
        assert.equal(230, #assert(client:list({ name_like = "s", sort = "name" }):all()))
        assert.equal(230, (client:count { name_like = "s" }))
        assert.equal(0, (client:count { status = "error" }))
        assert.equal(5, #assert(client:list({ max = 5 }):all()))
        assert.is_true(#assert(client:volumes():all()) > 0)
        client:close()
        sim:close()
      end
    end)
  end

  it("is an error where the smaller one is refused, too, or another reason is given", function()
    for _, words in ipairs { WORDS[1], "the name is too long" } do
      local client, sim = connect.new()
      refuse(sim, 50, words)
      local all, err = client:list():all()
      assert.is_nil(all)
      assert.equal("invalid", err.kind)
      assert.equal(words, err.message)
      assert.same({}, client:list({ page_size = 50 }):all())
      client:close()
      sim:close()
    end
  end)

  it("keeps no night from its work", function()
    local cloud = served.cloud()
    local volume = cloud.sim:add_volume { name = "web" }
    cloud:nights(3, { volume_id = volume })
    refuse(cloud.sim, 100)
    local out, err, status = cloud:run "rotate --volume web --policy-name nightly --keep-last 3"
    assert.same({ 0, "" }, { status, err })
    assert.matches("3 kept, 1 removed", out)
    cloud:close()
  end)
end)
