local endpoint = require "rsnapshots.connect.endpoint"

local function entry(kind, region, url, interface, name)
  return { type = kind, region = region, url = url, interface = interface or "public",
    name = name or "" }
end

local ALL = {
  entry("identity", "R1", "http://k/v3"),
  entry("volumev3", "R1", "http://c/v3/p"), entry("volumev3", "R1", "http://in/v3/p", "internal"),
  entry("volumev2", "R1", "http://c/v2/p"), entry("volume", "R1", "http://c/v1/p"),
  entry("block-storage", "R2", "http://d/v3/p"),
}

local function choose(settings, all)
  settings.interface = settings.interface or "public"
  return endpoint.choose(all or ALL, settings)
end

describe("the catalog", function()
  it("gives the newest version in the region", function()
    assert.equal("http://c/v3/p", choose({ region = "R1" }).url)
    assert.equal("http://d/v3/p", choose({ region = "R2" }).url)
  end)

  it("gives the version, interface and type that are asked for", function()
    assert.equal("http://c/v2/p", choose({ region = "R1", api_version = 2 }).url)
    assert.equal("http://c/v1/p", choose({ region = "R1", api_version = 1 }).url)
    assert.equal("http://in/v3/p", choose({ region = "R1", interface = "internal" }).url)
    assert.equal("http://in/v3/p", choose({ region = "R1", interface = "internalURL" }).url)
    assert.equal("http://c/v2/p", choose({ region = "R1", service_type = "volumev2" }).url)
  end)

  it("knows the service by each of its types", function()
    for _, kind in ipairs { "volumev3", "block-storage", "block-store" } do
      assert.equal("http://c/v3", choose({}, { entry(kind, "R", "http://c/v3") }).url)
    end
  end)

  describe("takes a type for another of the same service:", function()
    local V3, V2, V1, RAX = "http://c/v3/p", "http://c/v2/p", "http://c/v1/p", "cloudBlockStorage"
    local new = { entry("block-storage", "R", V3) }
    local old = { entry("volumev3", "R", V3), entry("volumev2", "R", V2), entry("volume", "R", V1) }
    local bare = { entry("volume", "R", "http://c/volume/v3") }
    local rackspace = { entry("volume", "DFW", V1, nil, RAX),
      entry("volume", "DFW", "http://x/v1") }
    for _, case in ipairs {
      { "volumev3", new, V3 }, { "block-store", new, V3 }, { "volume", new, V3 },
      { "block-storage", new, V3 }, { "volumev2", new, nil },
      { "volumev3", old, V3 }, { "volumev2", old, V2 }, { "volume", old, V1 },
      { "block-storage", old, V3 }, { "block-store", old, V3 },
      { "volumev3", bare, "http://c/volume/v3" }, { "block-storage", bare, "http://c/volume/v3" },
      { RAX, rackspace, V1 }, { RAX, new, nil }, { "image", new, nil }, { "backups", old, nil },
      { "backups", { entry("backups", "R", "http://b/v3") }, "http://b/v3" },
    } do
      it(case[1] .. " in " .. case[2][1].type .. " is " .. tostring(case[3]), function()
        local found, err = choose({ service_type = case[1] }, case[2])
        assert.equal(case[3], found and found.url)
        assert.equal(case[3] == nil and "catalog" or nil, err and err.kind)
      end)
    end
  end)

  describe("with a URL", function()
    for _, case in ipairs {
      { "volumev3", "http://c:8776/v3/p/", "http://c:8776/v3/p", 3 },
      { "block-storage", "http://c/volume", "http://c/volume/v3", 3 },
      { "block-storage", "http://c:8776/", "http://c:8776/v3", 3 },
      { "block-storage", "http://c/volume/v3", "http://c/volume/v3", 3 },
      { "volumev2", "http://c/volume", "http://c/volume/v2", 2 },
      { "volume", "http://c/v3/p", "http://c/v3/p", 3 },
      { "volumev3", "https://C.example/block/v3.0/p", "https://c.example/block/v3.0/p", 3 },
    } do
      it(case[2] .. " of " .. case[1] .. " gives " .. case[3], function()
        local found = assert(endpoint.locate({ interface = "public" },
          { catalog = { entry(case[1], "R", case[2]) } }))
        assert.same({ case[3], case[4] }, { found.url, found.version })
      end)
    end
  end)

  describe("adds a project", function()
    local function settled(minor, most)
      return { minor = minor, most = most }
    end
    for _, case in ipairs {
      { "http://c/v3/q", "p", settled(0, 59), "http://c/v3/q" },
      { "http://c/v3", "p", settled(66, 70), "http://c/v3/p" },
      { "http://c/v3", "p/q", settled(0, nil), "http://c/v3/p%2Fq" },
      { "http://c/v3", "p", settled(67, 70), "http://c/v3" },
      { "http://c/v3", nil, settled(0, 67), "http://c/v3" },
      { "http://c/v3", nil, settled(59, 59), nil,
        "from microversion 3.67 on, and the service has up to 3.59" },
      { "http://c/v3", nil, settled(0, nil), "http://c/v3" }, -- nobody knows
      { "http://c/v2", "p", nil, "http://c/v2/p" }, { "http://c/v1", "p", nil, "http://c/v1/p" },
      { "http://c/v2", nil, nil, nil, "version 2 of the API needs" },
      { "http://c/v1", nil, nil, nil, "version 1 of the API needs" },
    } do
      it(("%s to %s at %s"):format(tostring(case[2]), case[1], case[3] and case[3].minor
        or "none"), function()
        local found, err = endpoint.with_project({ url = case[1],
          version = tonumber(case[1]:match "/v(%d)") }, case[2], case[3])
        assert.equal(case[4], found)
        if case[5] then
          assert.equal("config", err.kind)
          assert.matches(case[5], err.message, 1, true)
        end
      end)
    end
  end)

  it("gives the service of a name, of whatever type", function()
    local all = { entry("volumev3", "R", "http://a/v3/p", nil, "one"),
      entry("volumev3", "R", "http://b/v3/p", nil, "two"),
      entry("image", "R", "http://i", nil, "two") }
    assert.equal("http://b/v3/p", choose({ service_name = "two" }, all).url)
    assert.equal("http://a/v3/p",
      choose({ service_name = "one", service_type = "volumev3" }, all).url)
    assert.is_nil((choose({ service_name = "three" }, all)))
  end)

  it("takes the same endpoint under two types for one", function()
    assert.equal("http://c/v3/p", choose({}, { entry("volumev3", "R", "http://c/v3/p"),
      entry("block-storage", "R", "http://c/v3/p") }).url)
  end)

  it("believes the URL more than the type", function()
    local found = endpoint.locate({ interface = "public" },
      { catalog = { entry("volume", "R", "http://c/v3/p") } })
    assert.equal(3, found.version)
  end)

  it("counts a service without a region to every region", function()
    assert.equal("http://c/v1", choose({ region = "DFW" }, { entry("volume", nil, "http://c/v1") })
      .url)
  end)

  it("lists what there is when nothing fits, or several do", function()
    local none, err = choose { region = "R1", interface = "admin" }
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    for _, part in ipairs { "interface admin", "R1", "R2", "volumev2", "internal" } do
      assert.matches(part, err.message, 1, true)
    end
    assert.is_nil(err.message:find("http://k/v3", 1, true)) -- which is not block storage
    none, err = choose {}
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    assert.matches("several .* choose with region %(or endpoint%)", err.message)
    for _, part in ipairs { "R1", "R2", "http://c/v3/p", "http://d/v3/p" } do
      assert.matches(part, err.message, 1, true)
    end
    none, err = choose({}, { entry("volumev3", "R", "http://a/v3/p", nil, "fast"),
      entry("volumev3", "R", "http://b/v3/p", nil, "slow") })
    assert.is_nil(none)
    assert.matches("choose with service_name (or endpoint):", err.message, 1, true)
  end)

  it("lists the regions, and nothing else, when there is no such region", function()
    local none, err = choose { region = "Nowhere" }
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    assert.equal("there is no block storage in the region 'Nowhere'. The regions are: R1, R2",
      err.message)
  end)

  it("gives the first of several addresses of the same service", function()
    assert.equal("http://a/v3/p", choose({}, { entry("volumev3", "R", "http://a/v3/p"),
      entry("volumev3", "R", "http://b/v3/p") }).url)
  end)

  it("lists the types of services where none is block storage", function()
    local _, err = choose({}, { entry("image", "R", "http://i"), entry("identity", "R", "http://k"),
      entry("image", "R", "http://in", "internal") })
    assert.equal("there is no block storage in the catalog; there are services of the types "
      .. "identity, image", err.message)
  end)

  it("says that a token without a catalog may lack a project", function()
    local _, err = choose({}, {})
    assert.matches("project_name", err.message)
  end)

  it("with an endpoint that is no URL is an error", function()
    for _, url in ipairs { "", "cinder", "http:///v3", "http://c/v3?x", "javascript:x" } do
      local found, err = endpoint.locate({ interface = "public" },
        { catalog = { entry("volumev3", "R", url) } })
      assert.is_nil(found)
      assert.equal("catalog", err.kind)
    end
  end)

  it("with a URL of slashes takes no time", function()
    local url, began = "http://c/v3" .. ("/"):rep(600000) .. "a", os.clock()
    local found = endpoint.locate({ interface = "public" },
      { catalog = { entry("volumev3", "R", url), entry("volumev3", "R", url .. "/") } })
    assert.equal(url, found.url)
    assert.is_true(os.clock() - began < 10) -- of this process alone
  end)

  describe("left aside for an endpoint option", function()
    local silent = { call = function() return nil, {} end,
      core = { now = function() return 0 end } } -- a session whose requests fail

    local function locate(address, api_version, project)
      local found, err = endpoint.locate({ endpoint = address, api_version = api_version },
        { project_id = project, catalog = {} }, silent, math.huge)
      local newest = found and found.version == 3 and { minor = 70, most = 70 }
      return found and endpoint.with_project(found, project, newest or nil),
        found and found.version or err
    end

    it("completes its version and its project", function()
      assert.same({ "http://e/v3/p", 3 }, { locate("http://e/v3/p") })
      assert.same({ "http://e/v3", 3 }, { locate("http://e/v3", nil, "p") })
      assert.same({ "http://e/v2/p", 2 }, { locate("http://e/v2", nil, "p") })
      assert.same({ "http://e/v3/p%2Fq", 3 }, { locate("http://e/v3/%(project_id)s", nil, "p/q") })
      assert.same({ "http://e/v2/p", 2 }, { locate("http://e/v2/%(tenant_id)s", nil, "p") })
      assert.same({ "http://e/prefix/v2/p", 2 }, { locate("http://e/prefix", 2, "p") })
      assert.same({ "http://e/v1/a", 1 }, { locate("http://e/v1/a") })
      assert.same({ "http://v2/v3/p", 3 }, { locate("http://v2/v3/p") }) -- the host is no version
      assert.same({ "http://gate/api/v1/cinder/v3/p", 3 }, -- nor is what a gateway puts before
        { locate("http://gate/api/v1/cinder/v3/p") })
      assert.same({ "http://gate/v2/v3x/v1/p", 1 }, { locate("http://gate/v2/v3x/v1/p") })
    end)

    it("is an error where nobody knows the project that it needs", function()
      local _, err = locate("http://e/v3/%(project_id)s")
      assert.equal("config", err.kind)
      assert.matches("project_id", err.message)
      assert.same({ "http://e/v3/%(else)s", 3 }, { locate("http://e/v3/%(else)s", nil, "p") })
    end)

    it("asks for the version where it cannot tell, or is told two", function()
      local _, err = locate("http://e/volume")
      assert.equal("config", err.kind)
      assert.matches("add it, or set api_version", err.message, 1, true)
      _, err = locate("http://e/v2/p", 3)
      assert.equal("config", err.kind)
    end)
  end)
end)
