local compat = require "rsnapshots.support.compat"
local unpack = compat.unpack
local connect = require "spec.support.connect"
local ids_of = require "spec.support.ids"
local versions = require "spec.support.versions"

local function reversed(list)
  local copy = {}
  for i = #list, 1, -1 do
    copy[#copy + 1] = list[i]
  end
  return copy
end

-- How many requests for snapshots there were.
local function pages_asked(sim)
  local count = 0
  for _, request in ipairs(sim.requests) do
    if request.path:find("/snapshots", 1, true) then
      count = count + 1
    end
  end
  return count
end

for version = 1, 3 do
  describe("listing with version " .. version, function()
    local client, sim, newest_first

    before_each(function()
      client, sim = connect.new({ api_version = version })
      newest_first = reversed(sim:add_snapshots(20, { volume_id = sim.volume_id, prefix = "s" }))
      sim:clear_requests()
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    it("gives every snapshot once, in the service's order, whatever the page size", function()
      for _, size in ipairs { 1, 7, 10, 20, 1000 } do
        local seen = {}
        for snapshot in client:list { page_size = size } do
          seen[#seen + 1] = snapshot.id
        end
        assert.same(newest_first, seen)
      end
    end)

    it("gives nothing for nothing", function()
      assert.same({}, client:list({ name = "nobody" }):all())
      assert.is_nil(client:list({ name = "nobody" }):next())
    end)

    it("follows pages that the service cuts shorter than asked", function()
      sim.page_limit = 6
      assert.same(newest_first, ids_of(client:list({ page_size = 50 }):all()))
    end)

    it("steps with next, and stays at the end", function()
      local pager = client:list { page_size = 8 }
      for i = 1, 20 do
        assert.equal(newest_first[i], pager:next().id)
      end
      assert.is_nil(pager:next())
      assert.is_nil(pager:next())
    end)

    it("gives pages, which are read-only sequences", function()
      local sizes, ids = {}, {}
      for page in client:list({ page_size = 8 }):pages() do
        sizes[#sizes + 1] = #page
        for i = 1, #page do
          ids[#ids + 1] = page[i].id
        end
        assert.is_nil(page[0])
        assert.is_nil(page[#page + 1])
        assert.error_matches(function() page[1] = nil end, "read%-only")
      end
      assert.same({ 8, 8, 4 }, sizes)
      assert.same(newest_first, ids)
    end)

    it("goes on with what is left of a page", function()
      local pager = client:list { page_size = 8 }
      for _ = 1, 3 do
        pager:next()
      end
      local sizes = {}
      assert.is_true(pager:each_page(function(page) sizes[#sizes + 1] = #page end))
      assert.same({ 5, 8, 4 }, sizes)
    end)

    it("stops when each_page's function returns false", function()
      local pages = 0
      assert.is_true(client:list({ page_size = 5 }):each_page(function()
        pages = pages + 1
        return pages < 2
      end))
      assert.equal(2, pages)
      assert.equal(2, pages_asked(sim))
    end)

    it("gives at most `max` in all, and asks for no more than it needs", function()
      assert.same({ newest_first[1], newest_first[2] }, ids_of(client:list({ max = 2 }):all()))
      assert.equal(9, #client:list({ max = 9, page_size = 4 }):all())
      assert.equal(20, #client:list({ max = 99 }):all())
      sim:clear_requests()
      assert.same({}, client:list({ max = 0 }):all())
      assert.equal(0, pages_asked(sim))
      local sizes = {}
      for page in client:list({ max = 9, page_size = 4 }):pages() do
        sizes[#sizes + 1] = #page
      end
      assert.same({ 4, 4, 1 }, sizes)
    end)

    it("begins after a marker, or at an offset", function()
      local rest = { unpack(newest_first, 6) }
      assert.same(rest, ids_of(client:list({ marker = newest_first[5], page_size = 4 }):all()))
      assert.same(rest, ids_of(client:list({ offset = 5, page_size = 4 }):all()))
    end)

    it("begins after no marker that is unknown", function()
      local all, err = client:list({ marker = "00000000-0000-4000-8000-000000000000" }):all()
      assert.is_nil(all)
      assert.equal("not_found", err.kind)
    end)

    it("asks for details, or for a summary", function()
      assert(client:list():next())
      assert.matches("/snapshots/detail$", sim.requests[#sim.requests].path)
      assert(client:list({ detailed = false }):next())
      assert.matches("/snapshots$", sim.requests[#sim.requests].path)
    end)

    it("filters alike on every version", function()
      sim:add_snapshots(3, { volume_id = sim.volume_id, prefix = "e", status = "error" })
      local other = sim:add_volume { size = 2 }
      local there = sim:add_snapshots(2, { volume_id = other, prefix = "o" })
      for _, case in ipairs {
        { { name = "s7" }, 1 }, { { name = "S7" }, 0 }, { { status = "error" }, 3 },
        { { status = "ERROR" }, 3 }, { { status = "Available" }, 22 },
        { { volume_id = other }, 2 }, { { volume_id = other, status = "error" }, 0 },
        { { name_like = "s1" }, 11 }, { { name_like = "%" }, 0 },
        { { project_id = client.project_id }, 25 }, { { project_id = "other" }, 0 },
        { { created_after = 0 }, 25 }, { { created_before = 0 }, 0 },
        { { created_after = "2020-01-01T00:00:00Z" }, 25 },
        { { consumes_quota = true }, 25 }, { { consumes_quota = false }, 0 },
        { { metadata = { a = "b" } }, 0 }, { { metadata = {} }, 25 },
      } do
        local found = assert(client:list(case[1]):all())
        assert.equal(case[2], #found, next(case[1]))
      end
      assert.same(reversed(there), ids_of(client:list({ volume_id = other, page_size = 1 }):all()))
    end)

    it("filters by metadata", function()
      if version == 1 then
        return -- nobody can give a snapshot metadata there
      end
      local made = sim:add_snapshots(2, { volume_id = sim.volume_id, metadata = { k = "it's" } })
      assert.same(reversed(made), ids_of(client:list({ metadata = { k = "it's" } }):all()))
      assert.same({}, client:list({ metadata = { k = "its" } }):all())
    end)

    it("sorts alike on every version", function()
      local ascending = client:list({ sort = "created_at:asc", page_size = 6 }):all()
      assert.same(reversed(newest_first), ids_of(ascending))
      local names = {}
      for snapshot in client:list { sort = "name:desc", page_size = 6 } do
        names[#names + 1] = snapshot.name
      end
      local expected = {}
      for i = 1, 20 do
        expected[i] = "s" .. i
      end
      table.sort(expected, function(a, b) return a > b end)
      assert.same(expected, names)
      assert.equal(3, #client:list({ sort = "size,created_at:desc", max = 3 }):all())
    end)

    describe("a token", function()
      it("goes on after the last snapshot given out", function()
        for _, taken in ipairs { 0, 1, 5, 6, 7, 12, 19, 20 } do
          local pager = client:list { page_size = 6 }
          for _ = 1, taken do
            assert(pager:next())
          end
          local rest = client:list({ page_size = 6, token = pager:token() }):all()
          assert.equal(20 - taken, #rest)
          assert.equal(newest_first[taken + 1], rest[1] and rest[1].id)
        end
      end)

      it("goes on with filters that are applied here", function()
        local filters = { name_like = "1", page_size = 6 }
        local whole = ids_of(client:list(filters):all())
        for taken = 0, #whole do
          local pager = client:list(filters)
          for _ = 1, taken do
            pager:next()
          end
          local token = pager:token()
          local rest = client:list({ name_like = "1", page_size = 6, token = token }):all()
          assert.same({ unpack(whole, taken + 1) }, ids_of(rest))
        end
      end)

      it("of a listing that is over gives nothing", function()
        local pager = client:list()
        pager:all()
        assert.same({}, client:list({ token = pager:token() }):all())
      end)
    end)

    it("returns, and raises, the error of a page that fails, and can go on", function()
      sim:fault { method = "GET", path = "/snapshots", status = 403, after = 1, times = 2 }
      local pager = client:list { page_size = 8 }
      for _ = 1, 8 do
        assert(pager:next())
      end
      local snapshot, err = pager:next()
      assert.is_nil(snapshot)
      assert.equal("forbidden", err.kind)
      local ok, raised = pcall(function()
        for _ in pager do end -- luacheck: ignore
      end)
      assert.is_false(ok)
      assert.equal("forbidden", raised.kind)
      assert.equal(12, #pager:all())
    end)

    it("never gives a part for the whole", function()
      sim:fault { method = "GET", path = "/snapshots", status = 403, after = 1, times = 1 }
      local all, err = client:list({ page_size = 8 }):all()
      assert.is_nil(all)
      assert.equal("forbidden", err.kind)
    end)

    it("raises for filters that are wrong", function()
      for message, filters in pairs {
        ["no filter 'nam'"] = { nam = "x" },
        ["name must be a string"] = { name = 5 },
        ["page_size must be a whole number of at least 1"] = { page_size = 0 },
        ["max must be a whole number of at least 0"] = { max = -1 },
        ["sort: 'colour:asc' is not"] = { sort = "colour:asc" },
        ["sort: 'name:up' is not"] = { sort = "name:up" },
        ["created_after must be a time"] = { created_after = "yesterday" },
        ["metadata must map strings to strings"] = { metadata = { 1 } },
        ["token does not come from pager:token()"] = { token = "junk" },
      } do
        assert.error_matches(function() client:list(filters) end, message)
      end
    end)
  end)
end

-- Serves the given bodies as the pages of a listing.
local function serve(sim, bodies, headers)
  for i, body in ipairs(bodies) do
    sim:fault { method = "GET", path = "/snapshots", status = 200, body = body, times = 1,
      headers = headers and headers[i] }
  end
end

local function page_body(ids, link)
  local items = {}
  for i, id in ipairs(ids) do
    items[i] = ('{"id": "%s", "status": "available"}'):format(id)
  end
  return ('{"snapshots": [%s]%s}'):format(table.concat(items, ", "),
    link and (', "snapshots_links": [{"rel": "next", "href": "%s"}]'):format(link) or "")
end

describe("next links", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function last_query()
    return sim.requests[#sim.requests].query
  end

  it("give the marker, whatever host, scheme or path they name", function()
    for _, link in ipairs {
      "http://elsewhere.example/v3/p/snapshots?limit=2&marker=b",
      "https://127.0.0.1:1/v3/snapshots?marker=b",
      "/v3/p/snapshots/detail?marker=b", "snapshots?marker=b", "?marker=b",
      "http://x/y?offset=5&marker=b&sort=name%3Aasc", "http://x/?marker=%62",
    } do
      serve(sim, { page_body({ "a", "b" }, link), page_body { "c" } })
      assert.same({ "a", "b", "c" }, ids_of(client:list({ page_size = 2 }):all()))
      assert.equal("limit=2&marker=b", last_query())
    end
  end)

  it("without a marker go on after the page's last snapshot", function()
    serve(sim, { page_body({ "a", "b" }, "http://x/v3/snapshots?page=2"), page_body { "c" } })
    assert.equal(3, #client:list():all())
    assert.equal("limit=1000&marker=b", last_query())
  end)

  it("may come as a Link header", function()
    serve(sim, { page_body { "a", "b" }, page_body { "c" } },
      { { Link = '<http://x/v3/snapshots?marker=b>; rel="next"' } })
    assert.equal(3, #client:list():all())
    assert.equal("limit=1000&marker=b", last_query())
  end)

  it("may be one of several in a Link header", function()
    serve(sim, { page_body { "a", "b" }, page_body { "c" } }, { { Link = '<http://x/?marker=0>; '
      .. 'rel="prev", <http://x/?a=1,2&marker=b>; title=t; rel=next, </?marker=9>; rel=last' } })
    assert.equal(3, #client:list():all())
    assert.equal("limit=1000&marker=b", last_query())
  end)

  it("are looked for in no time, whatever a Link header holds", function()
    for _, piece in ipairs { "<", "<>;", "<>", "<a>; ", "<>,", "<>;rel=", ">;<" } do
      serve(sim, { page_body { "a", "b" } }, { { Link = piece:rep(math.floor(60000 / #piece)) } })
      local began = os.clock()
      assert.equal(2, #client:list():all())
      assert.is_true(os.clock() - began < 10) -- of this process alone
    end
  end)

  it("never repeat the offset", function()
    serve(sim, { page_body({ "a", "b" }, "http://x/?offset=5&marker=b"), page_body { "c" } })
    assert(client:list({ offset = 5 }):all())
    assert.equal("limit=1000&marker=b", last_query())
  end)

  it("behind a full last page lead to an empty one, which is the end", function()
    serve(sim, { page_body({ "a", "b" }, "/?marker=b"), page_body({}, "/?marker=b") })
    assert.equal(2, #client:list():all())
  end)

  it("that repeat end the listing with an error", function()
    serve(sim, { page_body({ "a", "b" }, "/?marker=b"), page_body({ "a", "b" }, "/?marker=b") })
    local all, err = client:list():all()
    assert.is_nil(all)
    assert.equal("decode", err.kind)
    assert.matches("again and again", err.message)
  end)

  it("that go round in a larger circle end it too", function()
    local bodies = {}
    for i = 1, 40 do
      local name = "m" .. i % 5
      bodies[i] = page_body({ "x" .. i, name }, "/?marker=" .. name)
    end
    serve(sim, bodies)
    local all, err = client:list():all()
    assert.is_nil(all)
    assert.equal("decode", err.kind)
    assert.is_true(pages_asked(sim) < 20)
  end)
end)

describe("a service without links that repeats a page", function()
  it("has no offsets, and what it sent was all", function()
    local client, sim = connect.new({ api_version = 1 })
    sim:fault { method = "GET", path = "/snapshots", status = 200, times = math.huge,
      body = page_body { "a", "b" } }
    sim:clear_requests()
    local all = assert(client:list():all())
    assert.is_true(pages_asked(sim) < 10)
    assert.same({ "a", "b" }, ids_of(all))
    client:close()
    sim:close()
  end)
end)

describe("a listing by offset during which snapshots are made", function()
  it("gives each once", function()
    for _, size in ipairs { 1, 3, 10 } do
      local client, sim = connect.new({ api_version = 1 })
      local wanted = reversed(sim:add_snapshots(30, { volume_id = sim.volume_id }))
      local seen = {}
      for snapshot in client:list { page_size = size } do
        seen[#seen + 1] = snapshot.id
        if #seen % 4 == 0 then
          sim:add_snapshots(1, { volume_id = sim.volume_id })
        end
      end
      assert.same(wanted, seen)
      client:close()
      sim:close()
    end
  end)
end)

describe("a listing whose snapshots are deleted meanwhile", function()
  local client, sim, newest_first

  before_each(function()
    client, sim = connect.new({}, { delete_seconds = 0 })
    newest_first = reversed(sim:add_snapshots(30, { volume_id = sim.volume_id }))
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Lists in pages of 10, deleting those whose place is in the list as soon as
  -- the first page is used up.
  local function list_deleting(places)
    local seen = {}
    for snapshot in client:list { page_size = 10 } do
      seen[#seen + 1] = snapshot.id
      if #seen == 10 then
        for _, place in ipairs(places) do
          assert(client:delete(newest_first[place]))
        end
      end
    end
    return seen
  end

  it("goes on when its marker is gone", function()
    assert.same(newest_first, list_deleting { 10 })
  end)

  it("goes on when half of the page is gone", function()
    assert.same(newest_first, list_deleting { 3, 4, 6, 7, 8, 9, 10 })
  end)

  it("goes on when all of the first page is gone", function()
    assert.same(newest_first, list_deleting { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
  end)

  it("gives each once when new ones fill the page that it goes back to", function()
    local seen = {}
    for snapshot in client:list { page_size = 4 } do
      seen[#seen + 1] = snapshot.id
      if #seen == 4 then
        for _, place in ipairs { 4, 3, 1 } do
          assert(client:delete(newest_first[place]))
        end
        sim:add_snapshots(4, { volume_id = sim.volume_id, prefix = "new" })
      end
    end
    local times = {}
    for _, id in ipairs(seen) do
      times[id] = (times[id] or 0) + 1
      assert.equal(1, times[id])
    end
    for _, id in ipairs(newest_first) do
      assert.equal(1, times[id])
    end
  end)

  it("gives `max` different ones when markers are lost again and again", function()
    local seen, times = {}, {}
    for snapshot in client:list { page_size = 10, max = 12 } do
      seen[#seen + 1] = snapshot.id
      times[snapshot.id] = (times[snapshot.id] or 0) + 1
      assert.equal(1, times[snapshot.id])
      assert(snapshot:delete())
    end
    assert.same({ unpack(newest_first, 1, 12) }, seen)
  end)

  it("gives everything once when each is deleted as it comes", function()
    local seen = {}
    for snapshot in client:list { page_size = 7 } do
      seen[#seen + 1] = snapshot.id
      if #seen % 3 ~= 0 then
        assert(snapshot:delete())
      end
    end
    assert.same(newest_first, seen)
  end)
end)

describe("a page whose marker is lost", function()
  it("has one deadline, however many markers are tried instead", function()
    local client, sim = connect.new { timeout = 1000, attempt_timeout = 1000 }
    sim:add_snapshots(300, { volume_id = sim.volume_id })
    local pager = client:list { page_size = 250 }
    sim:fault { method = "GET", path = "/snapshots", query = "marker=", status = 404, delay = 400,
      body = '{"itemNotFound": {"code": 404, "message": "marker"}}', times = math.huge }
    for _ = 1, 250 do
      assert(pager:next())
    end
    local began = sim.clock.skipped
    local snapshot, err = pager:next()
    assert.is_true(sim.clock.skipped - began < 2000)
    assert.is_nil(snapshot)
    assert.equal("timeout", err.kind)
    client:close()
    sim:close()
  end)
end)

describe("a listing with an offset", function()
  -- Deletes all but the newest five while listing; the error that ended it, and what is left.
  local function keep_five(options)
    local client, sim = connect.new({}, { delete_seconds = 0 })
    for i = 1, 12 do
      sim:add_snapshots(1, { volume_id = sim.volume_id, name = "n" .. i })
    end
    local kept, left = {}, {}
    for snapshot in client:list { max = 5 } do
      kept[snapshot.id] = true
    end
    options.offset, options.page_size = 5, 3
    local ok, err = pcall(function()
      for snapshot in client:list(options) do
        assert.is_nil(kept[snapshot.id], "one that was left out came")
        assert(snapshot:delete())
      end
    end)
    for snapshot in client:list() do
      left[#left + 1] = snapshot.id
    end
    client:close()
    sim:close()
    return not ok and err or nil, #left
  end

  it("never gives what it leaves out, also when its marker is lost", function()
    for _, sort in ipairs { "created_at:desc", "size:desc", "created_at:desc,size:asc" } do
      for _, prefetch in ipairs { false, true } do
        local err, left = keep_five { prefetch = prefetch, sort = sort }
        assert.is_nil(err)
        assert.equal(5, left)
      end
    end
    assert.equal(5, select(2, keep_five { prefetch = false }))
  end)

  it("rather ends in an error where the order does not tell what was left out", function()
    local err, left = keep_five { prefetch = false, extra = { sort = "volume_size:desc" } }
    assert.equal("not_found", err.kind)
    assert.equal(9, left)
  end)
end)

describe("a listing in an order that only the service knows", function()
  it("misses nothing when its marker is lost, or ends in an error", function()
    for page_size = 1, 3 do
      local client, sim = connect.new({}, { delete_seconds = 0 })
      for i = 1, 12 do
        sim:add_snapshots(1, { volume_id = sim.volume_id, name = "n" .. i })
      end
      local err
      local listing, given = client:list { extra = { sort = "created_at:asc" },
        page_size = page_size, prefetch = false }, 0
      repeat
        local snapshot
        snapshot, err = listing:next()
        if snapshot then
          given = given + 1
          assert(snapshot:delete())
        end
      until not snapshot
      assert.is_true(given == 12 or (err and err.kind == "not_found"), given)
      client:close()
      sim:close()
    end
  end)
end)

describe("the page after the one that is consumed", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    sim:add_snapshots(40, { volume_id = sim.volume_id })
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is on its way meanwhile", function()
    for _, listing in ipairs { client:list { page_size = 10 },
      client:list { page_size = 10, name_like = "" } } do
      sim:clear_requests()
      assert(listing:next())
      sim:step(0.05)
      assert.equal(2, pages_asked(sim))
    end
  end)

  it("is asked for when it is wanted with prefetch = false", function()
    local listing = client:list { page_size = 10, prefetch = false }
    assert(listing:next())
    sim:step(0.05)
    assert.equal(1, pages_asked(sim))
    assert.equal(39, #assert(listing:all()))
  end)

  it("is not asked for when no more is wanted, or there is none", function()
    assert.equal(10, #client:list({ page_size = 10, max = 10 }):all())
    assert.equal(1, pages_asked(sim))
    assert.equal(40, #client:list():all())
    assert.equal(2, pages_asked(sim))
  end)

  it("is cancelled when the loop is left", function()
    if _VERSION == "Lua 5.4" then
      for page in client:list({ page_size = 10 }):pages() do
        if #page == 10 then
          break
        end
      end
      assert.is_nil(client:timeout())
      for snapshot in client:list { page_size = 10 } do
        if snapshot then
          break
        end
      end
      assert.is_nil(client:timeout())
    end
    client:list({ page_size = 10 }):each_page(function() return false end)
    local listing = client:list { page_size = 10 }
    assert(listing:next())
    listing:close()
    listing:close()
    for snapshot in client:list { page_size = 10 } do
      if snapshot then
        break
      end
    end
    collectgarbage()
    collectgarbage()
    assert.equal(0, client:timeout() and 1 or 0) -- libcurl waits for nothing
    assert.equal(39, #assert(listing:all())) -- and it can be gone on with
  end)

  it("keeps no memory of those before it", function()
    local one, cloud = connect.new({}, { record = false })
    cloud:add_snapshots(3000, { volume_id = cloud.volume_id })
    local pages, early, late = 0, nil, nil
    assert(one:list({ page_size = 50 }):each_page(function()
      pages = pages + 1
      if pages == 10 or pages == 50 then
        collectgarbage()
        collectgarbage()
        early, late = late, collectgarbage "count"
      end
    end))
    one:close()
    cloud:close()
    assert.is_true(pages >= 60)
    assert.is_true(late - early < 256, ("%.0f KiB more"):format(late - early))
  end)

  it("is right after a token was asked for", function()
    for version = 1, 3 do
      local one = connect.to(sim, { api_version = version })
      local listing = one:list { page_size = 10 }
      for _ = 1, 10 do
        listing:next()
      end
      local token = listing:token()
      sim:step(0.02)
      assert.equal(30, #assert(one:list({ page_size = 10, token = token }):all()))
      listing:next()
      assert.equal(29, #assert(one:list({ page_size = 10, token = listing:token() }):all()))
      one:close()
    end
  end)

  it("fails when its turn has come, and can be tried again", function()
    local once = connect.to(sim, { retries = 0 })
    sim:fault { path = "/snapshots", after = 1, times = 1, status = 503 }
    local listing, seen = once:list { page_size = 10 }, 0
    for _ = 1, 10 do
      assert(listing:next())
    end
    local snapshot, err = listing:next()
    assert.is_nil(snapshot)
    assert.equal("server", err.kind)
    while listing:next() do
      seen = seen + 1
    end
    assert.equal(30, seen)
    once:close()
  end)

  it("is asked for again when it could not come because the caller took long", function()
    local hasty = connect.to(sim, { timeout = 1000, attempt_timeout = 500, retries = 0 })
    sim:fault { path = "/snapshots", after = 1, times = 1, stall = true }
    local listing = hasty:list { page_size = 10 }
    assert(listing:next())
    sim:advance(600)
    assert.equal(39, #assert(listing:all()))
    hasty:close()
  end)

  it("is asked for again also when the service failed while nobody looked", function()
    for _, status in ipairs { 503, 429 } do
      local hasty = connect.to(sim, { timeout = 1000 })
      sim:fault { path = "/snapshots", after = 1, times = 1, status = status }
      local listing = hasty:list { page_size = 20 }
      assert(listing:next())
      sim:advance(1100)
      assert.equal(39, #assert(listing:all()))
      hasty:close()
    end
  end)

  it("raises what on_request raised", function()
    local fails = 1
    local watched = connect.to(sim, { on_request = function(report)
      if report.url:find("marker", 1, true) and fails > 0 then
        fails = fails - 1
        error "mine"
      end
    end })
    local listing = watched:list { page_size = 10 }
    for _ = 1, 10 do
      assert(listing:next())
    end
    assert.error_matches(function() listing:next() end, "mine")
    assert.equal(30, #assert(listing:all()))
    watched:close()
  end)

  it("is no reason to send more than one request at a time in a loop with deletes", function()
    for snapshot in client:list { page_size = 10 } do
      assert(client:delete(snapshot))
    end
    assert.equal(0, #client:list({ status = "available" }):all())
  end)

  it("is read by one coroutine at a time", function()
    local scheduled
    local listing
    local waits = 0
    scheduled = connect.to(sim, { wait = function(...)
      waits = waits + 1
      if listing and waits > 0 then
        waits = -math.huge
        local thread = coroutine.create(function() return listing:next() end)
        local ok, message = coroutine.resume(thread)
        assert.is_false(ok)
        assert.matches("by another coroutine", message)
      end
      return sim.wait(...)
    end })
    waits = 0
    listing = scheduled:list { page_size = 10 }
    assert(listing:next())
    assert.equal(-math.huge, waits)
    scheduled:close()
  end)

  it("is free for another coroutine after what a callback raised in the first", function()
    local fails = false
    local watched = connect.to(sim, { on_request = function()
      if fails then
        error "mine"
      end
    end })
    local listing = watched:list { page_size = 10, prefetch = false }
    fails = true
    local problem, thread = versions.raised_in_coroutine(listing.next, listing)
    fails = false
    assert.matches("mine", problem)
    assert.equal(#client:list():all(), #listing:all())
    assert.is_not_nil(thread) -- it was there all the time
    watched:close()
  end)
end)
