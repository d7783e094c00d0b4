-- A real Keystone and Cinder for specs: brings them up when they are not, and does by hand what
-- the library is not for (projects, users, volumes, revoking tokens).
--
--   local cloud = require "spec.openstack.support"
--   local project = cloud.project()              -- a fresh one, with a user of its own
--   local client = project:connect{ microversion = "3.0" }
--   local volume = project:volume()              -- its id
--   project:fill(volume, 2500)

local cjson = require "cjson.safe"
local ltn12 = require "ltn12"
local http = require "socket.http"
local socket = require "socket"

local rsnapshots = require "rsnapshots"

local cloud = { quick = { interval = 0.1, timeout = 30 } }

local HERE = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$")

-- ------------------------------------------------------------------ the cloud

local environment

local function run(command)
  local pipe = assert(io.popen(command))
  local output = pipe:read("*a")
  assert(pipe:close(), command .. " failed")
  return output
end

--- What up.sh says: OS_* and RC_*.
function cloud.env()
  if not environment then
    environment = {}
    local path = run(("'%s/up.sh'"):format(HERE)):match("[^\n]+")
    for line in io.lines(path) do
      local name, value = line:match("^export ([%w_]+)=(.*)$")
      environment[name] = value
    end
  end
  return environment
end

local function shell_quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function python(script, ...)
  local env = cloud.env()
  local words = { env.RC_PYTHON, HERE .. "/py/" .. script, ... }
  for i, word in ipairs(words) do
    words[i] = shell_quoted(word)
  end
  return table.concat(words, " ")
end

--- The output of one of the scripts in py/.
function cloud.python(...)
  return run(python(...))
end

-- ------------------------------------------------------------------ raw HTTP

--- Sends a request. `spec`: method, url, token, body (a table), headers.
-- @return the decoded body (or nil), the headers, the status
function cloud.send(spec)
  local headers = { Accept = "application/json", ["X-Auth-Token"] = spec.token }
  for name, value in pairs(spec.headers or {}) do
    headers[name] = value
  end
  local text = spec.body and cjson.encode(spec.body)
  if text then
    headers["Content-Type"], headers["Content-Length"] = "application/json", #text
  end
  local chunks = {}
  local ok, status, answered = http.request {
    method = spec.method or "GET", url = spec.url, headers = headers,
    source = text and ltn12.source.string(text), sink = ltn12.sink.table(chunks),
  }
  assert(ok, status)
  return cjson.decode(table.concat(chunks)), answered, status
end

local function must(spec)
  local document, headers, status = cloud.send(spec)
  assert(status < 300, ("%s %s: %d %s"):format(spec.method or "GET", spec.url, status,
    cjson.encode(document)))
  return document, headers
end

local function keystone(method, path, body, token)
  return must { method = method, url = cloud.env().OS_AUTH_URL .. path, body = body,
    token = token }
end

--- A token of a user for a project, by names.
function cloud.token(user, password, project)
  local domain = { id = "default" }
  local _, headers = keystone("POST", "/auth/tokens", { auth = {
    identity = { methods = { "password" },
      password = { user = { name = user, domain = domain, password = password } } },
    scope = { project = { name = project, domain = domain } },
  } })
  return headers["x-subject-token"]
end

local admin

local function as_admin()
  admin = admin or cloud.token("admin", cloud.env().RC_ADMIN_PASSWORD, "admin")
  return admin
end

--- Revokes one token.
function cloud.revoke(token)
  must { method = "DELETE", url = cloud.env().OS_AUTH_URL .. "/auth/tokens", token = as_admin(),
    headers = { ["X-Subject-Token"] = token } }
end

-- ---------------------------------------------------------------- connecting

local function merge(options, more)
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return options
end

--- Connects as the user demo; what rsnapshots.connect gives. `false` takes one of these
-- options away.
function cloud.try(options)
  local env = cloud.env()
  local merged = merge({
    auth_url = env.OS_AUTH_URL, username = env.OS_USERNAME, password = env.OS_PASSWORD,
    project_name = env.OS_PROJECT_NAME, region = env.OS_REGION_NAME,
  }, options)
  for _, name in ipairs { "username", "password", "project_name" } do
    merged[name] = merged[name] or nil
  end
  return rsnapshots.connect(merged)
end

function cloud.connect(options)
  return assert(cloud.try(options))
end

--- Connects as admin for the project admin; for the system with `project_name = false` and
-- `system_scope`.
function cloud.admin(options)
  return cloud.connect(merge({ username = "admin", password = cloud.env().RC_ADMIN_PASSWORD,
    project_name = "admin" }, options))
end

-- ------------------------------------------------------------------- projects

local Project = {}
Project.__index = Project

local PASSWORD = "a password"

local function unique()
  cloud.made = (cloud.made or 0) + 1
  return ("spec-%x-%d"):format(math.floor(socket.gettime() * 1000), cloud.made)
end

local member

local function member_role()
  member = member or keystone("GET", "/roles?name=member", nil, as_admin()).roles[1].id
  return member
end

--- A fresh domain: its id, and its name.
function cloud.domain()
  local name = unique()
  return keystone("POST", "/domains", { domain = { name = name } }, as_admin()).domain.id, name
end

--- A fresh project, and a user of the same name who is a member of it.
-- @tparam[opt] string domain its id
function cloud.project(domain)
  local name = unique()
  local token = as_admin()
  domain = domain or "default"
  local project = keystone("POST", "/projects",
    { project = { name = name, domain_id = domain } }, token).project
  local user = keystone("POST", "/users",
    { user = { name = name, domain_id = domain, password = PASSWORD } }, token).user
  keystone("PUT", ("/projects/%s/users/%s/roles/%s"):format(project.id, user.id, member_role()),
    nil, token)
  return setmetatable({ name = name, id = project.id, user_id = user.id, password = PASSWORD },
    Project)
