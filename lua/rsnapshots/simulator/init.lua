--- A cloud on loopback: the identity services of Keystone and Rackspace, and block storage in all
-- three versions, with faults and odd services on demand. Use it to test a script without a cloud.
-- docs/simulator.md explains it.
--
--     local simulator = require "rsnapshots.simulator"
--     local sim = assert(simulator.new { latency = 0.01 })
--     local client = assert(sim:connect { api_version = 3 })
--
-- @module rsnapshots.simulator

local accounts = require "rsnapshots.simulator.keystone.accounts"
local blockstorage = require "rsnapshots.simulator.storage.blockstorage"
local catalog = require "rsnapshots.simulator.keystone.catalog"
local check = require "rsnapshots.support.check"
local clock = require "rsnapshots.simulator.clock"
local credentials = require "rsnapshots.simulator.credentials"
local fault = require "rsnapshots.simulator.http.fault"
local identifier = require "rsnapshots.simulator.text.identifier"
local identity = require "rsnapshots.simulator.keystone.identity"
local options = require "rsnapshots.simulator.options"
local Population = require "rsnapshots.simulator.population"
local quirks = require "rsnapshots.simulator.quirks"
local served = require "rsnapshots.loop.served"
local server = require "rsnapshots.simulator.http.server"
local shared_clock = require "rsnapshots.simulator.shared_clock"
local store = require "rsnapshots.simulator.storage.store"
local time = require "rsnapshots.simulator.text.time"

local Simulator = { __name = "rsnapshots.Simulator" }
Simulator.__index = Simulator

for name, method in pairs(Population) do
  Simulator[name] = method
end

local simulator = {}

--- Reads a fault from a text, as on the command line: `"GET /snapshots status=503 times=2"`.
-- @function parse_fault
-- @tparam string text
-- @treturn ?table what `Simulator:fault` takes, or nil and what is wrong
simulator.parse_fault = fault.parse

--- All quirks: a list of `{ name, sentence }`, in the order of the documentation.
-- @function quirks
-- @treturn table
simulator.quirks = quirks.list

-- What is wrong with a word of the option `quirks`; nil if it is right.
simulator.quirk_problem = quirks.problem

-- Starting --------------------------------------------------------------------------------

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do
    set[value] = true
  end
  return set
end

-- Options that become fields of the same name.
local FIELDS = { "host", "latency", "page_limit", "max_micro", "snapshots_per_volume",
  "max_microversion", "log", "record" }

local VOLUME_FILTERS = { "name", "status", "metadata", "bootable", "availability_zone", "size",
  "consumes_quota" }
local MESSAGE_FILTERS = { "resource_uuid", "resource_type", "event_id", "request_id",
  "message_level" }

local function configure(self, given)
  for _, name in ipairs(FIELDS) do
    self[name] = given[name]
  end
  self.api, self.identity_versions = set_of(given.api), set_of(given.identity)
  self.snapshot_filters = set_of(given.snapshot_filters)
  self.volume_filters, self.message_filters = set_of(VOLUME_FILTERS), set_of(MESSAGE_FILTERS)
  self.quotas = { snapshots = given.quota_snapshots, volumes = given.quota_volumes,
    gigabytes = given.quota_gigabytes }
  self.clock = clock.new(given.now)
  self.now = self.clock.now
  self.quirks = quirks.new(self, given.quirks)
end

-- Listens; nil and the reason if that fails.
local function listen(self, port)
  local err
  self.server, err = server.new(self.host, port, function(request)
    return self:handle(request)
  end, self.clock.ticks)
  if not self.server then
    return nil, err
  end
  self.port = self.server.port
  local name = self.host:find ":" and "[" .. self.host .. "]" or self.host -- for IPv6
  self.url = ("http://%s:%d"):format(name, self.port)
  self.wait = function(fd, events, seconds)
    return self.server:wait(fd, events, seconds)
  end
  self.shared_wait, self.sessions = shared_clock.new(self)
  served.add(self.port, self)
  return true
end

local function populate(self, given)
  self.random = identifier.random(self.clock.ticks() * 1000 + self.port * 7919)
  self.volume_type_id = self.random:uuid()
  self.accounts = accounts.new(self.random, self.now, given.token_seconds)
  self.catalog = catalog.new(self.url, self.api, self.random, given.catalog_projects)
  self.store = store.new(self.random, self.now, given)
  self.blockstorage = blockstorage.new(self)
  self.identity = identity.new(self)
  self.volume_id = self:add_volume { name = "volume", size = 1 }
end

--- Starts a simulator; it answers whenever `step`, `wait` or `run` is called.
-- @tparam[opt] table given options: `host` ("127.0.0.1"), `port` (0: any free one), `latency`
-- (seconds before every answer), `api` ({1, 2, 3}: the versions of block storage that the cloud
-- has), `identity` ({2, 3}: the same for identity), `create_seconds`,
-- `delete_seconds` (0.2: how long a snapshot stays "creating" or "deleting"), `page_limit` (1000),
-- `quota_snapshots`, `quota_volumes`, `quota_gigabytes` (none; per project), `snapshots_per_volume`
-- (500, v1 only), `token_seconds` (86400), `max_microversion` ("3.70"), `snapshot_filters` (names
-- an ordinary user may filter by from 3.31 on; add "name~" for a cloud that allows it), `now` (the
-- clock by which states move and tokens age; default socket.gettime), `log` (a file that gets a
-- line per request), `record` (true: keep `sim.requests`), `catalog_projects` (true: block
-- storage's URLs in the v3 catalog end with the project's id), `quirks` (names of
-- `simulator.quirks()`)
-- @return the simulator, or nil and why it cannot listen
function simulator.new(given)
  given = options.read(given)
  local self = setmetatable({ requests = {}, faults = {} }, Simulator)
  configure(self, given)
  local ok, err = listen(self, given.port)
  if not ok then
    return nil, err
  end
  populate(self, given)
  return self
