--- Who may use the simulated cloud: projects, users, application credentials, tokens.
-- @module rsnapshots.simulator.keystone.accounts

local time = require "rsnapshots.simulator.text.time"

local Accounts = { __name = "rsnapshots.simulator.Accounts" }
Accounts.__index = Accounts

local accounts = {}

--- The users, all in the domain "Default" (id "default"). `quota` limits the project's snapshots;
-- `mfa` asks for a second factor, which nobody can give.
accounts.USERS = {
  { name = "demo", project = "demo", password = "demopw", api_key = "demokey",
    roles = { "reader", "member" } },
  { name = "other", project = "other", password = "otherpw", api_key = "otherkey",
    roles = { "reader", "member" } },
  { name = "small", project = "small", password = "smallpw", api_key = "smallkey",
    roles = { "reader", "member" } },
  { name = "reader", project = "demo", password = "readerpw", api_key = "readerkey",
    roles = { "reader" } },
  { name = "admin", project = "admin", password = "adminpw", api_key = "adminkey",
    roles = { "reader", "member", "admin" } },
  { name = "mfa", project = "demo", password = "mfapw", api_key = "mfakey", mfa = true,
    roles = { "reader", "member" } },
}

local PROJECTS = { { name = "demo" }, { name = "other" }, { name = "small", quota = 1 },
  { name = "admin" } }

local ROLES = { "reader", "member", "admin" }

local function add(list, by_id, record)
  list[#list + 1] = record
  by_id[record.id] = record
  return record
end

--- The accounts of a new cloud.
-- @param random a generator of identifiers
-- @tparam function now the clock
-- @tparam number token_seconds how long a token lives
function accounts.new(random, now, token_seconds)
  local self = setmetatable({
    random = random, now = now, token_seconds = token_seconds,
    projects = {}, project_by_id = {}, users = {}, user_by_id = {}, roles = {}, tokens = {},
  }, Accounts)
  for _, name in ipairs(ROLES) do
    self.roles[name] = { id = random:hex(32), name = name }
  end
  for _, project in ipairs(PROJECTS) do
    add(self.projects, self.project_by_id,
      { id = random:hex(32), name = project.name, quotas = { snapshots = project.quota } })
  end
  for _, user in ipairs(accounts.USERS) do
    self:add_user(user)
  end
  local demo = self:user("demo")
  self.application_credential = {
    id = random:hex(32), name = "rsnapshots", secret = random:hex(64), user = demo,
    project = demo.project, restricted = true,
  }
  return self
end

function Accounts:add_user(user)
  local roles = {}
  for i, name in ipairs(user.roles) do
    roles[i] = self.roles[name]
  end
  add(self.users, self.user_by_id, {
    id = self.random:hex(32), name = user.name, password = user.password,
    api_key = user.api_key, mfa = user.mfa, project = self:project(user.project),
    roles = roles, is_admin = user.name == "admin",
  })
end

local function find(list, name)
  for _, record in ipairs(list) do
    if record.name == name then
      return record
    end
  end
  return nil
end

--- A project by name or id, or nil.
function Accounts:project(name)
  return self.project_by_id[name] or find(self.projects, name)
end

--- A user by name or id, or nil.
function Accounts:user(name)
  return self.user_by_id[name] or find(self.users, name)
end

--- Makes a token.
-- @param user a user record
-- @param project a project record, or nil for an unscoped token
-- @tparam table options `methods` (names), `short` (Rackspace's form), `parent` (the token it
-- comes from, whose expiry it keeps), `credential` (an application credential), `system` (true:
-- for the system)
function Accounts:issue(user, project, options)
  local moment = self.now()
  local parent = options.parent
  local token = {
    id = options.short and self.random:hex(32) or "gAAAAAB" .. self.random:hex(176),
    user = user, project = project, methods = options.methods or { "password" },
    credential = options.credential, system = options.system, issued = moment,
    expires = parent and parent.expires or moment + self.token_seconds,
    audit_ids = { self.random:hex(20) .. "-w" },
  }
  if parent then
    token.audit_ids[2] = parent.audit_ids[#parent.audit_ids]
  end
  self.tokens[token.id] = token
  return token
end

--- The token with this id, if it is valid now; otherwise nil.
function Accounts:valid(id)
  local token = id and self.tokens[id]
  if not token or token.revoked or self.now() >= token.expires then
    return nil
  end
  return token
end

--- Makes every token issued so far invalid.
function Accounts:revoke_all()
  for _, token in pairs(self.tokens) do
    token.revoked = true
  end
end

--- A time in Keystone's notation.
function accounts.time(moment)
  return time.iso(moment, true) .. "Z"
end

return accounts
