--- clouds.yaml of a real cloud, read by processes of their own.

local compat = require "rsnapshots.support.compat"
local cloud = require "spec.openstack.support"
local process = require "spec.support.process"

describe("a clouds.yaml of a real cloud #openstack", function()
  local env, folder
  local here = (process.run "pwd"):match "[^\n]+"

  local CLOUDS = [[
clouds:
  whole:
    auth: &demo
      auth_url: %s
      username: %s
      project_name: %s
      user_domain_name: Default
      project_domain_name: Default
    regions:
    - name: Nowhere
      values: {cacert: /none}
    - %s
    volume_api_version: 3
  credential:
    auth_type: v3applicationcredential
    auth:
      auth_url: %s
      application_credential_id: %s
      application_credential_secret: %s
  profiled:
    profile: local
    auth: {username: %s, project_name: %s}
  direct:
    auth: *demo
    volume_endpoint_override: %s/v3/%%(project_id)s
    block_storage_default_microversion: '3.50'
  elsewhere:
    auth: {<<: *demo, auth_url: 'http://127.0.0.1:9/v3'}
]]
  local SECURE = "clouds:\n" .. ("  %s: {auth: {password: PASSWORD}}\n"):rep(4)
  local PUBLIC = [[
public-clouds:
  local:
    region_name: %s
    auth: {auth_url: '%s', user_domain_name: Default, project_domain_name: Default}
]]

  lazy_setup(function()
    env = cloud.env()
    folder = process.directory()
    process.write(folder .. "/clouds.yaml", CLOUDS:format(env.OS_AUTH_URL, env.OS_USERNAME,
      env.OS_PROJECT_NAME, env.OS_REGION_NAME, env.OS_AUTH_URL, env.RC_APP_CRED_ID,
      env.RC_APP_CRED_SECRET, env.OS_USERNAME, env.OS_PROJECT_NAME, env.RC_CINDER_URL))
    process.write(folder .. "/secure.yaml", (SECURE:format("whole", "profiled", "direct",
      "elsewhere"):gsub("PASSWORD", env.OS_PASSWORD)))
    process.write(folder .. "/clouds-public.yaml", PUBLIC:format(env.OS_REGION_NAME,
      env.OS_AUTH_URL))
    process.run("chmod 600 " .. folder .. "/*.yaml")
  end)

  lazy_teardown(function()
    process.run("rm -rf " .. process.quote(folder))
  end)

  -- Connects in a process with these variables; what it says of the client, or the error.
  local function connect(variables, options)
    process.write(folder .. "/script.lua", ([[
      package.path, package.cpath = %q, %q
      local client, err = require("rsnapshots").connect(%s)
      print(client and client.project_id or err)
      print(client and client.region, client and client.microversion,
        client and (client:count() ~= nil))]]):format(
        here .. "/lua/?.lua;" .. here .. "/lua/?/init.lua;" .. package.path,
        here .. "/" .. compat.build .. "/lib/?.so;" .. package.cpath, options or "{}"))
    return (process.run(("cd %s && env -i HOME=%s %s $(command -v %s) script.lua"):format(folder,
      folder, variables, process.interpreter())))
  end

  local function works(region, microversion, ...)
    assert.equal(("%s\n%s\t%s\ttrue\n"):format(env.RC_PROJECT_ID, region, microversion),
      connect(...))
  end

  it("is used by OS_CLOUD and by the option", function()
    works("RegionOne", "3.70", "OS_CLOUD=whole OS_REGION_NAME=RegionOne")
    works("RegionOne", "3.70", "", "{ cloud = 'whole', region = 'RegionOne' }")
    works("RegionOne", "3.70", "OS_CLOUD=elsewhere", "{ cloud = 'credential' }")
    works("RegionOne", "3.70", "OS_CLOUD=profiled OS_INTERFACE=public")
    works("RegionOne", "3.50", "OS_CLOUD=direct", "{ region = 'RegionOne' }")
  end)

  it("says which cloud is not there, and which region", function()
    local output = connect "OS_CLOUD=hole"
    assert.matches("did you mean 'whole'?", output, 1, true)
    assert.matches("credential, direct, elsewhere, profiled, whole", output, 1, true)
    assert.matches("RegionOne", connect "OS_CLOUD=whole OS_REGION_NAME=RegionTwo", 1, true)
    assert.matches("^catalog: .*Nowhere", (connect "OS_CLOUD=whole"))
    assert.matches("^network: ", (connect "OS_CLOUD=elsewhere"))
  end)

  it("is for openstacksdk the same project", function()
    if not require("spec.support.openstacksdk").is_there() then
      return pending "there is no python3-openstacksdk"
    end
    local script = "import openstack; c = openstack.connect(cloud='profiled'); "
      .. "print(c.current_project_id, len(list(c.block_storage.snapshots())) >= 0)"
    local output = process.run(("cd %s && env -i HOME=%s %s -W ignore -c %s"):format(folder, folder,
      env.RC_PYTHON, process.quote(script)))
    assert.equal(env.RC_PROJECT_ID .. " True\n", output)
  end)
end)