end

--- Connects as the project's user; what rsnapshots.connect gives.
function Project:try(options)
  return cloud.try(merge({ username = self.name, password = PASSWORD,
    project_name = self.name }, options))
end

function Project:connect(options)
  return assert(self:try(options))
end

--- What a shell must run for commands to be those of the project's user.
function Project:environment()
  local lines = { "unset OS_CLOUD" }
  for name, value in pairs { OS_AUTH_URL = cloud.env().OS_AUTH_URL, OS_USERNAME = self.name,
    OS_PASSWORD = PASSWORD, OS_PROJECT_NAME = self.name, OS_USER_DOMAIN_NAME = "Default",
    OS_PROJECT_DOMAIN_NAME = "Default", OS_REGION_NAME = cloud.env().OS_REGION_NAME } do
    lines[#lines + 1] = ("export %s=%s"):format(name, shell_quoted(value))
  end
  return table.concat(lines, "\n") .. "\n"
end

--- A token of the project's user.
function Project:token()
  return cloud.token(self.name, PASSWORD, self.name)
end

--- Revokes every token of the project's user. Keystone counts in whole seconds, so this comes
-- back in the next one, when new tokens are good.
function Project:revoke_tokens()
  keystone("PATCH", "/users/" .. self.user_id, { user = { password = PASSWORD } }, as_admin())
  socket.sleep(1.05 - socket.gettime() % 1)
end

--- Makes the project's user authenticate by these rules: lists of methods.
function Project:require_methods(rules)
  keystone("PATCH", "/users/" .. self.user_id, { user = { options = {
    multi_factor_auth_enabled = true, multi_factor_auth_rules = rules } } }, as_admin())
end

--- Removes the project's user.
function Project:remove_user()
  keystone("DELETE", "/users/" .. self.user_id, nil, as_admin())
end

function Project:url(path)
  return ("%s/v3/%s%s"):format(cloud.env().RC_CINDER_URL, self.id, path)
end

function Project:call(method, path, body)
  self.own_token = self.own_token or self:token()
  return must { method = method, url = self:url(path), body = body, token = self.own_token }
end

--- Sets quotas: snapshots, gigabytes, ...
function Project:quota(limits)
  must { method = "PUT", url = self:url("/os-quota-sets/" .. self.id):gsub(self.id,
    cloud.admin_project(), 1), body = { quota_set = limits }, token = as_admin() }
end

local admin_project

--- The id of the admin's project.
function cloud.admin_project()
  admin_project = admin_project
    or keystone("GET", "/projects?name=admin", nil, as_admin()).projects[1].id
  return admin_project
end

--- Makes a volume and waits for it.
-- @tparam[opt] table options size (1), name
-- @treturn string its id
function Project:volume(options)
  options = options or {}
  local volume = self:call("POST", "/volumes", { volume = {
    size = options.size or 1, name = options.name,
  } }).volume
  self:await_volume(volume.id, "available")
  return volume.id
end

function Project:await_volume(id, status)
  local limit = socket.gettime() + 30
  while self:call("GET", "/volumes/" .. id).volume.status ~= status do
    assert(socket.gettime() < limit, "the volume does not become " .. status)
    socket.sleep(0.05)
  end
end

--- Makes a volume that is in use, as if a server had it.
function Project:volume_in_use()
  local id = self:volume()
  local path = "/volumes/" .. id .. "/action"
  self:call("POST", path, { ["os-reserve"] = cjson.null })
  self:call("POST", path, { ["os-attach"] = { mode = "rw", mountpoint = "/dev/vdb",
    instance_uuid = "11111111-1111-4111-8111-111111111111" } })
  self:await_volume(id, "in-use")
  return id
end

--- Adds snapshots past the API: so many, or a list of rows as rc_fill.py takes it.
function Project:fill(volume, rows)
  local env = cloud.env()
  local command = python("rc_fill.py", env.RC_BASE, self.id, self.user_id, volume,
    type(rows) == "table" and "-" or tostring(rows))
  local pipe = assert(io.popen(command .. " >/dev/null", "w"))
  if type(rows) == "table" then
    pipe:write(assert(cjson.encode(rows)))
  end
  assert(pipe:close(), "rc_fill.py failed")
end

--- Takes the project's snapshots out of the database, so that it stays small.
function Project:forget()
  cloud.python("rc_fill.py", cloud.env().RC_BASE, self.id, "--forget")
end

-- -------------------------------------------------------------------- helpers

--- A snapshot that is ready.
function cloud.ready(client, options)
  return assert(assert(client:create(options)):wait_until_complete(cloud.quick))
end

--- Listens to a client's requests: give `spy.listen` as on_request.
function cloud.spy()
  local spy = { requests = {} }
  function spy.listen(request)
    spy.requests[#spy.requests + 1] = request
  end

  --- How many requests' method and URL matched a pattern, and had the status, if one is given.
  function spy.count(pattern, status)
    local n = 0
    for _, request in ipairs(spy.requests) do
      if (request.method .. " " .. request.url):find(pattern)
          and (not status or request.status == status) then
        n = n + 1
      end
    end
    return n
  end

  function spy.authentications()
    return spy.count("^POST .*/auth/tokens$", 201)
  end

  function spy.reset()
    spy.requests = {}
  end
  return spy
end

--- The ids of snapshots, in their order.
function cloud.ids(snapshots)
  local ids = {}
  for i = 1, #snapshots do
    ids[i] = snapshots[i].id
  end
  return ids
end

return cloud
