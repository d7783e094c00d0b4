-- Kind: what the shell's own cloud said went into the simulated one. After `source openrc.sh`, as
-- Horizon writes it, `rsnapshots simulate -- rsnapshots list` was refused: it asked for the real
-- project's id. An endpoint override sent the command to the real service. With http_proxy, the
-- proxy was asked for the simulated cloud, also by `sim:connect`.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local simulator = require "rsnapshots.simulator"

local PROGRAM = process.interpreter() .. " bin/rsnapshots "

-- What Horizon writes, and whatever else a shell may have.
local OPENRC = { "OS_AUTH_URL=https://cloud.example:5000/v3", "OS_PROJECT_ID=0123456789abcdef",
  "OS_PROJECT_NAME=prod", "OS_USER_DOMAIN_NAME=Default", "OS_PROJECT_DOMAIN_ID=default",
  "OS_USERNAME=me", "OS_PASSWORD=secret", "OS_REGION_NAME=RegionTwo", "OS_INTERFACE=public",
  "OS_IDENTITY_API_VERSION=3" }

local ONE_EACH = { "OS_USER_ID=x", "OS_TENANT_ID=x", "OS_USER_DOMAIN_ID=x", "OS_TRUST_ID=x",
  "OS_SYSTEM_SCOPE=all", "OS_TOKEN=x", "OS_CLOUD=prod", "RS_API_KEY=x", "OS_CLOUD_NAME=mine",
  "OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE=http://127.0.0.1:1/v3", "OS_INTERFACE=internal",
  "OS_CLIENT_CONFIG_FILE=/nowhere", "http_proxy=http://127.0.0.1:1",
  "http_proxy=http://127.0.0.1:1 NO_PROXY=other.example" }

describe("a command on a simulated cloud is not led astray #once", function()
  -- Runs it with these variables of the shell, for the words between quotes.
  local function count(variables, options)
    local output, status = process.run(("env %s %s simulate --quiet --snapshots 2 %s -- %s list "
      .. "-f value -c Name"):format(variables, PROGRAM, options or "", PROGRAM))
    assert.equal(0, status, output)
    return select(2, output:gsub("snapshot%-[12]\n", ""))
  end

  it("by the file that Horizon writes", function()
    local variables = table.concat(OPENRC, " ")
    assert.equal(2, count(variables))
    assert.equal(2, count(variables, "--api 1"))
    assert.equal(2, count(variables .. " " .. variables:gsub("OS_", "RS_"), "--api 1"))
  end)

  for _, variable in ipairs(ONE_EACH) do
    it("by " .. variable, function()
      assert.equal(2, count(variable))
    end)
  end

  it("in a shell that is strict", function()
    local path = os.tmpname()
    process.run(("%s simulate --until-eof </dev/null >%s"):format(PROGRAM, path))
    local output, status = process.run(("env -i PATH=\"$PATH\" OS_TRUST_ID=x sh -euc '. %s; "
      .. "echo ${OS_TRUST_ID-none} $OS_USERNAME $no_proxy'"):format(path))
    os.remove(path)
    assert.same({ "none demo 127.0.0.1,\n", 0 }, { output, status })
  end)
end)

describe("sim:connect", function()
  before_each(environment.replace)
  after_each(environment.restore)

  it("asks no proxy", function()
    environment.variables = { http_proxy = "http://127.0.0.1:1" }
    local sim = assert(simulator.new())
    assert.equal("", sim:credentials().proxy)
    local client = assert(sim:connect())
    client:close()
    sim:close()
  end)
end)
