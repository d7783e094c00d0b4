--- Microversions, URLs without a project, and every verb on every version, on the simulator.

local connect = require "spec.support.connect"
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"
local verbs = require "spec.support.verbs"

local SEVERAL = { list = true, wait_all = true } -- what `for` wants; how many failed

-- What a method gave; a success is one value, so that it can be passed on as it is.
local function one_value(name, ...)
  assert.is_true((...) == nil or SEVERAL[name] or select("#", ...) == 1,
    name .. " gave several values")
  return ...
end

-- A client that sees to that.
local function watched(client)
  return setmetatable({}, { __index = function(_, name)
    local found = client[name]
    return type(found) ~= "function" and found or function(_, ...)
      return one_value(name, found(client, ...))
    end
  end })
end

describe("every verb", function()
  local sim, clients, names = nil, nil, 0

  local function open(options, simulated)
    simulated.now, simulated.create_seconds, simulated.delete_seconds = connect.still(), 0.01, 0.01
    sim = assert(simulator.new(simulated))
    clients = {}
    for _, user in ipairs { "demo", "admin" } do
      clients[user] = connect.to(sim, { user = user, api_version = options.api_version,
        microversion = options.microversion,
        endpoint = options.endpoint and sim.url .. options.endpoint })
    end
  end

  local function works_on()
    local quick = { interval = 0.01, timeout = 60 }
    return {
      client = watched(clients.demo), admin = watched(clients.admin), volume = sim.volume_id,
      quick = quick,
      volume_in_use = sim:add_volume { status = "in-use" }, host = "simulator@nothing",
      ready = function(options)
        options = options or {}
        options.volume_id = options.volume_id or sim:add_volume()
        if clients.demo.api_version > 1 then
          options.metadata = { x = "y" }
        end
        return assert(assert(clients.demo:create(options)):wait_until_complete(quick))
      end,
      unique = function()
        names = names + 1
        return "name-" .. names
      end,
    }
  end

  for _, case in ipairs {
    { "version 1", { api_version = 1 } },
    { "version 2", { api_version = 2 } },
    { "3.0", { api_version = 3, microversion = "3.0" }, minor = 0 },
    { "3.39", { api_version = 3, microversion = "3.39" }, minor = 39 },
    { "3.40", { api_version = 3, microversion = "3.40" }, minor = 40 },
    { "3.66", { api_version = 3, microversion = "3.66" }, minor = 66 },
    { "3.67", { api_version = 3, microversion = "3.67" }, minor = 67 },
    { "the newest", { api_version = 3 }, minor = 70 },
    { "latest", { api_version = 3, microversion = "latest" }, minor = 70 },
    { "an older service", { api_version = 3 }, minor = 27, max = "3.27" },
    { "a newer service", { api_version = 3 }, minor = 70, max = "3.75" },
    { "a newer service's latest", { api_version = 3, microversion = "latest" }, minor = 75,
      max = "3.75" },
    { "a URL without a project at 3.67", { api_version = 3, microversion = "3.67",
      endpoint = "/v3" }, minor = 67 },
    { "a URL without a project at 3.66", { api_version = 3, microversion = "3.66",
      endpoint = "/v3/" }, minor = 66 },
    { "a URL without a project of an older service", { api_version = 3, endpoint = "/v3" },
      minor = 66, max = "3.66" },
    { "a URL without a version", { api_version = 3, endpoint = "" }, minor = 70 },
  } do
    describe("with " .. case[1], function()
      setup(function()
        open(case[2], { max_microversion = case.max })
      end)

      teardown(function()
        clients.demo:close()
        clients.admin:close()
        sim:close()
      end)

      it("is sent with that microversion", function()
        assert.equal(case.minor and "3." .. case.minor, clients.demo.microversion)
      end)

      verbs.describe(it, assert, works_on, case[2].api_version, case.minor)
    end)
  end
end)

describe("the table of verbs by version", function()
  -- The documentation's rows by verb, "delete{ force }" say: its cells of v1, v2 and v3.
  local function rows()
    local found = {}
    for row in process.read("docs/admin.md"):gmatch "\n(| `[^\n]*)" do
      local names, v1, v2, v3 = row:match "^| (.-) | (.-) | (.-) | (.-) |$"
      for name in (v3 and names or ""):gmatch "`([^`]+)`" do
        found[name] = { not v1:find "^no", not v2:find "^no", tonumber(v3:match "^3%.(%d+)") }
      end
    end
    return found
  end

  it("is what the specs run", function()
    local documented, seen = rows(), {}
    for _, verb in ipairs(verbs) do
      local base, option = verb.name:match "^([%w_]+),? ?(%l*)"
      local name = ("%s{ %s }"):format(base, option)
      name = documented[name] and name or base
      seen[name] = true
      assert.same({ verbs.is_offered(verb, 1), verbs.is_offered(verb, 2), verb.since or 0 },
        documented[name], verb.name)
    end
    for _, part in ipairs { "create{ metadata }", "wait_until_deleted", "wait_until_available" } do
      seen[part] = true -- of other verbs' runs
    end
    for name in pairs(documented) do
      assert.is_true(seen[name], name)
    end
  end)
end)

