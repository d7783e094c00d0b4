-- What each kind of odd service sends, by raw HTTP.

local asking = require "rsnapshots.simulator.quirks.asking"
local frozen = require "spec.support.frozen"
local json = require "rsnapshots.simulator.text.json"
local rawhttp = require "spec.support.rawhttp"
local simulator = require "rsnapshots.simulator"

local decoded, message_of = rawhttp.decode, rawhttp.message

local sim, http

local shown = {} -- the quirks that a test here shows

-- A test on a simulator with one quirk.
local function quirk(word, sentence, body, options)
  shown[word:match "^[^=]+"] = true
  it(word .. ": " .. sentence, function()
    local all = { quirks = { word } }
    for name, value in pairs(options or {}) do
      all[name] = value
    end
    sim, http = frozen.start(all)
    body()
  end)
end

after_each(function()
  if sim then
    sim:close()
    sim = nil
  end
end)

local function list(query, options)
  local reply = http:ask("GET", "snapshots/detail" .. (query or ""), options)
  return reply.status == 200 and reply.body:find "^%s*{" and decoded(reply) or {}, reply
end

local function names(query, options)
  local found = {}
  for i, snapshot in ipairs(list(query, options).snapshots) do
    found[i] = snapshot.name or snapshot.display_name
  end
  return table.concat(found, " ")
end

local function get(id, options)
  return http:ask("GET", "snapshots/" .. id, options)
end

local function one(id)
  return decoded(get(id)).snapshot
end

local function create(fields, options)
  options = options or {}
  options.body = ('{"snapshot": {"volume_id": "%s"%s}}'):format(sim.volume_id, fields or "")
  return http:ask("POST", "snapshots", options)
end

local function authenticate()
  return http:post("/identity/v3/auth/tokens", '{"auth": {"identity": {"methods": ["password"], '
    .. '"password": {"user": {"name": "demo", "password": "demopw", "domain": {"id": "default"}}}'
    .. '}}}')
end

-- The block storage endpoints of the catalog.
local function endpoints()
  local found = {}
  for _, service in ipairs(decoded(authenticate()).token.catalog) do
    if service.type == "volumev3" then
      found = service.endpoints
    end
  end
  return found
end

local PROGRESS = "os-extended-snapshot-attributes:progress"

