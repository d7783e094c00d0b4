-- Replays what was recorded from a real Keystone and Cinder (spec/recordings) against the
-- simulator, in the order of the recording, and compares: status and reason, the names of the
-- headers and the values of those that matter, and bodies: the same keys in the same order, the
-- same values after identifiers, times and ports have been mapped.

local lfs = require "lfs"
local json = require "rsnapshots.simulator.text.json"
local rawhttp = require "spec.support.rawhttp"
local simulator = require "rsnapshots.simulator"

local DIRECTORY = "spec/recordings"

-- What rsnapshots never asks for, and the simulator therefore does not answer as a cloud does.
local LEFT_OUT = {
  ["233"] = "the list of extensions",
}

-- Whose token went along, where the URL's project does not say it.
local USERS = { ["035"] = "demo", ["192"] = "reader", ["193"] = "reader", ["198"] = "admin" }

-- Seconds that passed before an exchange where its answer does not tell.
local PAUSES = { ["055"] = 0.15, ["216"] = 1, ["222"] = 0.15, ["226"] = 0.15, ["227"] = 0.35,
  ["229"] = 0.15, ["230"] = 0.35, ["235"] = 0.15 }

-- Identifiers of the recorded cloud.
local PROJECTS = {
  fac500a528da4b01b35e42a0e0d8478f = "demo",
  ef27c4ea42c3466f943285ac157947aa = "other",
  ["536132b8e58049b5a7ef68baa0f577b3"] = "admin",
  ["6203d5892d5d45d5a77f055d84936e9b"] = "small",
}
local USER_IDS = {
  ["71260c2d798c42ec92e2cbc1c16259c8"] = "demo", ed54f598b0c049f2bdc21ae36616c019 = "small",
}
local CREDENTIAL = "1f1af914195f4413b3bd583b6154a341"

local COMPARED_HEADERS = { "content-type", "openstack-api-version", "vary", "retry-after",
  "www-authenticate", "location" }

-- Reading the recordings ------------------------------------------------------------------

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

-- The headers among curl's options: "-I -H Name: value -H Other: value".
local function split_extra(extra)
  local headers = {}
  for option in (" " .. extra):gsub(" %-H ", "\n"):gmatch("\n([^\n]*)") do
    local name, value = option:match("^([%w-]+): ?(.*)$")
    headers[name] = value ~= "" and value or nil
  end
  return headers
end

local function read_recording(base)
  local lines = read_file(DIRECTORY .. "/" .. base .. ".req")
  local method, url, token, microversion, extra, body =
    lines:match("^(%u+) (%S+)\ntoken: ?(%a*) microversion: (%S+) extra: ?([^\n]*)\n?(.*)$")
  assert(method, base)
  local port, path = url:match("^http://127%.0%.0%.1:(%d+)(.*)$")
  if microversion == "none" then
    microversion = nil
  end
  return {
    number = base:sub(1, 3), name = base, method = method, identity = port == "5000", path = path,
    token = token == "yes", microversion = microversion, extra = split_extra(extra),
    body = body:gsub("\n$", ""), big = extra:find("--data-binary", 1, true) ~= nil,
    expected = rawhttp.parse(read_file(DIRECTORY .. "/" .. base .. ".http")),
  }
end