describe("a URL without a project", function()
  local sim, client

  local function works(options, simulated)
    sim = assert(simulator.new(simulated))
    client = assert(connect.try(sim, options(sim)))
    assert.equal(0, client:count())
    return client.endpoint:gsub(sim.url, "", 1)
  end

  after_each(function()
    if client then
      client:close()
    end
    client = nil
    sim:close()
  end)

  local function bare(microversion)
    return function()
      return { endpoint = sim.url .. "/v3", microversion = microversion }
    end
  end

  local function mine()
    return sim.accounts:user("demo").project.id
  end

  it("is used as it is from 3.67 on", function()
    assert.equal("/v3", (works(bare())))
    client:close()
    sim:close()
    assert.equal("/v3", (works(bare "3.67")))
    assert.equal(mine(), client.project_id)
  end)

  it("gets the token's project before", function()
    local endpoint = works(bare "3.66")
    assert.equal("/v3/" .. mine(), endpoint)
    client:close()
    sim:close()
    endpoint = works(bare(), { max_microversion = "3.59" })
    assert.equal("/v3/" .. mine(), endpoint)
  end)

  it("may be the catalog's", function()
    local function plain()
      return {}
    end
    assert.equal("/v3", (works(plain, { catalog_projects = false })))
    client:close()
    sim:close()
    local endpoint = works(plain, { catalog_projects = false, max_microversion = "3.59" })
    assert.equal("/v3/" .. mine(), endpoint)
  end)

  it("is an error where the service needs one and nobody says which", function()
    sim = assert(simulator.new { max_microversion = "3.59" })
    for _, version in ipairs { 1, 2, 3 } do
      local none, err = rsnapshots.connect { wait = sim.wait,
        endpoint = ("%s/noauth/v%d"):format(sim.url, version) }
      assert.is_nil(none)
      assert.equal("config", err.kind)
      assert.matches("names no project", err.message, 1, true)
    end
    local id = mine()
    client = assert(rsnapshots.connect { wait = sim.wait, project_id = id,
      endpoint = sim.url .. "/noauth/v3" })
    assert.equal(sim.url .. "/noauth/v3/" .. id, client.endpoint)
    assert.equal(0, client:count())
  end)
end)

describe("a microversion", function()
  local sim

  before_each(function()
    sim = assert(simulator.new())
  end)

  after_each(function()
    sim:close()
  end)

  local function offer(least, most)
    sim:fault { path = "^/$", status = 300, body = ([[{"versions": [{"id": "v2.0", "version": "",
      "min_version": ""}, {"id": "v3.0", "min_version": "%s", "version": "%s"}]}]]):format(least,
      most) }
  end

  for _, case in ipairs {
    -- least, most, pinned; the client's, or parts of the error
    { "3.0", "3.27", nil, "3.27" }, { "3.0", "3.99", nil, "3.70" },
    { "3.0", "3.99", "3.99", "3.99" }, { "3.0", "3.99", "latest", "3.99" },
    { "3.0", "3.27", "latest", "3.27" },
    { "3.0", "3.0", nil, "3.0" }, { "3.70", "3.80", nil, "3.70" },
    { "3.0", "3.27", "3.28", nil, "microversion 3.28 is not offered", "has 3.0 to 3.27",
      "knows 3.0 to 3.70" },
    { "3.30", "3.60", "3.29", nil, "3.29 is not offered", "has 3.30 to 3.60", "3.0 to 3.70" },
    { "3.71", "3.80", nil, nil, "microversions 3.71 to 3.80", "knows 3.0 to 3.70" },
    { "3.71", "3.80", "3.71", "3.71" },
  } do
    it(("of %s to %s, %s pinned, is %s"):format(case[1], case[2], tostring(case[3]),
      case[4] or "unsupported"), function()
      offer(case[1], case[2])
      local client, err = connect.try(sim, { microversion = case[3] })
      if case[4] then
        assert.equal(case[4], assert(client, err).microversion)
        client:close()
        return
      end
      assert.is_nil(client)
      assert.equal("unsupported", err.kind)
      for i = 5, #case do
        assert.matches(case[i], err.message, 1, true)
      end
    end)
  end

  it("is 3.0 where the service does not say what it has, and a pinned one is believed", function()
    sim:fault { path = "^/$", status = 404 }
    sim:fault { path = "^/v3/$", status = 404 }
    for pinned, wanted in pairs { [false] = "3.0", ["3.59"] = "3.59", ["3.0"] = "3.0" } do
      local client = assert(connect.try(sim, { microversion = pinned or nil }))
      assert.equal(wanted, client.microversion)
      assert.equal(0, client:count())
      local headers = sim.requests[#sim.requests].headers
      assert.equal("volume " .. wanted, headers["openstack-api-version"])
      client:close()
    end
  end)

  it("is asked for at the version's own URL where the root hides it", function()
    sim:fault { path = "^/$", status = 200, body = "<html>It works!</html>" }
    local client = assert(connect.try(sim))
    assert.equal("3.70", client.microversion)
    client:close()
  end)

  it("is asked for below a gateway's path, whatever versions that names", function()
    for _, prefix in ipairs { "", "/dfw", "/api/v1/cinder", "/v3/region" } do
      local root = raw_server.new(function(request)
        local body = request.path == prefix .. "/" and [[{"versions": [{"id": "v3.0",
          "min_version": "3.0", "version": "3.59"}]}]] or "{}"
        return { bytes = ("HTTP/1.1 300 Multiple Choices\r\nContent-Length: %d\r\n\r\n%s"):format(
          #body, body) }
      end)
      local client = assert(rsnapshots.connect { endpoint = root.url .. prefix .. "/v3/p",
        wait = root.wait })
      assert.equal("3.59", client.microversion)
      assert.equal(prefix .. "/", root.requests[1].path)
      assert.equal(1, #root.requests)
      client:close()
      root:close()
    end
  end)

  it("from 3.66 on implies force, which is sent only when it is true", function()
    for minor, force in pairs { ["3.65"] = "invalid", ["3.66"] = "none" } do
      local client = assert(connect.try(sim, { microversion = minor }))
      local volume = sim:add_volume { status = "in-use" }
      local made, err = client:create { volume_id = volume, force = false }
      assert.equal(force, made and "none" or err.kind)
      assert(client:create { volume_id = volume, force = true })
      client:close()
    end
  end)
end)
