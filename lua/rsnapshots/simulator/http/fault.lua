--- Misbehaviour on demand: the requests that it hits, and what happens to their answers.
-- @module rsnapshots.simulator.http.fault

local answer = require "rsnapshots.simulator.http.answer"
local suggest = require "rsnapshots.support.suggest"

local Fault = { __name = "rsnapshots.simulator.Fault" }
Fault.__index = Fault

local fault = {}

local FIELDS = {
  method = "string", path = "string", query = "string", times = "number", after = "number",
  status = "number", headers = "table", body = "string", delay = "number", cut = "cut",
  act = "boolean", stall = "boolean", trickle = "number",
}

local NAMES = {}
for name in pairs(FIELDS) do
  NAMES[#NAMES + 1] = name
end
table.sort(NAMES)

local CUTS = { before = true, after = true, head = true, reset = true }

local function is_cut(value)
  return CUTS[value] or type(value) == "number" and value >= 0
end

local function check(name, value)
  local wanted = FIELDS[name]
  if not wanted then
    return nil, ("a fault has no field '%s'%s"):format(tostring(name),
      suggest.hint(tostring(name), NAMES))
  end
  if wanted == "cut" then
    return is_cut(value), 'cut must be "before", "after", "head", "reset" or a number of bytes'
  end
  return type(value) == wanted, ("%s must be a %s"):format(name, wanted)
end

-- What is wrong with a Lua pattern; nil if it is right.
local function wrong_pattern(pattern)
  local ok, err = pcall(string.find, pattern, pattern)
  return not ok and err:gsub("^.-: ", "") or nil
end

--- A fault.
-- @tparam table spec see `Simulator:fault`
-- @return a Fault, or nil and what is wrong with the table
function fault.new(spec)
  local self = setmetatable({ seen = 0, hits = 0 }, Fault)
  for name, value in pairs(spec) do
    local ok, err = check(name, value)
    if not ok then
      return nil, err
    end
    self[name] = value
  end
  if self.status and (self.status < 100 or self.status > 599) then
    return nil, "status must be between 100 and 599"
  end
  for _, name in ipairs { "path", "query" } do
    local wrong = self[name] and wrong_pattern(self[name])
    if wrong then
      return nil, ("%s: %s"):format(name, wrong)
    end
  end
  self.times = self.times or math.huge
  self.after = self.after or 0
  if self.act == nil then
    self.act = not (self.status or self.stall or self.cut == "before" or self.cut == "reset")
  end
  return self
end

-- A pattern also matches as plain text, so that ids need no escaping.
local function fits(pattern, s)
  return not pattern or s:find(pattern, 1, true) ~= nil or s:find(pattern) ~= nil
end

--- Does the fault hit this request? Counts the request.
function Fault:hit(request)
  if self.hits >= self.times then
    return false
  end
  if self.method and self.method:upper() ~= request.method then
    return false
  end
  if not fits(self.path, request.path) or not fits(self.query, request.query) then
    return false
  end
  self.seen = self.seen + 1
  if self.seen <= self.after then
    return false
  end
  self.hits = self.hits + 1
  return true
end

--- The answer that the fault gives instead of the service's, or makes from it.
-- @param reply the service's answer, nil if the operation was not carried out
function Fault:answer(reply)
  if self.status or not reply then
    reply = answer.fault(self.status or 503, "The simulator was asked to fail.")
  end
  for name, value in pairs(self.headers or {}) do
    reply:header(name, tostring(value))
  end
  if self.body then
    reply.body = self.body
  end
  return reply
end

--- How the answer goes out, for `Connection:respond`.
-- @tparam table plan how it would go out without this fault
function Fault:plan(plan)
  return { delay = self.delay or plan.delay, cut = self.cut or plan.cut,
    stall = self.stall or plan.stall, trickle = self.trickle or plan.trickle }
end

-- Text form -------------------------------------------------------------------------------

local function to_boolean(value)
  if value == "true" or value == "yes" or value == "1" then
    return true
  end
  if value == "false" or value == "no" or value == "0" then
    return false
  end
  return nil
end

local function convert(name, value)
  local wanted = FIELDS[name]
  if wanted == "number" then
    return value == "inf" and math.huge or tonumber(value)
  end
  if wanted == "boolean" then
    return to_boolean(value)
  end
  if wanted == "cut" then
    return tonumber(value) or value
  end
  return value
end

local function parse_word(spec, word)
  local name, value = word:match("^([%a-]+)=(.*)$")
  if not name then
    if word:find("^/") then
      spec.path = word
    elseif word:find("^%u+$") then
      spec.method = word
    else
      return ("%q is neither a method, nor a path, nor name=value"):format(word)
    end
    return nil
  end
  local header = name:match("^header%-(.+)$")
  if header then
    spec.headers = spec.headers or {}
    spec.headers[header] = value
    return nil
  end
  if not FIELDS[name] or FIELDS[name] == "table" then
    return ("'%s' is no part of a fault%s"):format(name, suggest.hint(name, NAMES))
  end
  spec[name] = convert(name, value)
  if spec[name] == nil then
    return ("%s=%s: must be a %s"):format(name, value, FIELDS[name])
  end
  return nil
end

--- Reads a fault from text: `"GET /snapshots status=503 times=2"`, with
-- `header-Retry-After=3` for a header.
-- @tparam string text words; one in double quotes may contain spaces (`body="not there"`)
-- @return a table for `Simulator:fault`, or nil and what is wrong
function fault.parse(text)
  local spec = {}
  local padded = text:gsub('="([^"]*)"', function(quoted)
    return "=" .. quoted:gsub("%s", "\1")
  end)
  for word in padded:gmatch("%S+") do
    local err = parse_word(spec, (word:gsub("\1", " ")))
    if err then
      return nil, ("fault %q: %s"):format(text, err)
    end
  end
  local does = spec.status or spec.delay or spec.cut or spec.stall or spec.trickle
    or spec.headers or spec.body
  if not does then
    return nil, ("fault %q: does not say what should happen (status=, delay=, cut=, "
      .. "stall=, trickle=, body=, header-NAME=)"):format(text)
  end
  local ok, err = fault.new(spec)
  if not ok then
    return nil, ("fault %q: %s"):format(text, err)
  end
  return spec
end

return fault