end

-- Serving ---------------------------------------------------------------------------------

-- The prefixes of paths stand for the regions of v2's catalog, and for a service without identity.
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

-- The service's answer, which quirks may have changed, and how to send it.
function Simulator:serve(request)
  local reply, plan = self.quirks:before(request)
  if not reply then
    reply = self:route(request)
  end
  return self.quirks:after(request, reply, plan or {})
end

-- Answers a request for the server. Returns the answer and how to send it.
function Simulator:handle(request)
  request.time = self.now()
  local hit = self:find_fault(request)
  local reply, plan = nil, {}
  if not hit or hit.act then
    reply, plan = self:serve(request)
  end
  if hit then
    reply, plan = hit:answer(reply), hit:plan(plan)
  end
  plan.delay = (plan.delay or 0) + self.latency
  if not reply:get_header("Date") then
    reply:header("Date", time.http(request.time))
  end
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

--- Empties `sim.requests`.
function Simulator:clear_requests()
  self.requests = {}
end

-- Writes a line to the log, if there is one.
function Simulator:note(line)
  if self.log then
    self.log:write(line, "\n")
    self.log:flush()
  end
end

--- Answers the requests that come within this time.
-- @tparam[opt=0] number seconds
function Simulator:step(seconds)
  self.server:wait(nil, nil, seconds or 0)
end

--- Answers until `stop` is called.
-- @tparam[opt] int fd a descriptor; it also ends when this has something to read
function Simulator:run(fd)
  self.server.stopped = false
  while not self.server.stopped and self.server.listener do
    if self.server:wait(fd, "r", 0.25) then -- an interrupt is noticed in between
      return
    end
  end
end

--- Ends `run` when the requests at hand are answered. Call it from code that runs inside `run`: the
-- clock `now`, or a debug hook.
function Simulator:stop()
  self.server.stopped = true
end

--- Closes every socket. A second call does nothing.
function Simulator:close()
  if self.server.listener then
    served.remove(self.port)
  end
  self.server:close()
end

-- Who may connect -------------------------------------------------------------------------

--- Options for `rsnapshots.connect`. They include a `wait` that lets the simulator answer while the
-- client waits.
-- @tparam[opt] table spec `api_version` (3), `auth` (1: "rackspace_apikey", else "v3password";
-- also "password", "v3applicationcredential", "v3token", "v2password", "v2token", "none"),
-- `user` ("demo"; also "other", "small" with a quota of 1, "reader", "admin", "mfa")
-- @treturn table
function Simulator:credentials(spec)
  return credentials.of(self, spec)
end

--- Connects a client that shares the simulator's clock: waits, back-off and `Retry-After` take no
-- time.
-- @tparam[opt] table given what `credentials` takes, and any option of `rsnapshots.connect`
-- @return what `rsnapshots.connect` returns
function Simulator:connect(given)
  given = check.optional(given, "table", "connect: options") or {}
  local merged = self:credentials { api_version = given.api_version, auth = given.auth,
    user = given.user }
  merged.wait = self.shared_wait
  if given.system_scope then -- instead of a project
    merged.project_name, merged.project_domain_name = nil, nil
  end
  for name, value in pairs(given) do
    merged[name] = value
  end
  merged.auth, merged.user = nil, nil
  return require("rsnapshots").connect(merged)
end

--- Makes the service refuse (401) every token that it has issued so far.
function Simulator:revoke_tokens()
  self.accounts:revoke_all()
end

-- The clock -------------------------------------------------------------------------------

--- Moves the clock forward, for the simulator and for the clients that `connect` made: states pass,
-- tokens age, delays end.
-- @tparam number seconds
function Simulator:advance(seconds)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    check.fail("advance: seconds must be a number of at least 0")
  end
  self.clock:advance(seconds)
  for session in pairs(self.sessions) do
    session:skip(seconds)
  end
end

-- Faults ----------------------------------------------------------------------------------

--- Makes some requests go wrong. If several faults fit a request, the first one counts.
-- @tparam table spec the requests: `method`, `path` and `query` (Lua patterns, or plain parts),
-- `times` (how many; default all), `after` (how many of them pass first); what happens: `status`,
-- `headers`, `body` (the answer), `delay` (seconds), `cut` ("before": closed after the
-- request, nothing done; "after": done, then closed; "head": closed after the head; "reset": RST; a
-- number: closed after so many bytes), `stall` (never answered), `trickle` (seconds per byte),
-- `act` (whether the operation is carried out anyway; default false with `status`, `stall`, cut
-- "before" and "reset")
-- @return the fault, whose `hits` counts the requests; a wrong table raises an error
function Simulator:fault(spec)
  local one, err = fault.new(spec)
  if not one then
    check.fail("fault: " .. err)
  end
  self.faults[#self.faults + 1] = one
  return one
end

--- Ends all faults.
function Simulator:clear_faults()
  self.faults = {}
end

return simulator
