--- A cloud on loopback: Keystone's and Rackspace's identity, and block storage in its three
-- dialects, with faults on demand. For the project's own specs, its examples, and for whoever
-- wants to test a script of his own without a cloud.
--
--     local simulator = require "rsnapshots.simulator"
--     local sim = assert(simulator.new { latency = 0.01 })
--     local options = sim:credentials { api_version = 3 }
--     options.wait = sim.wait -- client and simulator in one process
--     local client = assert(rsnapshots.connect(options))
--
-- @module rsnapshots.simulator

local socket = require "socket"
local accounts = require "rsnapshots.simulator.keystone.accounts"
local blockstorage = require "rsnapshots.simulator.storage.blockstorage"
local catalog = require "rsnapshots.simulator.keystone.catalog"
local fault = require "rsnapshots.simulator.http.fault"
local identity = require "rsnapshots.simulator.keystone.identity"
local json = require "rsnapshots.simulator.text.json"
local server = require "rsnapshots.simulator.http.server"
local store = require "rsnapshots.simulator.storage.store"
local identifier = require "rsnapshots.simulator.text.identifier"

local Simulator = { __name = "rsnapshots.Simulator" }
Simulator.__index = Simulator

local simulator = {}

--- Reads a fault from text, as the command line has it: `"GET /snapshots status=503 times=2"`.
-- @function parse_fault
-- @tparam string text
-- @treturn ?table what `Simulator:fault` takes, or nil and what is wrong
simulator.parse_fault = fault.parse

-- Options ---------------------------------------------------------------------------------

local DEFAULTS = {
  port = 0, host = "127.0.0.1", latency = 0, api = { 1, 2, 3 }, identity = { 2, 3 },
  create_seconds = 0.2, delete_seconds = 0.2, page_limit = 1000, snapshots_per_volume = 500,
  token_seconds = 86400, max_microversion = "3.70", record = true,
  catalog_projects = true,
  snapshot_filters = { "name", "status", "volume_id", "metadata", "availability_zone",
    "consumes_quota" },
}
local OPTIONAL = { quota_snapshots = "number", now = "function", log = "log" }

local function check_option(name, value)
  local default = DEFAULTS[name]
  local wanted = default ~= nil and type(default) or OPTIONAL[name]
  if not wanted then
    error(("simulator.new: there is no option %q"):format(tostring(name)), 4)
  end
  if wanted ~= "log" and type(value) ~= wanted then
    error(("simulator.new: %s must be a %s"):format(name, wanted), 4)
  end
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do
    set[value] = true
  end
  return set
end

local function read_options(given)
  local options = {}
  for name, value in pairs(DEFAULTS) do
    options[name] = value
  end
  for name, value in pairs(given or {}) do
    check_option(name, value)
    options[name] = value
  end
  local minor = options.max_microversion:match("^3%.(%d+)$")
  if not minor then
    error('simulator.new: max_microversion must be like "3.70"', 3)
  end
  options.max_micro = tonumber(minor)
  return options
end

