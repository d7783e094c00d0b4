--- Volumes, limits, and why something failed.
local cjson = require "cjson"
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"
local ids_of = require "spec.support.ids"

local function sorted(list)
  table.sort(list)
  return list
end

-- The body of a recorded exchange.
local function recorded(name)
  local file = assert(io.open("spec/recordings/" .. name .. ".http", "rb"))
  local text = file:read "*a"
  file:close()
  return text:match "\r?\n\r?\n(.*)$"
end

for version = 1, 3 do
  describe("volumes with version " .. version, function()
    local client, sim

    before_each(function()
      client, sim = connect.new { api_version = version }
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function add(count, spec)
      local ids = {}
      for i = 1, count do
        ids[i] = sim:add_volume(spec)
      end
      return ids
    end

    it("are listed, every page of them, each once", function()
      local expected = add(7)
      expected[#expected + 1] = sim.volume_id
      local found = {}
      for volume in client:volumes { page_size = 3 } do
        found[#found + 1] = volume.id
        assert.equal("available", volume.status)
      end
      assert.same(sorted(expected), sorted(found))
      assert.equal(5, #assert(client:volumes({ page_size = 2, max = 5 }):all()))
      assert.same({}, client:volumes({ max = 0 }):all())
    end)

    it("are filtered, whatever the service does", function()
      local named = add(2, { name = "data", metadata = { policy = "nightly", x = "y" } })
      local busy = add(1, { name = "Data", status = "in-use" })
      add(1, { name = "data " })
      assert.same(sorted(named), sorted(ids_of(assert(client:volumes({ name = "data" }):all()))))
      assert.same(busy, ids_of(assert(client:volumes({ status = "IN-USE" }):all())))
      assert.same(sorted(named), sorted(ids_of(assert(client:volumes({
        metadata = { policy = "nightly" } }):all()))))
      assert.same({}, client:volumes({ metadata = { policy = "nightly", x = "z" } }):all())
    end)

    it("have a name, a description and metadata on every version", function()
      local id = sim:add_volume { name = "data", description = "d", size = 7 }
      local volume = assert(client:volumes({ name = "data" }):next())
      assert.same({ id, "data", "d", 7, {} },
        { volume.id, volume.name, volume.description, volume.size, volume.metadata })
    end)

    it("are found by id and by name", function()
      local id = sim:add_volume { name = "data" }
      assert.equal("data", assert(client:volume(id)).name)
      assert.equal(id, assert(client:volume "data").id)
      local hexadecimal = sim:add_volume { name = "beef" } -- which could be an id
      assert.equal(hexadecimal, assert(client:volume "beef").id)
      local other = sim:add_volume { name = "data" }
      local none, err = client:volume "data"
      assert.is_nil(none)
      assert.equal("ambiguous", err.kind)
      assert.same(sorted { id, other }, sorted(err.matches))
      for _, missing in ipairs { "nothing", "00000000-0000-0000-0000-000000000000" } do
        none, err = client:volume(missing)
        assert.is_nil(none)
        assert.equal("not_found", err.kind)
        assert.truthy(err.message:find(missing, 1, true))
      end
    end)

    it("made from a snapshot are its dependents", function()
      local snapshot_id = sim:add_snapshots(1)[1]
      assert.same({}, client:dependents(snapshot_id))
      local made = assert(client:restore(snapshot_id, { name = "back" }))
      assert.same({ made.id }, ids_of(assert(client:dependents(assert(client:get(snapshot_id))))))
    end)

    it("end in an error when the service fails, and go on after it", function()
      add(5)
      sim:fault { method = "GET", path = "/volumes", status = 403, body = "{}" }
      local listing = client:volumes()
      local ok, err = pcall(function() for _ in listing do end end)
      assert.is_false(ok)
      assert.equal("forbidden", err.kind)
      local all
      all, err = listing:all()
      assert.is_nil(all)
      assert.equal("forbidden", err.kind)
      sim:clear_faults()
      assert.equal(6, #assert(listing:all()))
    end)

    it("are listed inside a group", function()
      add(3)
      local group = client:group()
      group:spawn(function() return #assert(client:volumes({ page_size = 2 }):all()) end)
      assert.equal(4, group:next().value)
    end)
  end)
end

describe("a listing of volumes", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Answers these bodies one after another, then with an empty page; what comes of it.
  local function listed(pages, options)
    for _, page in ipairs(pages) do
      local given = type(page) == "table" and page or { body = page }
      sim:fault { method = "GET", path = "/volumes/detail", times = 1, status = 200,
        body = given.body, headers = given.headers }
    end
    sim:fault { method = "GET", path = "/volumes/detail", status = 200, body = '{"volumes": []}' }
    sim:clear_requests()
    local all, err = client:volumes(options):all()
    return all and table.concat(ids_of(all), " "), err
  end

  local function page(ids, rest)
    local rows = {}
    for id in ids:gmatch "%S+" do
      rows[#rows + 1] = id == "null" and id or ('{"id": "%s"}'):format(id)
    end
    return ('{"volumes": [%s]%s}'):format(table.concat(rows, ", "), rest and ", " .. rest or "")
  end

  local function queries()
    local list = {}
    for i, request in ipairs(sim.requests) do
      list[i] = request.query
    end
    return list
  end

  it("follows links wherever services put them, by their marker only", function()
    local link = '"http://other.example/v9/volumes?offset=3&marker=m"'
    for _, rest in ipairs {
      '"volumes_links": [{"rel": "next", "href": ' .. link .. "}]",
      '"volumes_links": [{"rel": "self", "href": "x?marker=y"}, {"rel": "Next", "href": ' .. link
        .. "}]",
      '"links": [{"rel": "next", "href": ' .. link .. "}]",
      '"links": {"next": ' .. link .. "}",
      '"links": {"next": {"href": ' .. link .. "}}",
      '"next": ' .. link,
      '"next": {"href": ' .. link .. "}",
    } do
      assert.equal("a b c", (listed { page("a b", rest), page "c" }), rest)
      assert.same({ "limit=1000", "limit=1000&marker=m" }, queries(), rest)
      sim:clear_faults()
    end
    assert.equal("a b c", (listed { { body = page "a b", headers = {
      Link = '<http://x/?marker=y>; rel="prev", <http://x/?marker=m>; rel="next"' } }, page "c" }))
    assert.equal("limit=1000&marker=m", queries()[2])
  end)

  it("goes on after a full page without a link by its last id", function()
    assert.equal("a b c", (listed({ page "a b", page "c" }, { page_size = 2 })))
    assert.same({ "limit=2", "limit=2&marker=b" }, queries())
    sim:clear_faults()
    assert.equal("a c", (listed({ page "a null", page "c" }, { page_size = 2 })))
    sim:clear_faults()
    assert.equal("a", (listed({ page "a" }, { page_size = 2 })))
    assert.equal(1, #sim.requests)
  end)

  it("goes on where the volume that it would begin after is gone", function()
    sim:fault { method = "GET", path = "/volumes/detail", query = "marker=b", status = 400,
      body = '{"badRequest": {"code": 400, "message": "marker [b] not found"}}' }
    sim:fault { method = "GET", path = "/volumes/detail", query = "marker=a", status = 200,
      body = page "c" }
    assert.equal("a b c", (listed({ page "a b" }, { page_size = 2 })))
    assert.same({ "limit=2", "limit=2&marker=b", "limit=2&marker=a" }, queries())
  end)

  it("takes a link without a marker for one to what follows the last id", function()
    assert.equal("a b", (listed { page("a", '"links": {"next": "http://x/?page=2"}'), page "b" }))
    assert.equal("limit=1000&marker=a", queries()[2])
  end)

  it("is none where it goes in circles", function()
    local all, err = listed({ page "a b", page "c d", page "a b" }, { page_size = 2 })
    assert.is_nil(all)
    assert.equal("decode", err.kind)
    assert.truthy(err.message:find("the same page of volumes again and again", 1, true))
  end)

  it("passes by odd links and rows, and refuses what is no listing", function()
    for _, rest in ipairs { '"volumes_links": {}', '"volumes_links": null', '"volumes_links": 3',
      '"volumes_links": [3, null, {"href": 1}]', '"links": [{"href": "x?marker=y"}]',
      '"next": null', '"count": "many"' } do
      assert.equal("a b", (listed { page("a null b", rest) }), rest)
      sim:clear_faults()
    end
    assert.equal("a 3", -- a number is an id as of snapshots
      (listed { '{"volumes": [{"id": "a"}, {"id": ""}, {"id": 3}, {}, {"id": true}]}' }))
    sim:clear_faults()
    for _, body in ipairs { "{}", '{"volumes": "none"}', '{"volumes": [1]}', "[]", "<html>" } do
      local all, err = listed { body, body, body, body, body } -- also when it is asked for again
      assert.is_nil(all)
      assert.equal("decode", err.kind)
      sim:clear_faults()
    end
  end)

  it("is filtered here where the service refuses to", function()
    sim:add_volume { name = "data" }
    sim:fault { method = "GET", path = "/volumes/detail", query = "name=", status = 400,
      body = '{"badRequest": {"code": 400, "message": "unknown query parameter: name"}}' }
    sim:clear_requests()
    assert.equal(1, #assert(client:volumes({ name = "data" }):all()))
    assert.same({ "name=data&limit=1000", "limit=1000" }, queries())
    sim:clear_faults()
    sim:fault { method = "GET", path = "/volumes/detail", status = 400, body = "{}" }
    assert.equal("invalid", select(2, client:volumes({ name = "data" }):all()).kind)
  end)

  it("is no table, and says what to write", function()
    local listing = client:volumes()
    assert.error_matches(function() return listing[1] end, "a listing of volumes has no '1'")
    assert.error_matches(function() return listing["all "] end, "listing:all%(%)")
    if compat.name == "5.4" or compat.name == "5.3" then -- ipairs of older ones asks nobody
      assert.error_matches(function() for _ in ipairs(listing) do end end, "has no '1'")
    end
    assert.error_matches(function() return listing.size end, "has no 'size'")
    assert.equal(1, #assert(listing:all()))
    for _ in client:volumes() do
      listing = nil
    end
    listing = client:volumes()
    for _ in listing do end
    assert.error_matches(function() for _ in listing do end end, "begin a new one")
  end)

  it("raises for filters that are none", function()
    assert.error_matches(function() client:volumes { statsu = "x" } end, "mean 'status'")
    assert.error_matches(function() client:volumes { name = 1 } end, "name must be a string")
    assert.error_matches(function() client:volumes { page_size = 0 } end, "page_size")
    assert.error_matches(function() client:volumes { metadata = { a = 1 } } end, "metadata")
    assert.error_matches(function() client:volume() end, "id_or_name must be a string")
    assert.error_matches(function() client:volume "" end, "must not be empty")
  end)

  it("reads what a real cloud sent", function()
    assert.equal("00ff3a53-e345-4a45-a3d5-efe80019b640", (listed { recorded "051-volume-list" }))
    assert.equal("limit=1000&marker=00ff3a53-e345-4a45-a3d5-efe80019b640", queries()[2])
  end)
end)

describe("version 1", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { api_version = 1 }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("ends a listing of volumes by an empty page, or whatever is behind the last row", function()
    for _, ending in ipairs { { status = 200, body = '{"volumes": []}' },
      { status = 204, body = "" },
      { status = 404, body = '{"itemNotFound": {"code": 404, "message": "no"}}' },
      { status = 400, body = '{"badRequest": {"code": 400, "message": "no"}}' },
      { status = 200, body = '{"volumes": [{"id": "a"}, {"id": "b"}]}' } } do
      sim:fault { method = "GET", path = "/volumes", times = 1, status = 200,
        body = '{"volumes": [{"id": "a"}, {"id": "b"}]}' }
      sim:fault { method = "GET", path = "/volumes", query = "offset=2", status = ending.status,
        body = ending.body }
      assert.same({ "a", "b" }, ids_of(assert(client:volumes():all())))
      sim:clear_faults()
    end
  end)

  it("gives what moved from page to page once", function()
    for _, rows in ipairs { '{"id": "a"}, {"id": "b"}', '{"id": "b"}, {"id": "c"}', "" } do
      sim:fault { method = "GET", path = "/volumes", times = 1, status = 200,
        body = ('{"volumes": [%s]}'):format(rows) }
    end
    assert.same({ "a", "b", "c" }, ids_of(assert(client:volumes({ page_size = 2 }):all())))
  end)

  it("fails where the first page does", function()
    sim:fault { method = "GET", path = "/volumes", status = 404,
      body = '{"itemNotFound": {"code": 404, "message": "no"}}' }
    assert.equal("not_found", select(2, client:volumes():all()).kind)
  end)
end)

describe("limits", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function answer(body)
    sim:clear_faults()
    sim:fault { method = "GET", path = "/limits", status = 200, body = body }
    return client:limits()
  end

  it("are read as a real cloud sends them", function()
    local limits = assert(answer(recorded "213-limits"))
    assert.same({ used = 2, max = 2 }, limits.snapshots)
    assert.same({ used = 3, max = 10 }, limits.gigabytes)
    assert.same({ used = 1, max = 3 }, limits.volumes)
    assert.equal(1000, limits.raw.maxTotalBackupGigabytes)
  end)

  it("are none where the service says -1, and nil where it does not say", function()
    local limits = assert(answer(cjson.encode { limits = { absolute = {
      totalSnapshotsUsed = 5, maxTotalSnapshots = -1, maxTotalVolumes = 10 } } }))
    assert.same({ used = 5, max = math.huge }, limits.snapshots)
    assert.is_nil(limits.gigabytes)
    assert.is_nil(limits.volumes)
  end)

  it("are an error where they cannot be had", function()
    for _, body in ipairs { "{}", '{"limits": {}}', '{"limits": 3}', "[]" } do
      local none, err = answer(body)
      assert.is_nil(none)
      assert.equal("decode", err.kind)
    end
    sim:clear_faults()
    sim:fault { method = "GET", path = "/limits", status = 403, body = "{}" }
    assert.equal("forbidden", select(2, client:limits()).kind)
  end)
end)
