-- Kind: docs/errors.md promises the beginning of an answer that cannot be used, so that people see
-- who answered: a login page, a gateway that refuses with a 200. The message said only what the
-- answer was not.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

local ID = "2b9f4a70-0000-4000-8000-000000000001"

local VERBS = {
  get = function(client) return client:get(ID) end,
  list = function(client) return client:list():all() end,
  count = function(client) return client:count() end,
  create = function(client) return client:create { volume_id = ID } end,
  update = function(client) return client:update(ID, { name = "x" }) end,
  get_metadata = function(client) return client:get_metadata(ID) end,
  wait = function(client) return client:wait_until_complete(ID, 60) end,
  volume = function(client) return client:volume(ID) end,
  limits = function(client) return client:limits() end,
}

-- What the service says with a 200, and what of it is in the message.
local ANSWERS = {
  ["<html><head><title>Single sign-on</title></head><body>Please log in</body></html>"] =
    "Single sign-on",
  ['{"error": {"code": 403, "message": "blocked by rule 17", "title": "Forbidden"}}'] =
    "blocked by rule 17",
  ['{"message": "no Route matched with those values"}'] = "no Route matched with those values",
  ['{"errcode": "APIG.0201", "errmsg": "Backend timeout"}'] = "Backend timeout",
  ["Accepted by the gateway"] = "Accepted by the gateway",
}

describe("the message of an answer that cannot be used", function()
  local client, sim

  local function open(body)
    client, sim = connect.new { retries = 0 }
    sim.quirks[1] = { before = function(_, request)
      return request.asks.resource and reply.new(200, body, "text/html") or nil
    end }
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for name, verb in pairs(VERBS) do
    it("says what it is: " .. name, function()
      for body, words in pairs(ANSWERS) do
        open(body)
        local none, err = verb(client)
        assert.is_nil(none)
        assert.truthy(err.kind == "decode" or err.kind == "uncertain")
        assert.truthy(err.message:find(('it says "%s"'):format(words), 1, true), err.message)
        client:close()
        sim:close()
      end
      open ""
    end)
  end

  it("holds nothing out of snapshots, and no line breaks", function()
    for _, body in ipairs { '{"snapshot": {"name": "n", "description": "private"}}',
      '{"snapshots": [{"description": "private"}]}', '{"volume": {"description": "private"}}',
      '{"snapshot": {"description": "private', '<?xml version="1.0"?><snapshot id="a">'
        .. "<description>private</description></snapshot>" } do
      open(body)
      local none, err = client:get(ID)
      assert.is_nil(none)
      assert.is_nil(err.message:find("private", 1, true), err.message)
      client:close()
      sim:close()
    end
    open "one\nrsnapshots: done\27[2K"
    local _, err = client:get(ID)
    assert.matches('it says "one rsnapshots: done', err.message, 1, true)
    assert.is_nil(err.message:find "%c")
  end)

  it("never holds the token", function()
    client, sim = connect.new { retries = 0 }
    sim.quirks[1] = { before = function(_, request)
      return request.asks.resource and reply.new(200, ('{"message": "the token %s is unknown"}')
        :format(request.headers["x-auth-token"])) or nil
    end }
    local _, err = client:get(ID)
    assert.matches('it says "the token *** is unknown"', err.message, 1, true)
  end)

  it("is short", function()
    open(("x"):rep(1e6))
    local _, err = client:get(ID)
    assert.is_true(#err.message < 500)
  end)
end)
