--- Runs a Lua block of the documentation as it is printed, on the Lua that the specs run on.
--
-- Only the addresses are exchanged: what connects to https://keystone.example gets to the
-- simulated cloud. A block finds the names that its text speaks of: `rsnapshots`, `client`,
-- `snapshot`, `id` (of that snapshot), `volume_id`, `volumes`, `snapshots`, `projects`. What it
-- prints is compared with what it says about it after `-->`.
local blocks = require "spec.support.docs.blocks"
local cloud = require "spec.support.docs.cloud"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"
local versions = require "spec.support.versions"

local lua_stage = {}

local Stage = {}
Stage.__index = Stage

-- ------------------------------------------------------------ where it connects to

local function plain_gsub(text, what, by)
  return (text:gsub(what:gsub("%p", "%%%0"), (by:gsub("%%", "%%%%"))))
end

-- A served cloud in a process of its own, for blocks that bring a `wait`: their loop cannot run
-- the simulator of this process.
function Stage:server()
  self.served = self.served or simulated.start "--quiet --snapshots 3"
  return self.served
end

-- The addresses: of the documentation, of the simulated cloud.
function Stage:addresses(own_wait)
  local sim = self.cloud.sim
  local identity = own_wait and self:server().credentials().auth_url:gsub("/v3$", "")
    or sim.url .. "/identity"
  local project = sim.accounts:project("demo").id
  return {
    { "https://keystone.example", identity },
    { "https://cinder.example/v3/PROJECT", sim.url .. "/v3/" .. project },
    { "https://cinder.example", sim.url },
    { "http://127.0.0.1:8776/v3/demo", sim.url .. "/noauth/v3/" .. project },
  }
end

function Stage:addressed(value, own_wait)
  if type(value) == "string" then
    for _, pair in ipairs(self:addresses(own_wait)) do
      value = plain_gsub(value, pair[1], pair[2])
    end
  end
  return value
end

function Stage:connect(options)
  local own_wait = type(options) == "table" and options.wait
  local given = {}
  for name, value in pairs(options or {}) do
    given[name] = self:addressed(value, own_wait)
  end
  if given.provider == "rackspace" then
    given.auth_url = self.cloud.sim.url .. "/identity/v2.0"
  end
  given.wait = own_wait or self.cloud.sim.shared_wait
  self.own_wait = own_wait
  local client, err = self.real_connect(given)
  self.clients[#self.clients + 1] = client
  if not client and not self.expects_failure then
    error(tostring(err), 0)
  end
  return client, err
end

-- -------------------------------------------------------------------- the environment

local SECRETS = { ADMIN_PASSWORD = "adminpw", RS_API_KEY = "demokey", RS_PASSWORD = "demopw",
  TOKEN = "v3token", APPLICATION_CREDENTIAL_SECRET = "v3applicationcredential" }

-- What a block reads with os.getenv: secrets of other clouds, too.
function Stage:variable(name)
  local sim = self.cloud.sim
  if name == "TOKEN" then
    return sim:credentials({ auth = "v3token" }).token
  elseif name:find "^APPLICATION_CREDENTIAL_" then
    return sim:credentials({ auth = "v3applicationcredential" })[name:lower()]
  end
  return SECRETS[name] or self:setting(name)
end

local CREDENTIALS = { OS_AUTH_URL = "auth_url", OS_USERNAME = "username", OS_PASSWORD = "password",
  OS_PROJECT_NAME = "project_name", OS_USER_DOMAIN_NAME = "user_domain_name",
  OS_PROJECT_DOMAIN_NAME = "project_domain_name" }

-- What rsnapshots.connect reads.
function Stage:setting(name)
  if CREDENTIALS[name] then
    local credentials = self.own_wait and self:server().credentials()
      or self.cloud.sim:credentials()
    return credentials[CREDENTIALS[name]]
  elseif name == "OS_CLIENT_CONFIG_FILE" or name == "OS_CLIENT_SECURE_FILE" then
    return self.files[name]
  elseif name:find "^[OR]S_" then
    return nil
  end
  return self.real_getenv(name)
end

-- Writes the clouds.yaml and secure.yaml of a page, as printed but for the addresses.
function Stage:write_clouds(clouds)
  for variable, text in pairs(clouds) do
    self.files[variable] = os.tmpname()
    process.write(self.files[variable], self:addressed(text))
  end
end

-- -------------------------------------------------------------------------- running

local function names_for(stage)
  local place = stage.cloud
  local client = assert(place.sim:connect())
  stage.clients[1] = client
  local snapshot = assert(client:get(place.nightly))
  local own_os = setmetatable({ getenv = function(name) return stage:variable(name) end },
    { __index = os })
  return { rsnapshots = rsnapshots, client = client, snapshot = snapshot, id = snapshot.id,
    volume_id = place.web, volumes = { place.web, place.db }, os = own_os,
    snapshots = assert(client:list({ volume_id = place.web, name_like = "nightly-web" }):all()),
    projects = { client.project_id },
    print = function(...) stage:print(...) end }
end

function Stage:print(...)
  local texts = {}
  for i = 1, select("#", ...) do
    texts[i] = tostring((select(i, ...)))
  end
  self.printed[#self.printed + 1] = table.concat(texts, "\t")
end

local function chunk_of(block, environment)
  local name = ("@%s:%d"):format(block.path, block.line)
  local text = ("\n"):rep(block.line - 1) .. block.text -- so that an error names the file's line
  if setfenv then -- luacheck: ignore 113
    return setfenv(assert(versions.load(text, name)), environment) -- luacheck: ignore 113
  end
  return assert(versions.load(text, name, "t", environment))
end

-- Each `--> TEXT` is what was printed, in this order.
local function check_output(block, printed)
  local i = 1
  for wanted in block.text:gmatch "%-%-> ([^\n]+)" do
    while printed[i] and not blocks.fits(printed[i], wanted) do
      i = i + 1
    end
    assert(printed[i], ("%s:%d: this was not printed: %s; what was: %s"):format(block.path,
      block.line, wanted, table.concat(printed, " | ")))
    i = i + 1
  end
end

function Stage:close()
  rsnapshots.connect, os.getenv = self.real_connect, self.real_getenv -- luacheck: ignore 122
  for _, client in ipairs(self.clients) do
    client:close()
  end
  self.cloud.sim:close()
  if self.served then
    self.served.stop()
  end
  for _, file in pairs(self.files) do
    os.remove(file)
  end
end

--- Runs a block; an error of its own, or other output than it says, raises.
-- @tparam table block
-- @tparam table clouds texts of a clouds.yaml and a secure.yaml, by the variable that names each
function lua_stage.run(block, clouds)
  local stage = setmetatable({ cloud = cloud.start(), clients = {}, printed = {}, files = {},
    expects_failure = block.text:find "err = rsnapshots%.connect" ~= nil,
    real_connect = rsnapshots.connect, real_getenv = os.getenv }, Stage)
  local environment = setmetatable(names_for(stage), { __index = _G })
  rsnapshots.connect = function(options) return stage:connect(options) end
  os.getenv = function(name) return stage:setting(name) end -- luacheck: ignore 122
  stage:write_clouds(clouds)
  local ok, err = xpcall(function()
    chunk_of(block, environment)()
    check_output(block, stage.printed)
  end, function(problem)
    return rsnapshots.is_error(problem) and problem or debug.traceback(tostring(problem), 2)
  end)
  stage:close()
  if not ok then
    error(("%s:%d: %s"):format(block.path, block.line, tostring(err)), 0)
  end
end

return lua_stage
