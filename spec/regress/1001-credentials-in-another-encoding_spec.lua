-- Kind: a password in Latin-1 failed with "invalid: a text in the request is not UTF-8", which
-- named no variable. In a clouds.json it became another password, which Keystone refused.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local settings = require "rsnapshots.connect.settings"

local LATIN = "g\228heim"

describe("what is not UTF-8", function()
  local folder

  before_each(function()
    folder = environment.replace_with_folder()
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "pppp" }
  end)

  after_each(environment.restore)

  local function fails(given, part)
    local found, err = settings.gather(given)
    assert.is_nil(found)
    assert.equal("config", err.kind)
    assert.truthy(err.message:find(part, 1, true), err.message)
    assert.is_nil(err.message:find("heim", 1, true), err.message)
  end

  it("is named by its variable", function()
    for _, name in ipairs { "OS_PASSWORD", "OS_USERNAME", "OS_PROJECT_NAME" } do
      local before = environment.variables[name]
      environment.variables[name] = LATIN
      fails({}, name .. " is not UTF-8")
      environment.variables[name] = before
    end
    environment.variables.OS_PASSWORD = "g\195\164heim"
    assert.equal("g\195\164heim", assert(settings.gather()).password)
  end)

  it("is named by its option", function()
    for _, name in ipairs { "password", "username", "project_name", "domain_name" } do
      fails({ [name] = LATIN }, name .. " is not UTF-8")
    end
    fails({ token = LATIN }, "token is not UTF-8")
  end)

  it("is named by its line in a file", function()
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.json", OS_CLOUD = "c" }
    local text = '{"clouds": {"c": {"auth": {"auth_url": "http://k/v3",\n"username": "u", '
      .. '"project_name": "p",\n"password": "%s"}}}}'
    process.write(folder .. "/clouds.json", text:format(LATIN))
    fails({}, "clouds.json cannot be read: line 3: it is not UTF-8")
    process.write(folder .. "/clouds.json", "\239\187\191" .. text:format "g\195\164heim")
    assert.equal("g\195\164heim", assert(settings.gather()).password)
  end)
end)
