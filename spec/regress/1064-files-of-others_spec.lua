-- Kind: clouds.yaml or secure.yaml is there, and this user may not read it. The message said that
-- there is none, or that the password is missing.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"

describe("a file of clouds that this user may not read", function()
  local folder, open

  setup(function()
    folder, open = environment.replace_with_folder(), io.open
  end)

  before_each(function()
    environment.variables = { HOME = folder, XDG_CONFIG_DIRS = folder,
      OS_CLIENT_CONFIG_FILE = folder .. "/clouds.yaml",
      OS_CLIENT_SECURE_FILE = folder .. "/secure.yaml" }
    process.write(folder .. "/clouds.yaml", "clouds: {prod: {auth: {username: u, auth_url: "
      .. "'https://k', project_name: p}}}\n")
  end)

  after_each(function() io.open = open end) -- luacheck: ignore 122
  teardown(environment.restore)

  -- The message without the file of that name; root may read any.
  local function refused(name, cloud)
    io.open = function(path, mode) -- luacheck: ignore 122
      if path == folder .. "/" .. name then
        return nil, path .. ": Permission denied", 13
      end
      return open(path, mode)
    end
    local client, err = rsnapshots.connect { cloud = cloud, on_warning = function() end }
    assert.is_nil(client)
    assert.equal("config", err.kind)
    return (err.message:gsub(folder, "FOLDER"))
  end

  it("is named where a cloud is not found", function()
    local message = refused("clouds.yaml", "prod")
    assert.truthy(message:find("but FOLDER/clouds.yaml cannot be read: permission denied", 1, true),
      message)
  end)

  it("is named where nothing says which cloud", function()
    local message = refused("clouds.yaml")
    assert.truthy(message:find("no credentials: FOLDER/clouds.yaml cannot be read: permission "
      .. "denied", 1, true), message)
  end)

  it("is named where a password is missing", function()
    local message = refused("secure.yaml", "prod")
    assert.truthy(message:find("password is missing", 1, true), message)
    assert.truthy(message:find("FOLDER/secure.yaml cannot be read: permission denied", 1, true),
      message)
  end)
end)
