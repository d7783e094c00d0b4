-- Kind: an attempt that `on_request` did not hear of. The next page of a listing may come while
-- nobody waits for it, because it comes at once or in a step of the host's loop; after the last
-- page, on_request heard of it with the next call of the client, or never.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local LINKS = ', "snapshots_links": [{"rel": "next", "href": "http://x/?marker=%s"}]'

describe("a page that comes while nobody waits", function()
  local client, server, told

  before_each(function()
    told = {}
    server = raw_server.new(function(request)
      local marker = request.path:match "marker=(%a)"
      local id = ({ a = "b", b = "c" })[marker] or "a"
      local body = ('{"snapshots": [{"id": "%s"}]%s}'):format(id, LINKS:format(id))
      return { bytes = raw_server.answer(200, marker == "c" and '{"snapshots": []}' or body),
        ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait,
      on_request = function(report) told[#told + 1] = report.url:match "marker=(%a)" or "-" end })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  -- Lets the server answer, and the client read it, without waiting for anything.
  local function run()
    for _ = 1, 100 do
      server.wait(client:pollfd(), "r", 0.001)
      client:step()
    end
  end

  local WAYS = {
    ["for"] = function(pager)
      for _ in pager do
        run()
      end
    end,
    pages = function(pager)
      for _ in pager:pages() do
        run()
      end
    end,
    next = function(pager)
      while pager:next() do
        run()
      end
    end,
    all = function(pager)
      pager:next()
      run()
      pager:all()
    end,
  }

  for way, read in pairs(WAYS) do
    it("is told of before the listing goes on: " .. way, function()
      read(client:list { page_size = 1 })
      assert.same({ "-", "a", "b", "c" }, told)
    end)
  end

  it("does not hold up a client that was closed", function()
    local pager = client:list { page_size = 1 }
    pager:next()
    run()
    client:close()
    pcall(pager.next, pager)
    pcall(pager.all, pager)
    assert.equal(2, #server.requests)
  end)
end)
