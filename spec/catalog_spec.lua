local catalog = require "rsnapshots.catalog"

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
  return catalog.choose(all or ALL, settings)
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

  it("takes the same endpoint under two types for one", function()
    assert.equal("http://c/v3/p", choose({}, { entry("volumev3", "R", "http://c/v3/p"),
      entry("block-storage", "R", "http://c/v3/p") }).url)
  end)

  it("believes the URL more than the type", function()
    local found = catalog.locate({ interface = "public" },
      { catalog = { entry("volume", "R", "http://c/v3/p") } })
    assert.equal(3, found.version)
  end)

  it("counts a service without a region to every region", function()
    assert.equal("http://c/v1", choose({ region = "DFW" }, { entry("volume", nil, "http://c/v1") })
      .url)
  end)

  it("lists what there is when nothing fits, or several do", function()
    local none, err = choose { region = "R9" }
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    for _, part in ipairs { "R9", "R1", "R2", "volumev2", "http://k/v3", "internal" } do
      assert.matches(part, err.message, 1, true)
    end
    none, err = choose {}
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    assert.matches("several", err.message)
  end)

  it("says that a token without a catalog may lack a project", function()
    local _, err = choose({}, {})
    assert.matches("project_name", err.message)
  end)

  it("with an endpoint that is no URL is an error", function()
    for _, url in ipairs { "", "cinder", "http:///v3", "http://c/v3?x", "javascript:x" } do
      local found, err = catalog.locate({ interface = "public" },
        { catalog = { entry("volumev3", "R", url) } })
      assert.is_nil(found)
      assert.equal("catalog", err.kind)
    end
  end)

  describe("left aside for an endpoint option", function()
    local function locate(endpoint, api_version, project)
      local found, err = catalog.locate({ endpoint = endpoint, api_version = api_version },
        { project_id = project, catalog = {} })
      return found and found.url, found and found.version or err
    end

    it("completes its version and its project", function()
      assert.same({ "http://e/v3/p", 3 }, { locate("http://e/v3/p") })
      assert.same({ "http://e/v3", 3 }, { locate("http://e/v3", nil, "p") })
      assert.same({ "http://e/v2/p", 2 }, { locate("http://e/v2", nil, "p") })
      assert.same({ "http://e/prefix/v2/p", 2 }, { locate("http://e/prefix", 2, "p") })
      assert.same({ "http://e/v1/a", 1 }, { locate("http://e/v1/a") })
    end)

    it("asks for the version where it cannot tell, or is told two", function()
      local _, err = locate("http://e/volume")
      assert.equal("config", err.kind)
      _, err = locate("http://e/v2/p", 3)
      assert.equal("config", err.kind)
    end)
  end)
end)
