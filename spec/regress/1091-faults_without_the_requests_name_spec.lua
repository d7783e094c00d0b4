-- The core notes the service's name for a request only when something is wrong with the answer. It
-- forgot that where an answer was right by itself, but not as a part of a listing or as a login.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local NAMES = { "X-OpenStack-Request-Id: req-7" }

local function answer(body)
  return { bytes = raw_server.answer(200, body, nil, NAMES), ending = "keep" }
end

local function page(id, more)
  return answer(('{"snapshots":[{"id":"%s"}]%s}'):format(id, more or ""))
end

describe("the request's name is in the error", function()
  local client, server

  after_each(function()
    client:close()
    server:close()
  end)

  local function connect(version, respond)
    server = raw_server.new(respond)
    client = assert(rsnapshots.connect { token = "t", endpoint = server.url .. version .. "/p",
      wait = server.wait, retries = 0 })
  end

  local function assert_named(kind, snapshots, err)
    assert.is_nil(snapshots)
    assert.equal(kind, err.kind)
    assert.equal("req-7", err.request_id)
  end

  it("where a listing goes in circles", function()
    connect("/v2", function(request)
      local id = request.path:find "marker=a" and "b" or "a"
      return page(id, ([[,"snapshots_links":[{"rel":"next","href":"?marker=%s"}] ]]):format(id))
    end)
    assert_named("decode", client:list():all())
  end)

  it("where the snapshot to begin after is not there", function()
    connect("/v1", function() return page("a") end)
    assert_named("not_found", client:list({ marker = "x" }):all())
    assert_named("not_found", client:list({ marker = "x", sort = "name" }):all())
  end)

  it("where a page has no list", function()
    connect("/v2", function() return answer '{"servers":[]}' end)
    assert_named("decode", client:list():all())
  end)
end)