--- Starts a simulator; it answers whenever `step`, `wait` or `run` is called.
-- @tparam[opt] table options
-- `host` ("127.0.0.1"), `port` (0: any free one), `latency` (seconds before every answer),
-- `api` ({1, 2, 3}: the block storage versions that are in the catalog and answer),
-- `identity` ({2, 3}: the same for identity), `create_seconds`, `delete_seconds` (0.2: how long
-- a snapshot stays in the passing states), `page_limit` (1000), `quota_snapshots` (none, per
-- project), `snapshots_per_volume` (500, v1 only), `token_seconds` (86400),
-- `max_microversion` ("3.70"), `snapshot_filters` (names an ordinary user may filter by from
-- 3.31 on; add "name~" for a cloud that allows it), `now` (the clock by which states move and
-- tokens age; default socket.gettime), `log` (a file that gets a line per request),
-- `record` (true: keep `sim.requests`), `catalog_projects` (true: block storage's URLs in the v3
-- catalog end with the project's id)
-- @return the simulator, or nil and why it cannot listen
function simulator.new(options)
  options = read_options(options)
  local self = setmetatable({ requests = {}, faults = {}, clock = options.now }, Simulator)
  for _, name in ipairs { "host", "latency", "page_limit", "quota_snapshots", "max_micro",
      "snapshots_per_volume", "max_microversion", "log", "record" } do
    self[name] = options[name]
  end
  self.now = options.now or socket.gettime
  self.api, self.identity_versions = set_of(options.api), set_of(options.identity)
  self.snapshot_filters = set_of(options.snapshot_filters)
  local err
  self.server, err = server.new(options.host, options.port, function(request)
    return self:handle(request)
  end)
  if not self.server then
    return nil, err
  end
  self.port = self.server.port
  self.url = ("http://%s:%d"):format(self.host, self.port)
  self:populate(options)
  return self
end

function Simulator:populate(options)
  self.random = identifier.random(socket.gettime() * 1000 + self.port * 7919)
  self.accounts = accounts.new(self.random, self.now, options.token_seconds)
  self.catalog = catalog.new(self.url, self.api, self.random, options.catalog_projects)
  self.store = store.new(self.random, self.now, options)
  self.blockstorage = blockstorage.new(self)
  self.identity = identity.new(self)
  self.volume_id = self:add_volume { name = "volume", size = 1 }
  self.wait = function(fd, events, seconds)
    return self.server:wait(fd, events, seconds)
  end
end

-- Serving ---------------------------------------------------------------------------------

-- Prefixes stand for the regions of v2's catalog, and for a service without identity.
local function strip_prefix(path)
  local prefix, rest = path:match("^/(%l+)(/.*)$")
  if prefix == "dfw" or prefix == "ord" then
    return rest, false
  end
  if prefix == "noauth" then
    return rest, true
  end
  return path, false
end

function Simulator:route(request)
  local path = request.path
  if path == "/identity" or path:find("^/identity/") then
    return self.identity:serve(request, path:sub(#"/identity" + 1))
  end
  if path:find("^/v3/auth/") or path:find("^/v2%.0/?") then
    return self.identity:serve(request, path)
  end
  local rest, noauth = strip_prefix(path)
  return self.blockstorage:serve(request, rest, noauth)
end

function Simulator:find_fault(request)
  for _, one in ipairs(self.faults) do
    if one:hit(request) then
      return one
    end
  end
  return nil
end

--- Answers a request; called by the server.
-- @treturn Answer
-- @treturn table how to send it
function Simulator:handle(request)
  request.time = self.now()
  local hit = self:find_fault(request)
  local reply = (not hit or hit.act) and self:route(request) or nil
  local plan = {}
  if hit then
    reply, plan = hit:answer(reply), hit:plan()
  end
  plan.delay = (plan.delay or 0) + self.latency
  self:remember(request, reply, plan)
  return reply, plan
end

function Simulator:remember(request, reply, plan)
  local silent = plan.stall or plan.cut == "before" or plan.cut == "after"
    or plan.cut == "reset"
  if self.record then
    self.requests[#self.requests + 1] = {
      method = request.method, path = request.path, query = request.query,
      headers = request.headers, body = request.body, status = not silent and reply.status or nil,
      time = request.time, connection = request.connection,
    }
  end
  local query = request.query ~= "" and "?" .. request.query or ""
  self:note(("%s %s%s %s"):format(request.method, request.path, query,
    silent and "(no answer)" or tostring(reply.status)))
end

--- Writes a line to the log, where there is one.
function Simulator:note(line)
  if self.log then
    self.log:write(line, "\n")
    self.log:flush()
  end
end

--- Serves what comes within that time.
-- @tparam[opt=0] number seconds
function Simulator:step(seconds)
  self.server:wait(nil, nil, seconds or 0)
end

--- Serves until `stop` is called.
function Simulator:run()
  self.server.stopped = false
  while not self.server.stopped and self.server.listener do
    self.server:wait(nil, nil, 0.25) -- an interrupt is noticed in between
  end
end

--- Ends `run`, once the requests at hand are served. To be called by what runs inside `run`:
-- the clock `now`, a debug hook.
function Simulator:stop()
  self.server.stopped = true
end

--- Closes every socket. Idempotent.
function Simulator:close()
  self.server:close()
end

-- Who may connect -------------------------------------------------------------------------

local AUTH = {}

function AUTH.v3password(self, user)
  return { auth_type = "v3password", auth_url = self.url .. "/identity/v3",
    username = user.name, password = user.password, project_name = user.project.name,
    user_domain_name = "Default", project_domain_name = "Default" }
end

function AUTH.password(self, user)
  local options = AUTH.v3password(self, user)
  options.auth_type, options.auth_url = "password", self.url .. "/identity"
  return options
end

function AUTH.v3applicationcredential(self)
  local credential = self.accounts.application_credential
  return { auth_type = "v3applicationcredential", auth_url = self.url .. "/identity/v3",
    application_credential_id = credential.id,
    application_credential_secret = credential.secret }
end

function AUTH.v3token(self, user)
  local token = self.accounts:issue(user, user.project, {})
  return { auth_type = "v3token", auth_url = self.url .. "/identity/v3", token = token.id,
    project_name = user.project.name, project_domain_name = "Default" }
end

function AUTH.v2password(self, user)
  return { auth_type = "v2password", auth_url = self.url .. "/identity/v2.0",
    username = user.name, password = user.password, project_name = user.project.name }
end

function AUTH.v2token(self, user)
  local token = self.accounts:issue(user, user.project, { short = true })
  return { auth_type = "token", auth_url = self.url .. "/identity/v2.0", token = token.id,
    project_name = user.project.name }
end

function AUTH.rackspace_apikey(self, user)
  return { auth_type = "rackspace_apikey", auth_url = self.url .. "/identity/v2.0",
    username = user.name, api_key = user.api_key }
end

AUTH.none = function(self, user, api_version)
  return { auth_type = "none",
    endpoint = ("%s/noauth/v%d/%s"):format(self.url, api_version, user.project.id) }
end

local DEFAULT_AUTH = { "rackspace_apikey", "v3password", "v3password" }

--- Options for `rsnapshots.connect`.
-- @tparam[opt] table spec `api_version` (3), `auth` (1: "rackspace_apikey", else "v3password";
-- also "password", "v3applicationcredential", "v3token", "v2password", "v2token", "none"),
-- `user` ("demo"; also "other", "small" with a quota of 1, "reader", "admin", "mfa")
-- @treturn table
function Simulator:credentials(spec)
  spec = spec or {}
  local api_version = spec.api_version or 3
  local auth = spec.auth or DEFAULT_AUTH[api_version]
  local make = AUTH[auth]
  if not make then
    error(("credentials: auth %q is not known"):format(tostring(auth)), 2)
  end
  local user = self.accounts:user(spec.user or "demo")
  if not user then
    error(("credentials: there is no user %q"):format(spec.user), 2)
  end
  local options = make(self, user, api_version)
  options.api_version = api_version
  if auth:find("^v2") or auth == "rackspace_apikey" then
    options.region = catalog.V2_REGIONS[1]
  elseif auth ~= "none" then
    options.region = catalog.REGION
  end
  return options
end

--- Makes every token issued so far a 401.
function Simulator:revoke_tokens()
  self.accounts:revoke_all()
end

-- What there is ---------------------------------------------------------------------------

local function to_object(map)
  if json.type(map) == "object" then
    return map
  end
  local names, object = {}, json.object()
  for name in pairs(map or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    object:set(name, map[name])
  end
  return object
end

--- Adds a volume.
-- @tparam[opt] table spec `id`, `size` (1), `status` ("available"), `name`, `description`,
-- `metadata`, `project` ("demo")
-- @treturn string its id
function Simulator:add_volume(spec)
  spec = spec or {}
  local user = self.accounts:user(spec.project or "demo")
  local project = self.accounts:project(spec.project or "demo")
  if not project then
    error(("add_volume: there is no project %q"):format(spec.project), 2)
  end
  return self.store:add_volume {
    id = spec.id, size = spec.size, status = spec.status, name = spec.name, project = project,
    description = spec.description, metadata = to_object(spec.metadata), user = user,
  }.id
end

--- Adds snapshots, as if they had been made one second apart, the last one now.
-- @tparam int n how many
-- @tparam[opt] table spec `volume_id`, `prefix` ("snapshot-"; the number follows), `name` (for
-- all), `description`, `status` ("available"), `metadata`, `seconds` (1: the distance)
-- @treturn {string,...} their ids, oldest first
function Simulator:add_snapshots(n, spec)
  spec = spec or {}
  local volume = self.store.volume_by_id[spec.volume_id or self.volume_id]
  if not volume then
    error(("add_snapshots: there is no volume %q"):format(tostring(spec.volume_id)), 2)
  end
  local now, ids = self.now(), {}
  for i = 1, n do
    local moment = now - (n - i) * (spec.seconds or 1)
    ids[i] = self.store:add_snapshot {
      volume = volume, name = spec.name or (spec.prefix or "snapshot-") .. i,
      description = spec.description, status = spec.status,
      progress = spec.status == "creating" and "0%" or nil, created = moment, updated = moment,
      metadata = to_object(spec.metadata):copy(),
    }.id
  end
  return ids
end

--- The record of a snapshot, to be looked at or changed; nil when there is none.
function Simulator:find_snapshot(id)
  self.store:advance()
  return self.store.snapshot_by_id[id]
end

--- Forgets `sim.requests`.
function Simulator:clear_requests()
  self.requests = {}
end

-- Faults ----------------------------------------------------------------------------------

--- Makes some requests go wrong. The first fault that fits a request counts.
-- @tparam table spec which requests: `method`, `path` and `query` (Lua patterns, or plain
-- parts), `times` (how many; default all), `after` (how many of them pass first);
-- what happens: `status`, `headers`, `body` (an answer made up), `delay` (seconds), `cut`
-- ("before": closed after the request, nothing done; "after": done, then closed; "head": closed
-- after the head; "reset": RST; a number: closed after so many bytes), `stall` (never answered),
-- `trickle` (seconds per byte), `act` (whether the operation is carried out all the same;
-- default false with `status`, `stall`, cut "before" and "reset")
-- @return the fault, whose `hits` counts; raises when the table is wrong
function Simulator:fault(spec)
  local one, err = fault.new(spec)
  if not one then
    error("fault: " .. err, 2)
  end
  self.faults[#self.faults + 1] = one
  return one
end

--- Ends all faults.
function Simulator:clear_faults()
  self.faults = {}
end

return simulator
