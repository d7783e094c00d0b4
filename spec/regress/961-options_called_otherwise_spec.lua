-- Kind: an option that cannot be used was called by another name, or by none: `wait = "x"` gave
-- "options must be a table".
local connect = require "spec.support.connect"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("wait of a wrong type", function()
  local client, sim

  setup(function()
    client, sim = connect.new()
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  for verb, call in pairs {
    create = function(wait) client:create { volume_id = "v", wait = wait } end,
    create_all = function(wait) client:create_all({ { volume_id = "v" } }, { wait = wait }) end,
    restore = function(wait) client:restore("s", { wait = wait }) end,
    revert = function(wait) client:revert("s", { wait = wait }) end,
  } do
    it("is named by " .. verb, function()
      sim:clear_requests()
      for _, value in ipairs { "60", print } do
        assert.error_matches(function() call(value) end, ("rsnapshots: %s: wait must be true, a "
          .. "number of seconds, or a table of options, not a %s"):format(verb, type(value)))
      end
      assert.equal(0, #sim.requests)
    end)
  end
end)

-- The same kind: a file that is not there was "tls", and the option not named.
describe("a file for TLS that cannot be read", function()
  for _, name in ipairs { "cacert", "cert", "key" } do
    it("is named by its option: " .. name, function()
      local server = raw_server.new(function() return { bytes = "" } end)
      local options = { endpoint = server.url:gsub("^http", "https") .. "/v3/p", retries = 0,
        wait = server.wait, cert = name == "key" and "README.md" or nil }
      options[name] = "/nowhere/file.pem"
      local client, err = rsnapshots.connect(options)
      assert.is_nil(client)
      assert.equal("config", err.kind)
      assert.matches(("the file of %s cannot be read: /nowhere/file.pem"):format(name), err.message,
        1, true)
      server:close()
    end)
  end
end)

describe("the time until a step is due", function()
  it("is a value, also where there is none", function()
    local client, sim = connect.new()
    assert.equal(1, select("#", client:timeout()))
    client:close()
    sim:close()
  end)
end)

-- By an option's name and its alias, either was taken, by chance: the project of the next run could
-- be another one.
describe("an option that is given by two names", function()
  local settings = require "rsnapshots.connect.settings"

  it("is what its proper name says", function()
    for _ = 1, 50 do
      local options = { auth_url = "http://k/v3", username = "u", password = "p" }
      for proper, alias in pairs { project_name = "tenant_name", project_id = "tenant_id",
        region = "region_name" } do
        options[alias], options[proper] = "alias", "proper"
      end
      local found = assert(settings.gather(options))
      assert.same({ "proper", "proper", "proper" },
        { found.project_name, found.project_id, found.region })
    end
  end)

  it("is what the alias says where the other is empty", function()
    assert.equal("t", assert(settings.gather { auth_url = "http://k/v3", username = "u",
      password = "p", project_name = "", tenant_name = "t" }).project_name)
  end)

  it("is checked by both names", function()
    assert.error_matches(function() rsnapshots.connect { project_name = "p", tenant_name = 5 } end,
      "tenant_name must be a string")
  end)
end)
