-- Catalogs as clouds have them: regions called *, regions with a name and another id, regions and
-- interfaces in other capitals, blanks and line breaks around URLs, templates that nobody filled
-- in, the same service by two addresses. Each ended in "no endpoint fits" or in a wrong URL.
local compat = require "rsnapshots.support.compat"
local raw_server = require "spec.support.raw_server"
local small_cloud = require "spec.support.small_cloud"

describe("the catalog's endpoint", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
  end)

  local function offer(...)
    cloud.services = { ... }
  end

  -- A service with this URL and these fields, "@" for the cloud's URL.
  local function service(address, fields, name)
    return small_cloud.service("volumev3", (address:gsub("@", cloud.url)), fields, name)
  end

  local function endpoint_of(options)
    return (cloud:works(options).endpoint:gsub(cloud.url, "@"))
  end

  local function region(name, id)
    return (', "interface": "public", "region": "%s", "region_id": "%s"'):format(name, id)
  end

  for _, case in ipairs {
    -- a region's name and id; the option; the client's region
    { "*", "*", "eu-de", "eu-de" }, { "*", "*", nil, nil },
    { "Region One", "r1", "Region One", "r1" }, { "Region One", "r1", "r1", "r1" },
    { "R1", "", "R1", "R1" }, { "RegionOne", "RegionOne", "regionone", "RegionOne" },
    { "Region One", "r1", "REGION ONE", "r1" }, { " R1\\n", "R1", "R1", "R1" },
  } do
    it(("of the region %s (%s) is found by %s"):format(case[1], case[2], tostring(case[3])),
      function()
        offer(service("@/v3/p", region(case[1], case[2])))
        assert.equal(case[4], cloud:works({ region = case[3] }).region)
      end)
  end

  it("of a region as it is written comes before one in other capitals", function()
    offer(service("http://127.0.0.1:1/v3/p", region("r1", "r1")),
      service("@/v3/p", region("R1", "R1")))
    assert.equal("@/v3/p", endpoint_of { region = "R1" })
  end)

  it("in no such region is a short message with the regions", function()
    offer(service("@/v3/p", region("Region One", "r1")), service("@/v3/p", region("r2", "r2")),
      service("@/v3/p", region("r2", "r2")))
    local none, err = cloud:connect { region = "r-2" }
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    assert.equal("there is no block storage in the region 'r-2'; did you mean 'r2'? The regions "
      .. "are: r1 (Region One), r2", err.message)
  end)

  for what, address in pairs { ["blanks"] = "  @/v3/p ", ["line breaks"] = "\\n@/v3/p\\r\\n",
    ["a tab"] = "\\t@/v3/p\\t", ["a slash and a line break"] = "@/v3/p/\\n" } do
    it("with " .. what .. " around it", function()
      offer(service(address))
      assert.equal("@/v3/p", endpoint_of())
    end)
  end

  for _, template in ipairs { "%(tenant_id)s", "%(project_id)s", "$(tenant_id)s",
    "$(project_id)s" } do
    it("with the template " .. template .. " left in", function()
      offer(service("@/v3/" .. template))
      assert.equal("@/v3/p", endpoint_of())
      assert.equal("@/v3/p", endpoint_of { endpoint = cloud.url .. "/v3/" .. template })
    end)
  end

  it("with a template is an error where no project is known", function()
    cloud.answers["POST /identity/v3/auth/tokens"] = small_cloud.token(
      { service "@/v3/$(project_id)s" }, '"domain": {"id": "d"}')
    local none, err = cloud:connect()
    assert.is_nil(none)
    assert.equal("config", err.kind)
    assert.matches("project_id", err.message, 1, true)
  end)

  it("is the first of two of the same service, not of two services", function()
    offer(service "@/v3/p", service "http://127.0.0.1:1/v3/p")
    assert.equal("@/v3/p", endpoint_of())
    offer(service("@/v3/p", nil, "fast"), service("http://127.0.0.1:1/v3/p", nil, "slow"))
    local none, err = cloud:connect()
    assert.is_nil(none)
    assert.matches("choose with service_name (or endpoint)", err.message, 1, true)
    assert.equal("@/v3/p", endpoint_of { service_name = "fast" })
  end)

  for _, case in ipairs { { "Public", "public" }, { "PUBLIC", "public" }, { "public", "Public" },
    { "publicURL", "public" }, { "public", "publicUrl" }, { "internal", "INTERNALURL" } } do
    it(("with the interface %s is %s"):format(case[1], case[2]), function()
      offer(service("@/v3/p", (', "interface": "%s"'):format(case[1])))
      assert.equal("@/v3/p", endpoint_of { interface = case[2] })
    end)
  end

  it("is of the first interface in a list that there is", function()
    local function of(interface, path)
      return service(path, (', "interface": "%s"'):format(interface))
    end
    offer(of("public", "http://127.0.0.1:1/v3/p"), of("internal", "@/v3/p"))
    assert.equal("@/v3/p", endpoint_of { interface = { "admin", "internal", "public" } })
    local _, err = cloud:connect { interface = { "admin", "none" } }
    assert.matches("interface admin or none", err.message, 1, true)
    assert.error_matches(function() cloud:connect { interface = { 1 } } end, "each of interface")
    assert.error_matches(function() cloud:connect { interface = 1 } end, "interface must be")
  end)

  it("of identity v2 has its interfaces by keys, in the catalog's own region", function()
    local answer = ('{"access": {"token": {"id": "t", "tenant": {"id": "p"}}, "serviceCatalog": '
      .. '[{"type": "volumev3", "endpoints": [{"region": "*", "publicURL": "%s/v3/p\\n"}]}]}}')
      :format(cloud.url)
    cloud.answers["POST /identity/v2.0/tokens"] = { 200, answer }
    local client = assert(cloud:connect { auth_type = "v2password", username = "u",
      password = "pass-word", region = "eu" })
    assert.equal("eu", client.region)
    assert.equal(cloud.url .. "/v3/p", client.endpoint)
    client:close()
  end)
