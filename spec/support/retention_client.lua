--- A client of snapshots in a table, without a service, as far as retention needs one.
--
-- `client.snapshots` is by id; `client.calls` has what was asked, in order ("get a", "delete a").
-- `client.on_get` and `client.on_delete` are called with the id, and may change things; what the
-- latter gives (nil and an error) is the delete's answer.
local errors = require "rsnapshots.error"

local Client = {}
Client.__index = Client

-- Runs spawned functions one after another, when their results are asked for.
local Group = {}
Group.__index = Group

function Group:spawn_serial(key, body)
  self.bodies[#self.bodies + 1] = body
  self.keys[#self.keys + 1] = key
end

function Group:each(visit)
  for index, body in ipairs(self.bodies) do
    local value, err = body()
    visit { index = index, ok = err == nil, value = value, error = err }
  end
end

-- Records a request for a snapshot; nil and an error if there is none, or if a hook says so.
local function ask(self, verb, id)
  self.calls[#self.calls + 1] = verb .. " " .. id
  local hook = self["on_" .. verb]
  local problem = hook and hook(id)
  if problem then
    return nil, problem
  elseif not self.snapshots[id] then
    return nil, errors.new("not_found", "snapshot " .. id .. " could not be found",
      { status = 404 })
  end
  return self.snapshots[id]
end

function Client:get(id)
  return ask(self, "get", id)
end

function Client:delete(id)
  local snapshot, err = ask(self, "delete", id)
  if not snapshot then
    return nil, err
  end
  self.snapshots[id] = nil
  return true
end

function Client:group(options)
  self.groups[#self.groups + 1] = setmetatable({ bodies = {}, keys = {}, options = options }, Group)
  return self.groups[#self.groups]
end

-- A copy, as a listing is one of what the service has.
local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local all = {}
  for key, item in pairs(value) do
    all[key] = copy(item)
  end
  return all
end

--- All of them as they are now.
function Client:listed()
  local all = {}
  for _, snapshot in pairs(self.snapshots) do
    all[#all + 1] = copy(snapshot)
  end
  return all
end

--- Makes a client.
-- @tparam {table,...} snapshots
return function(snapshots)
  local client = setmetatable({ snapshots = {}, calls = {}, groups = {} }, Client)
  for _, snapshot in ipairs(snapshots) do
    client.snapshots[snapshot.id] = snapshot
  end
  return client
end