describe("odd listings", function()
  quirk("links_only_with_limit", "no limit, no link", function()
    sim:add_snapshots(5)
    local page = list()
    assert.equal(3, #page.snapshots)
    assert.is_nil(page.snapshots_links)
    assert.equal("next", list("?limit=3").snapshots_links[1].rel)
  end, { page_limit = 3 })

  quirk("no_links", "a full page says nothing of the next", function()
    sim:add_snapshots(1001)
    local page = list "?limit=2000"
    assert.equal(1000, #page.snapshots)
    assert.is_nil(page.snapshots_links)
    assert.equal(1, #list("?marker=" .. page.snapshots[1000].id).snapshots)
  end)

  for name, key in pairs { links_as_links = "links", links_as_snapshot_links = "snapshot_links" } do
    quirk(name, "the list is under " .. key, function()
      sim:add_snapshots(2)
      local page = list "?limit=1"
      assert.is_nil(page.snapshots_links)
      assert.matches("marker=", page[key][1].href)
    end)
  end

  quirk("links_as_next", "next is a URL", function()
    sim:add_snapshots(2)
    local page = list "?limit=1"
    assert.is_nil(page.snapshots_links)
    assert.matches("^http://.*marker=" .. page.snapshots[1].id:gsub("%-", "%%-"), page.next)
    assert.is_nil(list("?limit=3").next)
  end)

  quirk("links_in_header", "an RFC 8288 header", function()
    sim:add_snapshots(2)
    local page, reply = list "?limit=1"
    assert.is_nil(page.snapshots_links)
    assert.matches('^<http://.*marker=.*>; rel="next"$', reply.headers.link)
  end)

  quirk("several_links", "a folded header, and another one", function()
    sim:add_snapshots(2)
    local page, reply = list "?limit=1"
    assert.is_nil(page.snapshots_links)
    assert.equal("</style.css>; rel=preload; as=style", reply.headers.link)
  end)

  quirk("links_in_pagination", "next in an object", function()
    sim:add_snapshots(2)
    local page = list "?limit=1"
    assert.is_nil(page.snapshots_links)
    assert.matches("marker=", page.pagination.next)
  end)

  quirk("list_204", "every third page", function()
    sim:add_snapshots(2)
    local statuses = {}
    for i = 1, 4 do
      statuses[i] = http:ask("GET", "snapshots").status
    end
    assert.same({ 200, 200, 204, 200 }, statuses)
  end)

  quirk("links_rel_capitals", "Next", function()
    sim:add_snapshots(2)
    assert.equal("Next", list("?limit=1").snapshots_links[1].rel)
  end)

  quirk("links_elsewhere", "a host that nobody else knows", function()
    sim:add_snapshots(2)
    assert.matches("^http://10%.0%.0%.1:8776/internal/v3/",
      list("?limit=1").snapshots_links[1].href)
  end)

  quirk("links_relative", "a path", function()
    sim:add_snapshots(2)
    assert.matches("^/v3/.*marker=", list("?limit=1").snapshots_links[1].href)
  end)

  quirk("links_object", "{} on the last page", function()
    sim:add_snapshots(2)
    assert.is_truthy(list("?limit=1").snapshots_links[1])
    assert.matches('"snapshots_links": {}}$', select(2, list()).body)
  end)

  quirk("links_null", "null on the last page", function()
    assert.equal('{"snapshots": [], "snapshots_links": null}', select(2, list()).body)
  end)

  quirk("count_as_text", "a count that was not asked for", function()
    sim:add_snapshots(3)
    assert.equal("2", list("?limit=2").count)
    assert.equal("3", list("?limit=2&with_count=1", { version = 70 }).count)
  end)

  quirk("list_null", "nothing is null", function()
    assert.equal('{"snapshots": null}', select(2, list()).body)
    sim:add_snapshots(1)
    assert.equal(1, #list().snapshots)
  end)

  quirk("nulls_between", "every second record is null", function()
    sim:add_snapshots(2)
    local snapshots = list().snapshots
    assert.equal(4, #snapshots)
    assert.equal(json.null, snapshots[2])
    assert.equal("snapshot-1", snapshots[3].name)
  end)

  quirk("sort_ignored", "the oldest come first", function()
    sim:add_snapshots(3, { prefix = "" })
    assert.equal("1 2 3", names())
    assert.equal("1 2 3", names "?sort=created_at:desc")
    assert.equal("1 2 3", names "?sort_key=name&sort_dir=desc")
    assert.equal("1 2", names "?limit=2&sort=name:desc")
  end)

  quirk("sort_refused", "400", function()
    sim:add_snapshots(2, { prefix = "" })
    assert.equal("2 1", names())
    local _, reply = list "?sort=name:asc"
    assert.equal(400, reply.status)
    assert.equal("unknown query parameter 'sort'", message_of(reply))
    assert.equal("unknown query parameter 'sort_key'", message_of(select(2, list "?sort_key=id")))
  end)

  quirk("filters_ignored", "everything comes", function()
    sim:add_snapshots(3, { prefix = "" })
    assert.equal("3 2 1", names "?name=2&status=error")
    assert.equal("3", names "?name=2&limit=1")
  end)

  quirk("filters_refused", "400", function()
    local _, reply = list "?limit=1&status=available"
    assert.equal(400, reply.status)
    assert.equal("unknown query parameter 'status'", message_of(reply))
    assert.equal(200, select(2, list "?limit=1&sort=created_at").status)
  end)

  quirk("count_ignored", "no count", function()
    assert.is_nil(list("?with_count=True", { version = 70 }).count)
  end)

  quirk("marker_gone_400", "400 instead of 404", function()
    local _, reply = list "?marker=gone"
    assert.equal(400, reply.status)
    assert.equal("marker [gone] not found", message_of(reply))
  end)

  local V1 = { api = 1 }

  quirk("v1_offset_ignored", "the same page again", function()
    sim:add_snapshots(3, { prefix = "" })
    assert.equal("3 2", names("?limit=2&offset=2", V1))
    assert.equal("1", names("?limit=2&offset=2", { api = 3 }))
  end)

  quirk("v1_paging_ignored", "all at once", function()
    sim:add_snapshots(3, { prefix = "" })
    assert.equal("3 2 1", names("?limit=1&offset=1", V1))
  end)

  for name, expected in pairs { v1_past_end_204 = { 204, "" }, v1_past_end_empty = { 200, "" },
      v1_past_end_404 = { 404, "itemNotFound" }, v1_past_end_400 = { 400, "badRequest" } } do
    quirk(name, "so it ends", function()
      sim:add_snapshots(2, { prefix = "" })
      assert.equal("2", names("?limit=1", V1))
      assert.equal("1", names("?limit=1&offset=1", V1))
      local _, reply = list("?limit=1&offset=2", V1)
      assert.equal(expected[1], reply.status)
      assert.matches(expected[2], reply.body, 1, true)
      assert.equal(expected[2] == "", reply.body == "")
    end)
  end
end)

describe("odd records", function()
  quirk("odd_values", "of other types, in the newest alone", function()
    local ids = sim:add_snapshots(2, { metadata = { k = "v" }, age = 10 })
    local page = list("", { version = 70 })
    local odd, usual = page.snapshots[1], page.snapshots[2]
    assert.equal("1", odd.size)
    assert.equal(sim.now() - 10, odd.created_at)
    assert.equal(0, odd.updated_at)
    assert.same({ k = "v", number = 7, boolean = true, object = { a = "b" }, list = { "a" } },
      odd.metadata)
    assert.same({}, odd.description)
    assert.equal(100, odd[PROGRESS])
    assert.same({ 549343, 161418, "true" }, { odd["os-extended-snapshot-attributes:project_id"],
      odd.user_id, odd.consumes_quota })
    assert.equal(1, usual.size)
    assert.equal("1", one(ids[2]).size)
    local made = decoded(create()).snapshot
    assert.equal("1", made.size)
    assert.is_nil(made[PROGRESS]) -- as usual, not in this answer
    assert.equal(1, one(ids[2]).size)
  end)

  quirk("odd_names", "a number and an object", function()
    sim:add_snapshots(1)
    assert.equal(20261001, list().snapshots[1].name)
    assert.same({ id = sim.volume_id }, list().snapshots[1].volume_id)
    assert.equal(20261001, list("", { api = 1 }).snapshots[1].display_name)
  end)

  quirk("no_id", "the newest has none", function()
    sim:add_snapshots(2)
    local page = list()
    assert.is_nil(page.snapshots[1].id)
    assert.is_truthy(page.snapshots[2].id)
  end)

  quirk("sparse_records", "three members", function()
    local id = sim:add_snapshots(1)[1]
    assert.same({ id = id, volume_id = sim.volume_id, status = "available" }, one(id))
  end)

  quirk("metadata_list", "an empty list", function()
    sim:add_snapshots { { age = 1 }, { metadata = { a = "b" } } }
    local body = select(2, list()).body
    assert.matches('"metadata": {"a": "b"}', body, 1, true)
    assert.matches('"metadata": []', body, 1, true)
  end)

  quirk("size_real", "1.0", function()
    sim:add_snapshots(1)
    assert.matches('"size": 1.0,', select(2, list()).body, 1, true)
  end)

  quirk("duplicate_key", "the last one counts", function()
    local reply = create()
    assert.matches(('"volume_id": "another", "volume_id": "%s"'):format(sim.volume_id), reply.body,
      1, true)
  end)

  quirk("bad_text", "no UTF-8, and half a pair", function()
    local id = sim:add_snapshots(1)[1]
    assert.matches('"description": "caf\233 \\ud83d cut \226\130"', get(id).body, 1, true)
    assert.matches('"display_description": "caf\233', get(id, { api = 1 }).body, 1, true)
  end)

  quirk("byte_order_mark", "three bytes before the body", function()
    assert.equal('\239\187\191{"snapshots": []}', select(2, list()).body)
    local id = sim:add_snapshots(1)[1]
    assert.equal("", http:ask("DELETE", "snapshots/" .. id).body)
  end)

  for name, progress in pairs { progress_empty = "", progress_90 = "90%" } do
    quirk(name, "of what is available", function()
      local ids = sim:add_snapshots { { age = 1 }, { status = "creating" } }
      assert.equal(progress, one(ids[1])[PROGRESS])
      assert.equal("0%", one(ids[2])[PROGRESS])
    end)
  end

  quirk("progress_100", "of everything", function()
    local id = sim:add_snapshots(1, { status = "creating" })[1]
    assert.equal("100%", one(id)[PROGRESS])
  end)
end)

describe("odd answers while somebody waits", function()
  local function statuses(n, ask)
    local seen = {}
    for i = 1, n do
      seen[i] = ask().status
    end
    return seen
  end

  for name, content in pairs { proxy_404_text = { "text/plain; charset=utf-8", "default backend" },
      proxy_404_html = { "text/html; charset=iso-8859-1", "<h1>Not Found</h1>" } } do
    quirk(name, "every third request", function()
      local id = sim:add_snapshots(1)[1]
      assert.same({ 200, 200, 404, 200, 200 }, statuses(5, function() return get(id) end))
      local reply = http:ask("DELETE", "snapshots/" .. id)
      assert.equal(404, reply.status)
      assert.equal(content[1], reply.headers["content-type"])
      assert.matches(content[2], reply.body, 1, true)
      assert.equal("available", one(id).status)
    end)
  end

  quirk("proxy_404_text=2", "every second request", function()
    local id = sim:add_snapshots(1)[1]
    assert.same({ 200, 404, 200, 404 }, statuses(4, function() return get(id) end))
  end)

  quirk("maintenance_page", "every third look, and no change", function()
    local id = sim:add_snapshots(1)[1]
    get(id)
    get(id)
    local reply = get(id)
    assert.same({ 200, "text/html" }, { reply.status, reply.headers["content-type"] })
    assert.matches("Maintenance", reply.body)
    for _ = 1, 3 do
      assert.equal(202, create().status)
    end
  end)

  quirk("empty_body", "every third look", function()
    local id = sim:add_snapshots(1)[1]
    get(id)
    get(id)
    local reply = get(id)
    assert.same({ 200, "", "0" }, { reply.status, reply.body, reply.headers["content-length"] })
    assert.equal("available", one(id).status)
  end)

  quirk("half_body=2", "every second look", function()
    local id = sim:add_snapshots(1)[1]
    local whole = get(id)
    local half = get(id)
    assert.equal(whole.body:sub(1, math.floor(#whole.body / 2)), half.body)
    assert.equal(200, half.status)
  end)

  quirk("late_after_create", "two looks in vain", function()
    local id = decoded(create()).snapshot.id
    assert.same({ 404, 404, 200, 200 }, statuses(4, function() return get(id) end))
    local old = sim:add_snapshots(1)[1]
    assert.equal(200, get(old).status)
  end)

  quirk("stale_after_delete", "three looks at what is gone", function()
    local id = sim:add_snapshots(1)[1]
    assert.equal(202, http:ask("DELETE", "snapshots/" .. id).status)
    assert.equal("available", one(id).status)
    sim:advance(1)
    assert.equal("available", one(id).status)
    assert.equal("available", one(id).status)
    assert.equal(404, get(id).status)
    assert.equal(404, http:ask("DELETE", "snapshots/" .. id).status)
  end)

  quirk("stale_after_delete=1", "lists are stale, too", function()
    local id = sim:add_snapshots(1)[1]
    http:ask("DELETE", "snapshots/" .. id)
    assert.equal("available", list().snapshots[1].status)
    assert.equal("deleting", list().snapshots[1].status)
  end)

  for name, answer in pairs { delete_200_text = { 200, "OK" }, delete_200_null = { 200, "null" },
      delete_200_html = { 200, "<html><body>202 Accepted</body></html>" },
      delete_204 = { 204, "" } } do
    quirk(name, "deleted all the same", function()
      local id = sim:add_snapshots(1)[1]
      local reply = http:ask("DELETE", "snapshots/" .. id)
      assert.same(answer, { reply.status, reply.body })
      assert.equal("deleting", one(id).status)
      assert.equal(404, http:ask("DELETE", "snapshots/none").status)
    end)
  end

  quirk("metadata_204", "changed all the same", function()
    local id = sim:add_snapshots(1)[1]
    local reply = http:ask("PUT", "snapshots/" .. id .. "/metadata",
      { body = '{"metadata": {"a": "b"}}' })
    assert.same({ 204, "" }, { reply.status, reply.body })
    assert.same({ a = "b" }, one(id).metadata)
  end)

  quirk("update_204", "changed all the same", function()
    local id = sim:add_snapshots(1)[1]
    local reply = http:ask("PUT", "snapshots/" .. id, { body = '{"snapshot": {"name": "new"}}' })
    assert.same({ 204, "" }, { reply.status, reply.body })
    assert.equal("new", one(id).name)
  end)

  for name, status in pairs { create_201_location = 201, create_202_location = 202 } do
    quirk(name, "the URL of what is new", function()
      local reply = create()
      assert.same({ status, "" }, { reply.status, reply.body })
      local id = reply.headers.location:match("^" .. sim.url .. "/v3/%x+/snapshots/([%x-]+)$")
      assert.equal("creating", one(id).status)
    end)
  end
end)

describe("odd ways in", function()
  local DOCUMENTS = { "/", "/v3/", "/identity", "/identity/v3" }

  quirk("versions_closed", "no answer", function()
    for _, path in ipairs(DOCUMENTS) do
      local reply = http:request("GET", path)
      assert.same({ "closed", "" }, { reply.closed, reply.bytes }, path)
    end
    assert.equal(201, authenticate().status)
    assert.equal(200, select(2, list()).status)
  end)

  quirk("versions_hang", "never", function()
    for _, path in ipairs(DOCUMENTS) do
      local reply = http:request("GET", path, nil, nil, 0.02)
      assert.same({ "timeout", "" }, { reply.closed, reply.bytes }, path)
    end
    assert.equal(200, select(2, list()).status)
  end)

  for name, status in pairs { versions_429 = 429, versions_503 = 503, versions_hidden = 404 } do
    quirk(name, "but everything else is there", function()
      for _, path in ipairs(DOCUMENTS) do
        assert.equal(status, http:request("GET", path).status, path)
      end
      assert.equal(201, authenticate().status)
      assert.equal(200, select(2, list()).status)
    end)
  end

  quirk("rolled_back", "from 3.70 to 3.59", function()
    assert.equal(200, select(2, list("", { version = 70 })).status)
    local reply = select(2, list("", { version = 70 }))
    assert.equal(406, reply.status)
    assert.matches("maximum is 3.59", reply.body, 1, true)
    assert.equal("3.59", decoded(http:request("GET", "/")).versions[3].version)
    assert.equal(200, select(2, list("", { version = 59 })).status)
  end)

  quirk("keystone_500=2", "twice, then as usual", function()
    assert.equal(500, authenticate().status)
    assert.equal(500, decoded(authenticate()).error.code)
    assert.equal(201, authenticate().status)
  end)

  quirk("rescope_refused", "a token is what it is", function()
    local token = sim:credentials({ auth = "v3token" }).token
    local reply = http:post("/identity/v3/auth/tokens", ('{"auth": {"identity": {"methods": '
      .. '["token"], "token": {"id": "%s"}}}}'):format(token))
    assert.equal(403, reply.status)
    assert.matches("rescope a scoped token", message_of(reply), 1, true)
    assert.equal(201, authenticate().status)
    assert.equal(200, http:request("GET", "/identity/v3/auth/tokens",
      { ["X-Auth-Token"] = token, ["X-Subject-Token"] = token }).status)
  end)

  quirk("region_any", "*", function()
    for _, endpoint in ipairs(endpoints()) do
      assert.same({ "*", "*" }, { endpoint.region, endpoint.region_id })
    end
    assert.equal(3, #endpoints())
  end)

  quirk("region_named", "name and id differ", function()
    for _, endpoint in ipairs(endpoints()) do
      assert.same({ "Region One", "RegionOne" }, { endpoint.region, endpoint.region_id })
    end
  end)

  quirk("url_blanks", "around the URL", function()
    assert.matches("^  http://[^%s]+/v3/%x+\n$", endpoints()[1].url)
  end)

  for name, tail in pairs { url_tenant_template = "/v3/%(tenant_id)s",
      url_project_template = "/v3/$(project_id)s" } do
    quirk(name, "left in the URL", function()
      assert.equal(sim.url .. tail, endpoints()[1].url)
    end)
  end

  quirk("two_addresses", "the second is of no use", function()
    local all = endpoints()
    assert.equal(6, #all)
    assert.matches("^" .. sim.url .. "/v3/", all[1].url)
    assert.matches("^http://volume%.invalid:8776/v3/", all[4].url)
    assert.equal("public", all[4].interface)
  end)

  quirk("interface_capitals", "Public, Internal, Admin", function()
    local found = {}
    for i, endpoint in ipairs(endpoints()) do
      found[i] = endpoint.interface
    end
    assert.same({ "Public", "Internal", "Admin" }, found)
  end)

  for name, prefix in pairs { url_unversioned = "/volume", url_misleading = "/api/v1/volume" } do
    quirk(name, "the service is below a path", function()
      assert.equal(sim.url .. prefix, endpoints()[1].url)
      sim:add_snapshots(2)
      local reply = http:request("GET", prefix .. "/")
      assert.equal(300, reply.status)
      assert.matches(prefix .. "/v3/$", decoded(reply).versions[3].links[2].href)
      reply = http:ask("GET", "snapshots?limit=1", { prefix = prefix })
      assert.matches("^http://[%d.:]+" .. prefix .. "/v3/", decoded(reply).snapshots_links[1].href)
    end)
  end

  quirk("encoding_utf8", "in every answer", function()
    for _, reply in ipairs { http:request("GET", "/"), authenticate(), select(2, list()) } do
      assert.equal("utf-8", reply.headers["content-encoding"])
    end
  end)

  for name, status in pairs { redirect_301 = 301, redirect_302 = 302, redirect_308 = 308 } do
    quirk(name, "to another host", function()
      local _, reply = list()
      assert.equal(status, reply.status)
      assert.matches("^https://volume%.example/v3/%x+/snapshots/detail$", reply.headers.location)
      assert.equal(201, authenticate().status)
    end)
  end

  quirk("redirect_identity", "to another host", function()
    local reply = authenticate()
    assert.same({ 301, "https://identity.example/identity/v3/auth/tokens" },
      { reply.status, reply.headers.location })
  end)
end)

describe("odd refusals", function()
  local count = 0
  for _, pair in ipairs(simulator.quirks()) do
    local name = pair[1]
    if name:find "^fault_" then
      count = count + 1
      quirk(name, "with the service's words", function()
        local reply = get "none"
        assert.equal(404, reply.status)
        assert.matches("Snapshot none could not be found.", reply.body, 1, true)
        assert.is_nil(reply.body:find('"itemNotFound": {"code"', 1, true))
        assert.equal(#reply.body, tonumber(reply.headers["content-length"]))
        if name == "fault_xml" then
          assert.equal("application/xml", reply.headers["content-type"])
        else
          assert.is_truthy(json.decode(reply.body), reply.body)
        end
        assert.equal(200, select(2, list()).status)
      end)
    end
  end

  it("have 21 shapes", function()
    assert.equal(21, count)
  end)

  quirk("fault_error_msg", "as Huawei's are", function()
    local body = decoded(get "none")
    assert.same({ error_code = "EVS.5404", error_msg = "Snapshot none could not be found.",
      request_id = "r1" }, body)
  end)

  quirk("fault_xml", "as old services' are", function()
    assert.equal('<?xml version="1.0" encoding="UTF-8"?>\n<itemNotFound code="404"><message>'
      .. "Snapshot a&amp;b could not be found.</message></itemNotFound>", get("a&b").body)
  end)

  quirk("rate_limit_says_quota", "once", function()
    local reply = create()
    assert.same({ 429, "1" }, { reply.status, reply.headers["retry-after"] })
    assert.matches("quota exceeded", message_of(reply), 1, true)
    assert.equal(202, create().status)
  end)

  quirk("rate_limit_413=2", "twice, and not for how long", function()
    for _ = 1, 2 do
      local reply = create()
      assert.equal(413, reply.status)
      assert.is_nil(reply.headers["retry-after"])
      assert.equal("This request was rate-limited.", message_of(reply))
    end
    assert.equal(202, create().status)
  end)

  for name, status in pairs { quota_400 = 400, quota_403 = 403, quota_429 = 429 } do
    quirk(name, "when nothing is left", function()
      assert.equal(202, create().status)
      local reply = create()
      assert.equal(status, reply.status)
      assert.is_nil(reply.headers["retry-after"])
      assert.matches("^Quota exceeded for resources: snapshots", message_of(reply))
    end, { quota_snapshots = 1 })
  end
end)

describe("quirks", function()
  it("are all shown here", function()
    for _, pair in ipairs(simulator.quirks()) do
      assert.is_true(shown[pair[1]], pair[1])
    end
  end)

  it("are names and sentences, each once", function()
    local seen = {}
    for _, pair in ipairs(simulator.quirks()) do
      assert.is_nil(seen[pair[1]], pair[1])
      seen[pair[1]] = true
      assert.matches("^%l[%l%d_]+$", pair[1])
      assert.matches("%.$", pair[2])
    end
  end)

  it("go together", function()
    sim, http = frozen.start { quirks = { "sort_refused", "fault_msg", "encoding_utf8" } }
    local _, reply = list "?sort=name"
    assert.equal(400, reply.status)
    assert.same({ code = 4001, msg = "unknown query parameter 'sort'" }, decoded(reply))
    assert.equal("utf-8", reply.headers["content-encoding"])
  end)

  it("go together with faults", function()
    sim, http = frozen.start { quirks = { "delete_200_null" } }
    sim:fault { method = "DELETE", cut = "head" }
    local id = sim:add_snapshots(1)[1]
    local reply = http:ask("DELETE", "snapshots/" .. id)
    assert.same({ 200, "" }, { reply.status, reply.body })
    assert.equal("deleting", one(id).status)
  end)

  it("with a wrong name raise, with the nearest", function()
    for message, word in pairs {
      ["there is no quirk 'links_in_headers'; did you mean 'links_in_header'?"]
        = "links_in_headers",
      ["there is no quirk 'x'"] = "x",
      ["the quirk 'no_links' takes no number"] = "no_links=3",
      ["each of quirks must be a string, not a number"] = 7,
    } do
      assert.has_error(function() simulator.new { quirks = { word } } end,
        "rsnapshots: simulator.new: " .. message)
    end
  end)
end)

describe("what a request asks for", function()
  it("follows from method and path", function()
    for line, expected in pairs {
      ["GET /v3/abc/snapshots"] = { resource = "snapshots", operation = "list", api = 3 },
      ["GET /v3/snapshots/detail"] = { resource = "snapshots", operation = "list", api = 3 },
      ["POST /dfw/v1/abc/snapshots"] = { resource = "snapshots", operation = "create", api = 1 },
      ["DELETE /noauth/v2/abc/snapshots/x"]
        = { resource = "snapshots", operation = "delete", id = "x", api = 2 },
      ["POST /v3/abc/snapshots/x/action"] = { resource = "snapshots", api = 3 },
      ["GET /v3/abc/volumes/x"] = { resource = "volumes", operation = "get", id = "x", api = 3 },
      ["GET /v3/abc/limits"] = { resource = "limits", operation = "list", api = 3 },
      ["POST /identity/v3/auth/tokens"] = {}, ["POST /v3/auth/tokens"] = {},
      ["POST /v2.0/tokens"] = {}, ["GET /"] = {}, ["GET /v3/"] = {}, ["GET /v3"] = {},
    } do
      local method, path = line:match "^(%u+) (.*)$"
      assert.same(expected, asking.of { method = method, path = path }, line)
    end
  end)
end)
