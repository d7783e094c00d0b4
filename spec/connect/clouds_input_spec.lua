--- clouds.yaml that is wrong, hostile, or open to everybody; and what is read when.

local config = require "rsnapshots.connect.settings"
local Identity = require "rsnapshots.identity"
local compat = require "rsnapshots.support.compat"
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local yaml = require "rsnapshots.connect.clouds.yaml"

describe("a clouds.yaml", function()
  local folder, warnings

  setup(function() folder = environment.replace_with_folder() end)
  teardown(environment.restore)

  before_each(function()
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.yaml" }
    warnings = {}
  end)

  local function write(name, text)
    process.write(folder .. "/" .. name, text)
    return folder .. "/" .. name
  end

  local function gather(options)
    options = options or {}
    options.on_warning = function(message) warnings[#warnings + 1] = message end
    local settings, err = config.gather(options)
    if settings then
      local identity
      identity, err = Identity.new(settings)
      settings = identity and settings
    end
    return settings, err
  end

  local function fails(text, ...)
    write("clouds.yaml", text)
    local settings, err = gather { cloud = "prod" }
    assert.is_nil(settings)
    assert.equal("config", err.kind)
    assert.is_nil(err.message:find("hunter2", 1, true), err.message)
    assert.is_true(#err.message < 1000, err.message)
    for _, part in ipairs { "clouds.yaml", ... } do
      assert.is_truthy(err.message:find(part, 1, true), err.message)
    end
  end

  local PROD = "clouds:\n  prod:\n    auth: {auth_url: 'http://k/v3', username: u, "
    .. "password: hunter2}\n"

  local function bomb(levels, join)
    local lines = { "a0: &a0 " .. join { "x", "y", "z" } }
    for i = 1, levels do
      local names = {}
      for j = 1, 10 do
        names[j] = "*a" .. i - 1
      end
      lines[#lines + 1] = ("a%d: &a%d %s"):format(i, i, join(names))
    end
    return table.concat(lines, "\n") .. "\n" .. PROD
  end

  local function list(items)
    return "[" .. table.concat(items, ", ") .. "]"
  end

  it("whose aliases expand without end is refused at once", function()
    local started = os.clock()
    fails(bomb(9, list), "line", "more than 100000 values")
    fails(bomb(9, function(items)
      local pairs_ = {}
      for i, item in ipairs(items) do
        pairs_[i] = "k" .. i .. ": " .. item
      end
      return "{" .. table.concat(pairs_, ", ") .. "}"
    end), "more than 100000 values")
    assert.is_true(os.clock() - started < 20) -- of this process alone
    write("clouds.yaml", bomb(2, list))
    assert.equal("u", assert(gather { cloud = "prod" }).username)
  end)

  it("whose merges expand without end is refused", function()
    local lines = { "base: &m0 {" }
    for i = 1, 2000 do
      lines[#lines + 1] = ("k%d: v,"):format(i)
    end
    lines[#lines + 1] = "}"
    for i = 1, 200 do
      lines[#lines + 1] = ("m%d: {<<: [*m0, *m0]}"):format(i)
    end
    fails(table.concat(lines, "\n") .. "\n" .. PROD, "more than 100000 values")
  end)

  it("that is nested without end is refused", function()
    fails("a: " .. ("["):rep(100000), "line 1", "nested more than 64 deep")
    fails("a: " .. ("{a: "):rep(100000), "nested more than 64 deep")
    fails(("- "):rep(100000), "nested more than 64 deep")
    fails(("? "):rep(10000), "line")
  end)

  it("that is too large is refused", function()
    fails("# " .. ("x"):rep(1024 * 1024) .. "\n" .. PROD, "larger than 1048576 bytes")
    fails(("a: b\n"):rep(200000) .. PROD, "more than 100000 values")
  end)

  it("that is broken is not quoted", function()
    for _, text in ipairs {
      "clouds:\n  prod:\n    password: 'hunter2\n", "clouds:\n  prod: hunter2: x\n",
      "hunter2: [", "clouds: *hunter2\n", "clouds: !hunter2 x\n", "clouds: &hunter2 *hunter2\n",
      "&hunter2 a: b\n&hunter2 c: d\n", "hunter2\n", "[hunter2]\n", "%hunter2 x\n",
      "clouds:\n\thunter2\n", "a: \"\\hunter2\"\n", "a: \255hunter2", "a: b\n--- hunter2\n",
      "clouds: hunter2\n", "clouds: {prod: hunter2}\n", "clouds: {prod: {auth: hunter2}}\n",
      "clouds: {prod: {auth: {password hunter2}}}\n", "clouds: {prod: {auth: {hunter2}}}\n",
      "clouds: {prod: {auth: [hunter2], password: hunter2}}\n",
      "clouds: {prod: {auth: {auth_url: 'http://u:hunter2@k/v3', password: hunter2}}}\n",
      "clouds: {prod: {auth: {password: {hunter2: x}}}}\n",
      "clouds: {prod: {password: [hunter2]}}\n", "clouds: {prod: {regions: [[hunter2]]}}\n",
      PROD .. "    verify: hunter2\n", PROD .. "    api_timeout: hunter2\n",
    } do
      fails(text)
    end
    environment.variables.OS_CLIENT_CONFIG_FILE = write("clouds.json",
      '{"clouds": {"prod": "hunter2}}')
    local _, err = gather { cloud = "prod" }
    assert.is_truthy(err.message:find("clouds.json", 1, true))
    assert.is_nil(err.message:find("hunter2", 1, true))
  end)

  it("that is in another encoding is told of by its line", function()
    for _, byte in ipairs { "\233", "\255", "\195", "\237\160\128", "\0", "\27", "\127",
      "\194\132" } do
      fails(PROD .. "    # Andr" .. byte .. "\n", "line 4")
      fails("# Andr" .. byte .. "\r\n" .. PROD, "line 1")
    end
    write("clouds.yaml", "# \194\133# \239\187\191\t\240\159\154\128\n" .. PROD)
    assert(gather { cloud = "prod" })
  end)

  it("names what is wrong with a service's settings", function()
    fails(PROD .. "    volume_api_version: 9\n", "api_version", "'9'", "line 4")
    fails(PROD .. "    volume_endpoint_override: c:8776\n", "endpoint", "http://", "line 4")
    fails(PROD .. "    api_timeout: soon\n", "api_timeout", "line 4", "seconds")
    fails(PROD .. "    interface: [internal, [public]]\n", "interface", "line 4", "item 2",
      "a list")
  end)

  it("may come from anywhere a cloud is not", function()
    write("clouds.yaml", PROD)
    for _, options in ipairs { { auth_url = "http://k/v3", username = "v", password = "w" },
      { endpoint = "http://e/v3/p" }, { provider = "rackspace", username = "v", api_key = "w" } } do
      environment.variables.OS_CLOUD = "prod"
      assert.are_not.equal("u", assert(gather(options)).username)
    end
  end)

  it("gives a request's time, and a call more where that needs it", function()
    write("clouds.yaml", PROD .. "    api_timeout: 100\n")
    local settings = assert(gather())
    assert.equal(100, settings.attempt_timeout)
    assert.equal(100, settings.timeout)
    assert.equal(5, assert(gather { timeout = 5 }).timeout)
  end)

  it("is not missed silently where OS_CLIENT_CONFIG_FILE names it", function()
    environment.variables.OS_CLIENT_CONFIG_FILE = folder .. "/missing.yaml"
    local settings = gather { cloud = "prod" }
    assert.is_nil(settings)
    assert.equal(1, #warnings)
    assert.matches("OS_CLIENT_CONFIG_FILE names .*missing.yaml, which cannot be read", warnings[1])
  end)

  it("whose secure.yaml is not where OS_CLIENT_SECURE_FILE says gets a warning", function()
    write("clouds.yaml", PROD)
    environment.variables.OS_CLIENT_SECURE_FILE = folder .. "/missing.yaml"
    assert(gather())
    assert.equal(1, #warnings)
    assert.matches("OS_CLIENT_SECURE_FILE names .*missing.yaml, which cannot be read", warnings[1])
  end)

  it("beside which everybody can read secure.yaml gets a warning", function()
    write("clouds.yaml", PROD)
    environment.variables.OS_CLIENT_SECURE_FILE = write("secure.yaml",
      "clouds: {prod: {cacert: /x}}")
    process.run("chmod 640 " .. folder .. "/secure.yaml")
    assert(gather())
    assert.same({}, warnings)
    process.run("chmod 644 " .. folder .. "/secure.yaml")
    assert(gather())
    assert.equal(1, #warnings)
    assert.is_truthy(warnings[1]:find(folder .. "/secure.yaml", 1, true))
    assert.matches("chmod 600", warnings[1])
  end)

  it("that trusts a certificate and checks none gets a warning", function()
    write("clouds.yaml", PROD .. "    verify: false\n    cacert: /x\n")
    assert(gather())
    assert.matches("verify is off", warnings[1])
  end)

  it("with an unknown profile gets a warning", function()
    write("clouds.yaml", PROD .. "    profile: acme\n")
    assert(gather())
    assert.matches("'acme'", warnings[1])
    fails(PROD .. "    profile: https://acme.example\n", "line 4", "not fetched")
  end)

  it("gives options their way", function()
    write("clouds.yaml", PROD .. "    cacert: /x\n    interface: admin\n")
    local settings = assert(gather { interface = "internal", token = "t", cacert = "~/y",
      project_name = "z" })
    assert.equal("internal", settings.interface)
    assert.equal("t", settings.token)
    assert.equal("token", settings.auth_type)
    assert.is_nil(settings.password)
    assert.equal("~/y", settings.cacert) -- nobody knows where home is
  end)

  it("may be called out of a cloud's credentials that contradict, by an option", function()
    write("clouds.yaml", "clouds: {prod: {auth: {auth_url: 'http://k/v3', username: u, "
      .. "password: p, token: t}}}\n")
    local _, err = gather()
    assert.matches("contradict", err.message)
    assert.equal("t", assert(gather { token = "t" }).token)
  end)
end)

describe("a number in YAML", function()
  it("is the text Python prints, however long it is", function()
    assert.equal("340282366920938463463374607431768211455",
      yaml.decode("a: 0x" .. ("f"):rep(32), "f").a)
    assert.equal(("9"):rep(400), yaml.decode("a: " .. ("9"):rep(400), "f").a)
    local started = os.clock()
    assert.equal(("0"):rep(1000000), yaml.decode("a: " .. ("0"):rep(1000000), "f").a)
    assert.is_true(os.clock() - started < 10) -- of this process alone
  end)
end)

describe("JSON", function()
  it("that is broken is told of by its line", function()
    local value, problem = yaml.decode_json('{\n  "a": 1,\n  "b": hunter2\n}', "f")
    assert.is_nil(value)
    assert.matches("^line 3: ", problem)
    assert.is_nil(problem:find("hunter2", 1, true))
    assert.matches("^line 1: ", select(2, yaml.decode_json("", "f")))
  end)

  it("has no number that this or another Lua would change", function()
    for _, number in ipairs { "-9007199254740991", "9007199254740991", "0.1", "1.5", "12" } do
      assert.equal(number, yaml.decode_json('{"a": ' .. number .. "}", "f").a)
    end
    for _, number in ipairs { "9007199254740993", "-9007199254740993", "12345678901234567890" } do
      local value, problem = yaml.decode_json('{"a": [' .. number .. "]}", "f")
      assert.is_nil(value)
      assert.matches("quotes", problem)
      assert.is_nil(problem:find(number, 1, true))
    end
  end)
end)

describe("lyaml", function()
  local HERE = (process.run "pwd"):match "[^\n]+"

  local function run(script, files, before)
    local folder = process.directory()
    for name, text in pairs(files) do
      process.write(folder .. "/" .. name, text)
    end
    process.write(folder .. "/script.lua", ([[
      package.path = "%s/lua/?.lua;%s/lua/?/init.lua;" .. package.path
      package.cpath = "%s/%s/lib/?.so;" .. package.cpath
    ]]):format(HERE, HERE, HERE, compat.build) .. script)
    local output = process.run(("cd %s && chmod 644 * && env -i HOME=%s XDG_CONFIG_DIRS=/none %s "
      .. "$(command -v %s) script.lua"):format(folder, folder, before or "",
      process.interpreter()))
    process.run("rm -rf " .. process.quote(folder))
    return output
  end

  local CLOUD = "clouds: {a: {auth: {auth_url: 'http://k/v3', username: u, password: p}}}"

  it("is loaded when there is a file to read only", function()
    local script = [[
      local settings = require("rsnapshots.connect.settings").gather()
      print(settings and settings.username, package.loaded.lyaml ~= nil)]]
    assert.equal("nil\tfalse\n", run(script, {}))
    assert.equal("u\ttrue\n", run(script, { ["clouds.yaml"] = CLOUD }))
    assert.equal("v\tfalse\n", run(script, { ["clouds.yaml"] = CLOUD },
      "OS_AUTH_URL=http://k OS_USERNAME=v OS_PASSWORD=p"))
    assert.equal("u\tfalse\n", run(script, { ["clouds.json"] = '{"clouds": {"a": {"auth": '
      .. '{"auth_url": "http://k/v3", "username": "u", "password": "p"}}}}' }))
  end)

  it("waits, as does what reads the files, until a cloud is asked for", function()
    local function is_loaded(first)
      return run(first .. [[
        require "rsnapshots"
        local settings = require("rsnapshots.connect.settings").gather { endpoint = "http://c/v3" }
        print(settings.endpoint, package.loaded["rsnapshots.connect.clouds"] ~= nil)]], {})
    end
    assert.equal("http://c/v3\tfalse\n", is_loaded "")
    -- HAProxy, whose chroot comes later
    assert.equal("http://c/v3\ttrue\n", is_loaded "core = { msleep = print }\n")
  end)

  it("that is missing is named, with where it comes from", function()
    local output = run([[
      package.preload.lyaml = function() error("module 'lyaml' not found") end
      print(select(2, require("rsnapshots.connect.settings").gather()))]],
      { ["clouds.yaml"] = CLOUD })
    assert.matches("^config: %./clouds%.yaml cannot be read", output)
    assert.is_truthy(output:find("luarocks install lyaml", 1, true))
    assert.is_truthy(output:find("lua-yaml", 1, true))
  end)

  it("needs nobody who listens: warnings go to standard error", function()
    local output = run([[print(require("rsnapshots.connect.settings").gather().username)]],
      { ["clouds.yaml"] = CLOUD, ["secure.yaml"] = "{}" })
    assert.matches("rsnapshots: warning: %./secure%.yaml can be read by everybody", output)
    assert.matches("u\n$", output)
  end)
end)