local function all_recordings()
  local bases = {}
  for file in lfs.dir(DIRECTORY) do
    bases[#bases + 1] = file:match("^(%d%d%d%-.*)%.req$")
  end
  table.sort(bases)
  return bases
end

-- Replaying -------------------------------------------------------------------------------

local ID_PATTERNS = {
  "%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x", ("%x"):rep(32),
}
local TIME = "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ?"

-- Unix seconds of a moment in UTC in November 2026, when everything was recorded.
local function seconds_of(day, hour, minute, second)
  local OCTOBER = 20757 -- days from 1970 to 31 October 2026
  return (((OCTOBER + day) * 24 + hour) * 60 + minute) * 60 + second
end

local Replay = {}
Replay.__index = Replay

local function new_replay()
  local self = setmetatable({ clock = 0, ids = {}, tokens = {} }, Replay)
  self.sim = assert(simulator.new {
    api = { 3 }, identity = { 3 }, create_seconds = 0.07, delete_seconds = 0.3,
    now = function() return self.clock end,
  })
  self.clock = seconds_of(23, 0, 0, 0)
  self.http = rawhttp.new(self.sim)
  for id, name in pairs(PROJECTS) do
    self.ids[id] = self.sim.accounts:project(name).id
  end
  for id, name in pairs(USER_IDS) do
    self.ids[id] = self.sim.accounts:user(name).id
  end
  self.ids[CREDENTIAL] = self.sim.accounts.application_credential.id
  return self
end

-- A recorded text with this simulator's identifiers.
function Replay:translate(s)
  for _, pattern in ipairs(ID_PATTERNS) do
    s = s:gsub(pattern, self.ids)
  end
  return s
end

-- An answer's text with the recorded cloud's addresses.
function Replay:relocate(s)
  local function plain(text) return (text:gsub("%p", "%%%0")) end
  s = s:gsub(plain(self.sim.url .. "/identity"), "http://127.0.0.1:5000")
  return (s:gsub(plain(self.sim.url), "http://127.0.0.1:8776"))
end

-- The exchange took place no earlier than anything its answer mentions.
function Replay:move_clock(recording)
  local latest = self.clock + 0.0005 + (PAUSES[recording.number] or 0)
  local expected = recording.expected
  latest = math.max(latest,
    seconds_of(expected.headers.date:match("(%d+) Nov 2026 (%d+):(%d+):(%d+)")))
  for stamp in expected.body:gmatch('"%a+_at": "(2026%-11%-23T[%d:.]+)"') do
    latest = math.max(latest, seconds_of(stamp:match("-(%d+)T(%d+):(%d+):([%d.]+)")))
  end
  self.clock = latest
end

function Replay:token_of(name)
  local user = self.sim.accounts:user(name)
  local token = self.tokens[name]
  if not self.sim.accounts:valid(token) then
    token = self.sim.accounts:issue(user, user.project, {}).id
    self.tokens[name] = token
  end
  return token
end

local function user_of(recording)
  local project = recording.path:match("^/v3/(%x+)/")
  return USERS[recording.number] or PROJECTS[project] or "demo"
end

function Replay:headers_of(recording)
  local headers = { Host = "127.0.0.1:8776" }
  for name, value in pairs(recording.extra) do
    headers[name] = value
  end
  if recording.microversion then
    headers["OpenStack-API-Version"] = "volume " .. recording.microversion
  end
  if recording.body ~= "" and not headers["Content-Type"] then
    headers["Content-Type"] = "application/json"
  end
  if recording.method == "HEAD" then
    headers.Accept = "*/*"
  end
  if recording.token then
    local token = self:token_of(user_of(recording))
    headers["X-Auth-Token"] = token
    if headers["X-Subject-Token"] == "TOKEN" then
      headers["X-Subject-Token"] = token
    end
  end
  return headers
end

function Replay:prepare(recording, headers)
  if recording.number == "033" then
    headers["X-Auth-Token"] = "rubbish"
  elseif recording.number == "034" then
    local token = self:token_of("demo")
    self.sim.accounts.tokens[token].revoked = true
    headers["X-Auth-Token"] = token
  end
end

function Replay:run(recording)
  self:move_clock(recording)
  local headers = self:headers_of(recording)
  self:prepare(recording, headers)
  local body = self:translate(recording.body)
  body = body:gsub("SECRET", self.sim.accounts.application_credential.secret)
  body = body:gsub('"TOKEN"', '"' .. self:token_of("demo") .. '"')
  if recording.big then
    body = ("x"):rep(120000)
  end
  local path = self:translate(recording.path):gsub(" ", "%%20")
  return self.http:request(recording.method, (recording.identity and "/identity" or "") .. path,
    headers, body ~= "" and body or nil)
end

-- Comparing -------------------------------------------------------------------------------

local function is_id(s)
  for _, pattern in ipairs(ID_PATTERNS) do
    if s:find("^" .. pattern .. "$") then
      return true
    end
  end
  return false
end

-- A new identifier of the recorded cloud stands from now on for the simulator's.
function Replay:bind(expected, actual)
  if is_id(expected) and is_id(actual) and not self.ids[expected] then
    self.ids[expected] = actual
  end
end

function Replay:compare_strings(expected, actual, where)
  self:bind(expected:gsub("^req%-", ""), actual:gsub("^req%-", ""))
  if where:find("audit_ids") then
    assert.are.equal(#expected, #actual, where)
    return
  end
  if expected:find("^" .. TIME .. "$") then
    assert.is_truthy(actual:find("^" .. TIME .. "$"), where .. " is no time: " .. actual)
    assert.are.equal(#expected, #actual, where)
    return
  end
  assert.are.equal(self:translate(expected), self:relocate(actual), where)
end

function Replay:compare(expected, actual, where)
  local kind = json.type(expected)
  assert.are.equal(kind, json.type(actual), "type of " .. where)
  if kind == "string" then
    self:compare_strings(expected, actual, where)
  elseif kind == "object" then
    assert.are.same(self:translate(table.concat(expected.keys, " ")),
      table.concat(actual.keys, " "), "keys of " .. where)
    for _, key in ipairs(expected.keys) do
      self:compare(expected:get(key), actual:get(self:translate(key)), where .. "." .. key)
    end
  elseif kind == "array" then
    assert.are.equal(#expected, #actual, "length of " .. where)
    for i, value in ipairs(expected) do
      self:compare(value, actual[i], where .. "[" .. i .. "]")
    end
  else
    assert.are.equal(expected, actual, where)
  end
end

local function header_names(reply)
  local names = {}
  for name in pairs(reply.headers) do
    names[#names + 1] = name
  end
  table.sort(names)
  return table.concat(names, " ")
end

function Replay:compare_headers(expected, actual)
  assert.are.equal(header_names(expected), header_names(actual), "names of the headers")
  for _, name in ipairs(COMPARED_HEADERS) do
    local value = actual.headers[name]
    assert.are.equal(expected.headers[name], value and self:relocate(value), name)
  end
  local id = actual.headers["x-compute-request-id"]
  if id then
    assert.are.equal(id, actual.headers["x-openstack-request-id"])
  end
end

function Replay:check(recording)
  local expected, actual = recording.expected, self:run(recording)
  assert.are.equal(expected.status, actual.status, actual.body)
  assert.are.equal(expected.reason, actual.reason)
  self:compare_headers(expected, actual)
  local decoded = json.decode(expected.body)
  if decoded == nil then
    assert.are.equal(expected.body, actual.body)
    return
  end
  self:compare(decoded, json.decode(actual.body), "body")
  self:compare_spelling(expected.body, actual.body)
end

-- The same blanks and the same escapes, not only the same values.
function Replay:compare_spelling(expected, actual)
  local function shape(s)
    for _, pattern in ipairs(ID_PATTERNS) do
      s = s:gsub(pattern, "ID")
    end
    return (s:gsub(TIME, "TIME"):gsub('"audit_ids": %[.-%]', '"audit_ids"'))
  end
  assert.are.equal(shape(expected), shape(self:relocate(actual)))
end

-- The tests -------------------------------------------------------------------------------

describe("the simulator, asked what a real cloud was asked,", function()
  local replay

  setup(function()
    replay = new_replay()
  end)

  teardown(function()
    replay.sim:close()
  end)

  local count = 0
  for _, base in ipairs(all_recordings()) do
    local number = base:sub(1, 3)
    if not LEFT_OUT[number] then
      count = count + 1
      it("answers as in " .. base, function()
        replay:check(read_recording(base))
      end)
    end
  end

  it("was asked everything but what is left out on purpose", function()
    local left_out = 0
    for _ in pairs(LEFT_OUT) do
      left_out = left_out + 1
    end
    assert.are.equal(236, count + left_out)
  end)
end)
