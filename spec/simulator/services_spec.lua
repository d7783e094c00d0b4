-- What simulated block storage does beyond what was recorded from a real cloud: Rackspace's
-- dialect v1, v2, and the corners of listing, checking and refusing.

local frozen = require "spec.support.frozen"
local rawhttp = require "spec.support.rawhttp"

local sim, http

local function start(options)
  sim, http = frozen.start(options)
end

local decoded, message_of = rawhttp.decode, rawhttp.message

local function names_in(reply)
  assert.are.equal(200, reply.status, reply.body)
  local names = {}
  for i, snapshot in ipairs(decoded(reply).snapshots) do
    local name = snapshot.name or snapshot.display_name
    names[i] = type(name) == "string" and name or "null"
  end
  return table.concat(names, " ")
end

local function snapshot_body(fields)
  return ('{"snapshot": {"volume_id": "%s"%s}}'):format(sim.volume_id, fields or "")
end

before_each(function()
  start()
end)

after_each(function()
  sim:close()
end)

describe("the simulated v1", function()
  local function v1(method, path, body, more)
    local options = more or {}
    options.api, options.body = 1, body
    return http:ask(method, path, options)
  end

  local function create(fields)
    return v1("POST", "snapshots", snapshot_body(fields))
  end

  it("creates with 200 and the old names", function()
    local reply = create(', "display_name": "a", "display_description": "b", "metadata": '
      .. '{"k": "v"}')
    assert.are.equal(200, reply.status)
    local id = decoded(reply).snapshot.id
    assert.are.equal(('{"snapshot": {"id": "%s", "created_at": "2014-05-13T16:53:20.000000", '
      .. '"display_name": "a", "display_description": "b", "volume_id": "%s", '
      .. '"status": "creating", "size": 1, "metadata": {}}}'):format(id, sim.volume_id),
      reply.body)
    assert.is_truthy(reply.headers["x-compute-request-id"]:find("^req%-"))
    assert.is_nil(reply.headers["x-openstack-request-id"])
    sim:advance(1)
    local shown = decoded(v1("GET", "snapshots/" .. id)).snapshot
    assert.are.equal("100%", shown["os-extended-snapshot-attributes:progress"])
    assert.are.equal("available", shown.status)
    local whole = decoded(v1("GET", "snapshots/" .. id .. "/metadata"))
    assert.are.same({ snapshot = shown }, whole)
  end)

  it("updates with 200, and has no writable metadata", function()
    local id = sim:add_snapshots(1)[1]
    local reply = v1("PUT", "snapshots/" .. id, '{"snapshot": {"display_name": "new"}}')
    assert.are.equal("new", decoded(reply).snapshot.display_name)
    for method, body in pairs { PUT = '{"metadata": {}}', POST = '{"metadata": {}}' } do
      assert.are.equal(405, v1(method, "snapshots/" .. id .. "/metadata", body).status)
    end
    assert.are.equal(404, v1("PUT", "snapshots/" .. id .. "/metadata/k", "{}").status)
    assert.are.equal(405, v1("POST", "snapshots/" .. id, "{}").status)
  end)

  it("deletes with 202, and with 409 while something is going on", function()
    local id = decoded(create()).snapshot.id
    local reply = v1("DELETE", "snapshots/" .. id)
    assert.are.equal(409, reply.status)
    assert.is_truthy(decoded(reply).conflictingRequest.message
      :find("conflicts with in-progress", 1, true))
    sim:advance(1)
    assert.are.equal(202, v1("DELETE", "snapshots/" .. id).status)
    assert.are.equal(409, v1("DELETE", "snapshots/" .. id).status)
    sim:advance(1)
    reply = v1("DELETE", "snapshots/" .. id)
    assert.are.equal(('{"itemNotFound": {"message": "Snapshot %s could not be found.", '
      .. '"code": 404}}'):format(id), reply.body)
    sim:add_snapshots(1, { status = "error_deleting" })
    id = decoded(v1("GET", "snapshots")).snapshots[1].id
    assert.are.equal(400, v1("DELETE", "snapshots/" .. id).status)
  end)

  it("answers a bad body with 422", function()
    for _, body in ipairs { "", "{", "[]", "{}", '{"snapshot": 1}', '{"snapshot": {}}' } do
      local reply = v1("POST", "snapshots", body)
      assert.are.equal(422, reply.status, body)
      assert.are.equal(422, decoded(reply).computeFault.code)
    end
    assert.are.equal(422, v1("PUT", "snapshots/" .. sim:add_snapshots(1)[1], "{}").status)
    assert.are.equal(400, create(', "display_name": 5').status)
    assert.are.equal(404, v1("POST", "snapshots", '{"snapshot": {"volume_id": "x"}}').status)
  end)

  it("wants force for a volume in use", function()
    sim.store.volume_by_id[sim.volume_id].status = "in-use"
    assert.are.equal("Invalid volume: must be available", message_of(create()))
    assert.are.equal(200, create(', "force": true').status)
    assert.are.equal(200, create(', "force": "True"').status)
  end)

  it("pages by limit and offset, without links or filters", function()
    sim:add_snapshots(5, { prefix = "" })
    assert.are.equal("5 4 3 2 1", names_in(v1("GET", "snapshots")))
    assert.are.equal("5 4", names_in(v1("GET", "snapshots?limit=2")))
    assert.are.equal("3 2", names_in(v1("GET", "snapshots/detail?limit=2&offset=2")))
    assert.are.equal("", names_in(v1("GET", "snapshots?limit=2&offset=9")))
    assert.are.equal("5 4 3 2 1", names_in(v1("GET", "snapshots?limit=0")))
    assert.are.equal("5 4 3 2 1", names_in(v1("GET", "snapshots?status=error&name=1")))
    assert.is_nil(decoded(v1("GET", "snapshots?limit=2")).snapshots_links)
    sim.page_limit = 3
    assert.are.equal("5 4 3", names_in(v1("GET", "snapshots?limit=100")))
    assert.are.equal("limit param must be an integer",
      message_of(v1("GET", "snapshots?limit=x")))
    assert.are.equal("offset param must be positive",
      message_of(v1("GET", "snapshots?offset=-1")))
  end)

  it("has quotas per volume and per project", function()
    sim.snapshots_per_volume = 1
    assert.are.equal(200, create().status)
    local reply = create()
    assert.are.equal(429, reply.status)
    assert.are.equal(429, decoded(reply).SnapshotQuotaExceeded.code)
    sim.snapshots_per_volume, sim.quotas.snapshots = 500, 1
    assert.are.equal(413, create().status)
  end)

  it("keeps projects apart, and wants a token", function()
    local id = sim:add_snapshots(1)[1]
    assert.are.equal(404, v1("GET", "snapshots/" .. id, nil, { user = "other" }).status)
    assert.are.equal("", names_in(v1("GET", "snapshots", nil, { user = "other" })))
    local reply = v1("GET", "snapshots", nil, { token = "junk" })
    assert.are.equal(401, reply.status)
    assert.are.equal(401, decoded(reply).unauthorized.code)
    assert.are.equal("Malformed request url",
      message_of(v1("GET", "snapshots", nil, { project = "abc" })))
    assert.are.equal(404, v1("GET", "nothing").status)
  end)

  it("restores volumes", function()
    local id = sim:add_snapshots(1)[1]
    local reply = v1("POST", "volumes", ('{"volume": {"snapshot_id": "%s", "size": 2, '
      .. '"display_name": "copy", "metadata": {"a": "b"}}}'):format(id))
    assert.are.equal(200, reply.status)
    local volume = decoded(reply).volume
    assert.are.same({ "copy", 2, id, { a = "b" } },
      { volume.display_name, volume.size, volume.snapshot_id, volume.metadata })
    sim:advance(1)
    assert.are.equal("available", decoded(v1("GET", "volumes/" .. volume.id)).volume.status)
    assert.are.equal(2, #decoded(v1("GET", "volumes")).volumes)
    assert.are.equal(404, v1("GET", "volumes/x").status)
    assert.are.equal(400, v1("POST", "volumes", '{"volume": {}}').status)
    assert.are.equal(422, v1("POST", "volumes", "{}").status)
  end)
end)

describe("the simulated v2", function()
  it("is v3 without microversions", function()
    local reply = http:ask("POST", "snapshots", { api = 2, version = 70,
      body = snapshot_body(', "name": "a", "metadata": {"k": "v"}') })
    assert.are.equal(202, reply.status)
    assert.are.equal("volume 2.0", reply.headers["openstack-api-version"])
    local snapshot = decoded(reply).snapshot
    assert.are.equal("a", snapshot.name)
    assert.is_nil(snapshot.user_id)
    assert.are.same({ k = "v" }, snapshot.metadata)
  end)

  it("links to its own pages", function()
    sim:add_snapshots(3, { prefix = "" })
    local reply = http:ask("GET", "snapshots?limit=2", { api = 2, headers = { Host = "cloud:1" } })
    local project = sim.accounts:project("demo").id
    assert.are.equal("3 2", names_in(reply))
    local snapshots = decoded(reply).snapshots
    assert.are.same({ { rel = "next", href = ("http://cloud:1/v2/%s/snapshots?limit=2&marker=%s")
      :format(project, snapshots[2].id) } }, decoded(reply).snapshots_links)
  end)

  it("ignores what it does not know", function()
    sim:add_snapshots(2, { prefix = "" })
    assert.are.equal("2 1",
      names_in(http:ask("GET", "snapshots?banana=1&with_count=1", { api = 2 })))
    assert.are.equal("1", names_in(http:ask("GET", "snapshots?name=1", { api = 2 })))
  end)
end)

describe("the simulated v3", function()
  local function v3(method, path, options)
    return http:ask(method, path, options)
  end

  it("knows only the microversions it was told", function()
    sim:close()
    start { max_microversion = "3.30" }
    assert.are.equal("volume 3.30", v3("GET", "snapshots", { headers = {
      ["OpenStack-API-Version"] = "volume latest" } }).headers["openstack-api-version"])
    assert.are.equal(406, v3("GET", "snapshots", { version = 31 }).status)
    assert.are.equal("3.30", decoded(http:request("GET", "/")).versions[3].version)
  end)

  it("takes a microversion from a list for several services", function()
    local reply = v3("GET", "snapshots", { headers = {
      ["OpenStack-API-Version"] = "compute 2.1, volume 3.14" } })
    assert.are.equal("volume 3.14", reply.headers["openstack-api-version"])
  end)

  it("shows unknown paths as HTML to who does not ask for JSON", function()
    local reply = v3("GET", "snapshots/", { headers = { Accept = "*/*" } })
    assert.are.equal(404, reply.status)
    assert.are.equal("text/html; charset=UTF-8", reply.headers["content-type"])
    assert.is_truthy(reply.body:find("<title>404 Not Found</title>", 1, true))
    for _, path in ipairs { "snapshots/", "snapshots/a/b", "nothing", "snapshots/a/metadata/" } do
      assert.are.equal("404 Not Found", decoded(v3("GET", path)).code, path)
    end
    assert.are.equal("404 Not Found", decoded(v3("DELETE", "snapshots")).code)
    assert.are.equal(404, http:request("GET", "/v4/x").status)
  end)

  it("needs no token below /noauth, and no project", function()
    sim:add_snapshots(1)
    assert.are.equal("snapshot-1", names_in(http:request("GET", "/noauth/v3/snapshots")))
    assert.are.equal(401, http:request("GET", "/v3/snapshots").status)
  end)

  it("believes a proxy about its host", function()
    sim:add_snapshots(2)
    local reply = v3("GET", "snapshots?limit=1",
      { headers = { ["X-Forwarded-Host"] = "a.example, b.example" }, prefix = "/dfw" })
    assert.is_truthy(decoded(reply).snapshots_links[1].href:find("^http://b%.example/v3/"))
  end)

  describe("listing", function()
    local ids

    before_each(function()
      ids = sim:add_snapshots(4, { prefix = "" })
    end)

    local function list(query, options)
      return names_in(v3("GET", "snapshots?" .. query, options))
    end

    it("follows markers in any order", function()
      local order = { "", "sort=created_at:asc&", "sort=name:asc&", "sort_key=name&",
        "sort=status:desc,name:desc&", "sort=created_at:asc,name:desc&", "sort=volume_size,id&" }
      local by_id = {}
      for i, id in ipairs(ids) do
        by_id[i] = { id, tostring(i) }
      end
      table.sort(by_id, function(a, b) return a[1] > b[1] end)
      for i, pair in ipairs(by_id) do
        by_id[i] = pair[2]
      end
      local expected = { "4 3 2 1", "1 2 3 4", "1 2 3 4", "4 3 2 1", "4 3 2 1", "1 2 3 4",
        table.concat(by_id, " ") }
      for i, sort in ipairs(order) do
        local seen, query = {}, sort .. "limit=1"
        repeat
          local reply = v3("GET", "snapshots?" .. query, { version = 30 })
          seen[#seen + 1] = names_in(reply)
          local links = decoded(reply).snapshots_links
          query = links and links[1].href:match("%?(.*)$")
        until not query
        assert.are.equal(expected[i] .. " ", table.concat(seen, " "), sort)
      end
    end)

    it("follows a marker that the filter leaves out", function()
      sim:find_snapshot(ids[3]).status = "error"
      assert.are.equal("2 1", list("status=available&marker=" .. ids[3]))
      assert.are.equal("1 2", list("sort=name:asc&status=available&limit=2", { version = 30 }))
      assert.are.equal("4", list("sort=name:asc&status=available&marker=" .. ids[3],
        { version = 30 }))
    end)

    it("sorts by what there is, nothing first", function()
      sim:find_snapshot(ids[2]).name = nil
      sim:find_snapshot(ids[2]).description = "d"
      assert.are.equal("null 1 3 4", list("sort=display_name:asc"))
      assert.are.equal("1 3 4 null", list("sort=display_description:asc"))
      assert.are.equal("null 4 3 1", list("sort=display_description:desc"))
    end)

    it("loses rows at a marker without a text, as Cinder does", function()
      sim:find_snapshot(ids[1]).name = ""
      sim:find_snapshot(ids[2]).name = nil
      sim:find_snapshot(ids[4]).name = nil
      assert.are.equal("null null  3", list("sort=display_name:asc"))
      assert.are.equal("3", list("sort=display_name:asc&marker=" .. ids[4]))
      assert.are.equal("null null 3", list("sort=display_name:asc&marker=" .. ids[1]))
    end)

    it("takes the name for a sort key once", function()
      local again = v3("GET", "snapshots?sort=name,name:desc", { version = 30 })
      assert.are.equal(400, again.status)
      assert.are.equal("Invalid input received: Invalid sort key", message_of(again))
    end)

    it("refuses what is no UTF-8", function()
      for _, query in ipairs { "name=%FF", "%FF=x", "metadata={'k':'%C3'}" } do
        assert.are.equal(400, v3("GET", "snapshots?" .. query).status)
      end
    end)

    it("skips an offset, also beyond a marker", function()
      assert.are.equal("3 2", list("offset=1&limit=2"))
      assert.are.equal("1", list("offset=1&marker=" .. ids[3]))
      assert.are.equal("", list("offset=9"))
    end)

    it("links from every full page, also the last", function()
      local reply = v3("GET", "snapshots?limit=4")
      assert.is_truthy(decoded(reply).snapshots_links)
      assert.is_nil(decoded(v3("GET", "snapshots?limit=5")).snapshots_links)
      sim.page_limit = 4
      assert.is_truthy(decoded(v3("GET", "snapshots")).snapshots_links)
      assert.are.equal("4 3 2 1", list("limit=99"))
    end)

    it("links with a count from every page that is not empty", function()
      local page = decoded(v3("GET", "snapshots?with_count=1&limit=3&marker=" .. ids[2],
        { version = 45 }))
      assert.are.equal(4, page.count)
      assert.are.equal(1, #page.snapshots)
      assert.is_truthy(page.snapshots_links)
      page = decoded(v3("GET", "snapshots?with_count=0", { version = 45 }))
      assert.is_nil(page.count)
    end)

    it("filters by name, status, volume and metadata", function()
      sim:find_snapshot(ids[1]).metadata = require("rsnapshots.simulator.text.json")
        .object("a", "it's", "b", "2")
      assert.are.equal("2", list("name=2"))
      assert.are.equal("", list("name=2&status=error"))
      assert.are.equal("4 3 2 1", list("volume_id=" .. sim.volume_id))
      assert.are.equal("1", list("metadata={'a':%20%22it's%22}", { version = 22 }))
      assert.are.equal("1", list("metadata={%22b%22:%222%22,}", { version = 70 }))
      assert.are.equal("", list("metadata={'b':'2','c':'3'}", { version = 70 }))
      assert.are.equal("4 3 2 1", list("metadata={}", { version = 70 }))
      assert.are.equal("4 3 2 1", list("metadata={'b':'2'}", { version = 21 }))
      for _, junk in ipairs { "['b']", "{'b'}", "{'b':2}", "{'b':'2'", "{'b':'2'}x", "{'b'" } do
        assert.are.equal("", list("metadata=" .. junk, { version = 22 }))
      end
      assert.are.equal("1", list("metadata={'a':'it%5C's'}", { version = 22 }))
      sim:find_snapshot(ids[2]).metadata = require("rsnapshots.simulator.text.json")
        .object("lines", "a\nb\t\127é")
      for _, literal in ipairs { "a%5Cnb%5Ct%5Cx7f%C3%A9", "a%5Cx0ab%5Cx09%5Cu007f%5Cxe9" } do
        assert.are.equal("2", list("metadata={'lines':'" .. literal .. "'}", { version = 22 }))
      end
      assert.are.equal("4 3 2 1", list("availability_zone=nova", { version = 31 }))
      assert.are.equal("", list("availability_zone=mars", { version = 31 }))
      assert.are.equal("", list("consumes_quota=false", { version = 65 }))
    end)

    it("filters by time or pattern only where the cloud allows it", function()
      for _, query in ipairs { "created_at=gt:2020-01-01T00:00:00", "name~=a", "project_id=x" } do
        assert.are.equal(400, v3("GET", "snapshots?" .. query, { version = 70 }).status)
      end
      sim.snapshot_filters["name~"] = true
      sim:find_snapshot(ids[1]).name = "Nightly one"
      assert.are.equal("Nightly one", list("name~=NIGHT", { version = 34 }))
      assert.are.equal(400, v3("GET", "snapshots?name~=x", { version = 33 }).status)
    end)

    it("names every filter it refuses", function()
      local reply = v3("GET", "snapshots?b=1&a=2&all_tenants=1", { version = 31 })
      assert.are.equal("Invalid filters b,a are found in query options.", message_of(reply))
    end)

    it("shows all projects to administrators alone", function()
      local volume = sim:add_volume { project = "other" }
      sim:add_snapshots(1, { volume_id = volume, name = "foreign" })
      assert.are.equal("4 3 2 1", list("all_tenants=1"))
      assert.are.equal("", list("", { user = "admin" }))
      assert.are.equal(5, select(2, list("all_tenants=1", { user = "admin" }):gsub("%S+", "")))
      local other = sim.accounts:project("other").id
      assert.are.equal("foreign", list("all_tenants=1&project_id=" .. other,
        { user = "admin", version = 70 }))
      assert.are.equal("", list("all_tenants=1&banana=1", { user = "admin", version = 70 }))
    end)

    it("refuses what is no number", function()
      for query, message in pairs {
        ["limit="] = "limit param must be an integer",
        ["limit=1.5"] = "limit param must be an integer",
        ["offset=abc"] = "offset must be an integer",
        ["offset=99999999999"] = "offset must be <= 2147483647",
      } do
        assert.are.equal(message, message_of(v3("GET", "snapshots?" .. query)))
      end
      assert.are.equal("4", list("limit=%201"))
    end)
  end)

  describe("checking bodies", function()
    local function refusal(body, path, method)
      local reply = v3(method or "POST", path or "snapshots", { body = body })
      assert.are.equal(400, reply.status, body)
      return (message_of(reply):gsub(sim.volume_id:gsub("%-", "%%-"), "VOLUME"))
    end

    local PREFIX = "Invalid input for field/attribute "

    it("says what is wrong where, as jsonschema does", function()
      for fields, message in pairs {
        [', "b": 1, "a": 2'] = "snapshot. Value: {'volume_id': 'VOLUME', 'b': 1, 'a': 2}. "
          .. "Additional properties are not allowed ('a', 'b' were unexpected)",
        [', "name": 5'] = "name. Value: 5. 5 is not of type 'string', 'null'",
        [', "metadata": []'] = "metadata. Value: []. [] is not of type 'object', 'null'",
        [', "metadata": {"a": null}'] = "a. Value: None. None is not of type 'string'",
        [', "force": null'] = "force. Value: None. None is not of type 'boolean', 'string'",
        [', "zz": "it\'s"'] = "snapshot. Value: {'volume_id': 'VOLUME', 'zz': \"it's\"}. "
          .. "Additional properties are not allowed ('zz' was unexpected)",
        [', "metadata": {"b~": "1", "a~": "2"}'] = "metadata. Value: {'b~': '1', 'a~': '2'}. "
          .. "'a~', 'b~' do not match any of the regexes: '^[a-zA-Z0-9-_:. /]{1,255}$'",
        [', "name": {"a": [1, true, null]}'] = "name. Value: {'a': [1, True, None]}. "
          .. "{'a': [1, True, None]} is not of type 'string', 'null'",
      } do
        assert.are.equal(PREFIX .. message, refusal(snapshot_body(fields)))
      end
    end)

    it("looks at the whole body too", function()
      assert.are.equal("None is not of type 'object'", refusal("null"))
      assert.are.equal("'x' is not of type 'object'", refusal('"x"'))
      assert.are.equal(PREFIX .. "snapshot. Value: x. 'x' is not of type 'object'",
        refusal('{"snapshot": "x"}'))
      assert.are.equal("Additional properties are not allowed ('x' was unexpected)",
        refusal(snapshot_body():sub(1, -2) .. ', "x": 1}'))
      for _, body in ipairs { '{"a": "\t"}', '"\255"', "{} {}", '{"a": 01}', '["\\x"]', "[1,]",
          ("["):rep(100) .. ("]"):rep(100) } do
        assert.are.equal("Malformed request body", refusal(body))
      end
    end)

    it("reads escapes, and writes them again", function()
      local name = '"\\ud83d\\ude00 \\u00e9\\t\\"\\/\\\\"'
      local reply = v3("POST", "snapshots", { body = snapshot_body(', "name": ' .. name) })
      assert.is_truthy(reply.body:find('"name": ' .. name:gsub("\\/", "/"), 1, true), reply.body)
    end)

    it("takes the old name, and strips blanks", function()
      local reply = v3("POST", "snapshots", { body =
        snapshot_body(', "display_name": " old ", "description": " d "') })
      assert.are.equal("old", decoded(reply).snapshot.name)
      assert.are.equal("d", decoded(reply).snapshot.description)
    end)

    it("takes any printable character in a description", function()
      local reply = v3("POST", "snapshots", { body = snapshot_body(', "description": "é 日本 ~"') })
      assert.are.equal(202, reply.status)
      for _, bad in ipairs { "\\u0007", "\194\173", "\240\159\152\128", "\\u2028" } do
        local message = refusal(snapshot_body((', "description": "%s"'):format(bad)))
        assert.is_truthy(message:find("does not match", 1, true))
      end
    end)

    it("updates through the old names too", function()
      local id = sim:add_snapshots(1)[1]
      local reply = v3("PUT", "snapshots/" .. id, { body =
        '{"snapshot": {"display_name": "n", "display_description": "d"}}' })
      assert.are.same({ "n", "d" },
        { decoded(reply).snapshot.name, decoded(reply).snapshot.description })
    end)

    it("checks metadata by other rules", function()
      local path = "snapshots/" .. sim:add_snapshots(1)[1] .. "/metadata"
      local missing = "Missing required element 'metadata' in request body."
      for _, body in ipairs { "{}", "[]", "null", '{"metadata": null}', '{"metadata": "x"}' } do
        assert.are.equal(missing, refusal(body, path))
      end
      assert.are.equal("Invalid metadata: Invalid input received: Metadata key:  has 0 "
        .. "characters, less than 1.", refusal('{"metadata": {"": "v"}}', path))
      local long = ("x"):rep(256)
      for _, body in ipairs { '{"metadata": {"%s": "v"}}', '{"metadata": {"k": "%s"}}' } do
        local reply = v3("POST", path, { body = body:format(long) })
        assert.are.equal(413, reply.status)
        assert.is_nil(reply.headers["retry-after"])
      end
      assert.are.equal("Missing required element 'meta' in request body.",
        refusal("{}", path .. "/k", "PUT"))
    end)

    it("checks volumes", function()
      assert.are.equal(PREFIX .. "size. Value: x. 'x' does not match '^[0-9]+$'",
        refusal('{"volume": {"size": "x"}}', "volumes"))
      assert.are.equal(PREFIX .. "size. Value: 1.5. 1.5 is not of type 'integer', 'string', 'null'",
        refusal('{"volume": {"size": 1.5}}', "volumes"))
      assert.are.equal(PREFIX .. "name. Value: 5. 5 is not of type 'string', 'null'",
        refusal('{"volume": {"size": 1, "name": 5}}', "volumes"))
      assert.are.equal("Invalid input received: name has 256 characters, more than 255.",
        refusal(('{"volume": {"size": 1, "name": "%s"}}'):format(("x"):rep(256)), "volumes"))
      assert.are.equal("Additional properties are not allowed ('x' was unexpected)",
        refusal('{"volume": {"size": 1}, "x": 1}', "volumes"))
      assert.is_truthy(refusal('{"volume": {}}', "volumes"):find("could not comply"))
      local id = sim:add_snapshots(1, { volume_id = sim:add_volume { size = 3 } })[1]
      assert.is_truthy(refusal(('{"volume": {"size": 2, "snapshot_id": "%s"}}'):format(id),
        "volumes"):find("cannot be smaller than the snapshot size 3GB", 1, true))
      sim:find_snapshot(id).status = "error"
      assert.is_truthy(refusal(('{"volume": {"snapshot_id": "%s"}}'):format(id), "volumes")
        :find("Originating snapshot status must be one of 'available' values", 1, true))
    end)
  end)

  describe("refusing", function()
    it("has a quota of one for the user small", function()
      local volume = sim:add_volume { project = "small" }
      local body = ('{"snapshot": {"volume_id": "%s"}}'):format(volume)
      local options = { user = "small", body = body }
      assert.are.equal(202, v3("POST", "snapshots", options).status)
      local reply = v3("POST", "snapshots", options)
      assert.are.equal(413, reply.status)
      assert.are.equal("0", reply.headers["retry-after"])
      assert.are.equal("0", decoded(reply).overLimit.retryAfter)
    end)

    it("has a quota for everybody when told so", function()
      sim:close()
      start { quota_snapshots = 2 }
      sim:add_snapshots(2)
      local reply = v3("POST", "snapshots", { body = snapshot_body() })
      assert.are.equal("SnapshotLimitExceeded: Maximum number of snapshots allowed (2) exceeded",
        message_of(reply))
    end)

    it("lets a driver change states step by step", function()
      local id = decoded(v3("POST", "snapshots", { body = snapshot_body() })).snapshot.id
      local function step(inside, user)
        return v3("POST", "snapshots/" .. id .. "/action", { user = user, project = nil,
          body = ('{"os-update_snapshot_status": {%s}}'):format(inside) })
      end
      local reply = step('"status": "creating", "progress": "33%"')
      assert.are.equal(202, reply.status)
      assert.are.equal("text/html; charset=UTF-8", reply.headers["content-type"])
      assert.are.equal("33%", decoded(v3("GET", "snapshots/" .. id)).snapshot
        ["os-extended-snapshot-attributes:progress"])
      for inside, message in pairs {
        ['"status": "deleting"'] = "Provided snapshot status deleting not allowed for snapshot "
          .. "with status creating.",
        ['"status": "available", "progress": "x"'] = "Invalid input received: progress must be "
          .. "an integer percentage",
        ['"status": "available", "progress": "140%"'] = "Invalid input received: progress must "
          .. "be an integer percentage between 0 and 100",
        ['"progress": "4%"'] = "Invalid input for field/attribute os-update_snapshot_status. "
          .. "Value: {'progress': '4%'}. 'status' is a required property",
      } do
        assert.are.equal(message, message_of(step(inside)))
      end
      assert.are.equal(202, step('"status": "available"').status)
      assert.are.equal("Snapshot status available not allowed for update_snapshot_status",
        message_of(step('"status": "available"')))
    end)

    it("leaves managing to administrators", function()
      local id = sim:add_snapshots(1)[1]
      local manage = ('{"snapshot": {"volume_id": "%s", "ref": {"source-name": "x"}}}')
        :format(sim.volume_id)
      local unmanage = { body = '{"os-unmanage": {}}' }
      assert.are.equal(403, v3("POST", "snapshots/" .. id .. "/action", unmanage).status)
      unmanage.user = "admin"
      assert.are.equal(202, v3("POST", "snapshots/" .. id .. "/action", unmanage).status)
      assert.are.equal(404, v3("GET", "snapshots/" .. id).status)
      for path, version in pairs { manageable_snapshots = 8, ["os-snapshot-manage"] = 0 } do
        assert.are.equal(403, v3("POST", path, { body = manage, version = version }).status)
        assert.are.equal(202, v3("POST", path,
          { body = manage, version = version, user = "admin" }).status)
        assert.are.equal(403, v3("GET", path, { version = version }).status)
        assert.are.equal("Invalid input received: Host field is missing.",
          message_of(v3("GET", path, { version = version, user = "admin" })))
        assert.are.equal("Service cinder-volume could not be found on host h.",
          message_of(v3("GET", path .. "?host=h", { version = version, user = "admin" })))
      end
    end)

    it("lists what the storage has, as a real one does", function()
      local ids = sim:add_snapshots(2)
      table.sort(ids)
      assert.are.equal(202, v3("POST", "snapshots/" .. ids[1] .. "/action",
        { body = '{"os-unmanage": {}}', user = "admin" }).status)
      local as_admin = { version = 8, user = "admin" }
      local source = ('"source_reference": {"source-name": "volume-%s"}}'):format(sim.volume_id)
      assert.are.equal(('{"manageable-snapshots": [{"reference": {"source-name": "snapshot-%s"}, '
        .. '"size": 1, "safe_to_manage": false, "reason_not_safe": "already managed", '
        .. '"extra_info": null, "cinder_id": "%s", %s, '
        .. '{"reference": {"source-name": "snapshot-%s"}, "size": 1, "safe_to_manage": true, '
        .. '"reason_not_safe": null, "extra_info": null, "cinder_id": null, %s]}'):format(ids[2],
        ids[2], source, ids[1], source),
        v3("GET", "manageable_snapshots/detail?host=simulator@nothing%23nothing", as_admin).body)
      assert.are.equal(('{"manageable-snapshots": [{"reference": {"source-name": "snapshot-%s"}, '
        .. '"size": 1, "safe_to_manage": true, %s]}'):format(ids[1], source),
        v3("GET", "manageable_snapshots?host=simulator@nothing&limit=1&offset=1", as_admin).body)
    end)

    it("names the action it does not know", function()
      local path = "snapshots/" .. sim:add_snapshots(1)[1] .. "/action"
      assert.are.equal("There is no such action: None. Verify the request body and Content-Type "
        .. "header and try again.", message_of(v3("POST", path)))
      assert.are.equal("Malformed request body",
        message_of(v3("POST", path, { body = '{"a": 1, "b": 2}' })))
    end)

    it("says so when it is itself at fault", function()
      sim.store.snapshot_by_id = nil
      local reply = v3("GET", "snapshots/x")
      assert.are.equal(500, reply.status)
      assert.is_truthy(reply.headers["x-simulator-error"]:find("snapshot_by_id", 1, true))
      sim.accounts.user_by_id = nil
      reply = http:post("/identity/v3/auth/tokens",
        '{"auth": {"identity": {"methods": ["password"], '
        .. '"password": {"user": {"id": "x"}}}}}')
      assert.is_truthy(reply.headers["x-simulator-error"]:find("user_by_id", 1, true))
    end)
  end)
end)