end)

describe("a URL that leaves its version open", function()
  local server, documents, asked

  -- A cloud below a gateway: version documents by their paths, and a catalog with one service.
  before_each(function()
    documents, asked = {}, {}
    server = raw_server.new(function(request)
      local path = request.path
      asked[#asked + 1] = path
      local found = path:match "^/identity" and small_cloud.token { server.service }
        or documents[path] or { 404, "" }
      return { bytes = raw_server.answer(found[1], found[2], nil, found[3]), ending = "keep" }
    end)
  end)

  after_each(function()
    server:close()
  end)

  local function versions(...)
    local list = {}
    for i, id in ipairs { ... } do
      list[i] = ('{"id": "%s", "min_version": "", "version": ""}'):format(id)
    end
    return { 300, '{"versions": [' .. table.concat(list, ", ") .. "]}" }
  end

  local function connect(kind, path, options)
    server.service = small_cloud.service(kind, server.url .. path)
    local merged = { auth_url = server.url .. "/identity/v3", username = "u",
      password = "pass-word", wait = server.wait }
    for name, value in pairs(options or {}) do
      merged[name] = value
    end
    local client, err = require("rsnapshots").connect(merged)
    if client then
      client:close()
    end
    return client and client.endpoint:gsub(server.url, "") or err, client and client.api_version
  end

  for _, case in ipairs {
    -- type, path, the document's path and versions; the client's endpoint and version
    { "volume", "/volume", "/volume/", { "v2.0", "v3.0" }, "/volume/v3/p", 3 },
    { "volume", "/volume", "/volume/", { "v2.0" }, "/volume/v2/p", 2 },
    { "volume", "/volume", "/volume/", { "v1.0", "v9.0" }, "/volume/v1/p", 1 },
    { "volume", "/volume", nil, nil, "/volume/v3/p", 3 },
    { "volume", "/", "/", { "v3.0" }, "/v3/p", 3 },
    { "volume", "/api/v1/volume", "/api/v1/volume/", { "v3.0" }, "/api/v1/volume/v3/p", 3 },
    { "volume", "/api/v1/cinder", nil, nil, "/api/v1/cinder/v3/p", 3 },
    { "volumev3", "/cloud/v2/volume", nil, nil, "/cloud/v2/volume/v3/p", 3 },
    { "block-storage", "/cloud/v2/Volume", nil, nil, "/cloud/v2/Volume/v3/p", 3 },
    -- a name that nobody knows is the project, unless the document says more
    { "volumev3", "/cloud/v2/bs", "/cloud/v2/bs/", { "v3.0" }, "/cloud/v2/bs/v3/p", 3 },
    { "volumev3", "/cloud/v2/bs", nil, nil, "/cloud/v2/bs", 2 },
    { "volume", "/api/v1/bs", "/api/v1/bs/", { "v3.0" }, "/api/v1/bs/v3/p", 3 },
    { "volume", "/api/v1/bs", nil, nil, "/api/v1/bs", 1 },
  } do
    local offered = case[4] and table.concat(case[4], " and ") or "no document"
    it(("%s of %s with %s is %s"):format(case[2], case[1], offered, case[5]), function()
      if case[3] then
        documents[case[3]] = versions(compat.unpack(case[4]))
      end
      assert.same({ case[5], case[6] }, { connect(case[1], case[2]) })
    end)
  end

  it("is asked for nothing where the path says which", function()
    for path, wanted in pairs { ["/v3/p"] = "/v3/p", ["/v3/AUTH_p"] = "/v3/AUTH_p",
      ["/volume/v3"] = "/volume/v3/p", ["/api/v1/cinder/v3/p"] = "/api/v1/cinder/v3/p" } do
      asked = {}
      assert.equal(wanted, (connect("volume", path)))
      assert.equal("/identity/v3/auth/tokens", asked[1])
      assert.matches("/$", asked[2])
      assert.is_nil(asked[2]:find("p/", 1, true)) -- the documents of microversions alone
    end
  end)

  it("takes the version that is asked for", function()
    documents["/volume/"] = versions("v2.0", "v3.0")
    assert.equal("/volume/v2/p", (connect("volume", "/volume", { api_version = 2 })))
    assert.equal("/volume/v2/p", (connect("volume", "/volume", { service_type = "volumev2" })))
    documents["/volume/"] = nil
    assert.equal("/volume/v2/p", (connect("volume", "/volume", { api_version = 2 })))
  end)

  it("may be an option", function()
    documents["/volume/"] = versions("v2.0")
    assert.equal("/volume/v2/p", (connect("volume", "/", { endpoint = server.url .. "/volume" })))
    documents["/api/v1/volume/"] = versions("v3.0")
    assert.equal("/api/v1/volume/v3/p",
      (connect("volume", "/", { endpoint = server.url .. "/api/v1/volume/" })))
    local err = connect("volume", "/", { endpoint = server.url .. "/nothing" })
    assert.equal("config", err.kind)
    assert.matches("set api_version", err.message, 1, true)
  end)
end)
