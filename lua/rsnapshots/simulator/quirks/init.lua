--- Odd services: the unusual behaviour of real services, each under a name. A quirk looks at
-- requests before they are served, or changes answers afterwards. The simulated service itself
-- knows nothing of quirks.
--
-- A quirk is a table: `name`; `says` (one sentence); `n`, if it counts something (the default,
-- which `name=N` overrides); `before(self, request)`, which may change the request, or give an
-- answer instead of the service's and how to send it; `after(self, request, reply, plan)`, which
-- may change both or give another answer. `self` is this simulator's own: `sim`, `n`, `seen` (0, to
-- count with) and `memory` (by id).
-- @module rsnapshots.simulator.quirks

local asking = require "rsnapshots.simulator.quirks.asking"
local check = require "rsnapshots.support.check"
local suggest = require "rsnapshots.support.suggest"

local Quirks = { __name = "rsnapshots.simulator.Quirks" }
Quirks.__index = Quirks

local quirks = {}

local ROOMS = { "listings", "records", "waits", "access", "refusals" }

local all, by_name = {}, {}
for _, room in ipairs(ROOMS) do
  for _, quirk in ipairs(require("rsnapshots.simulator.quirks." .. room)) do
    quirk.__index = quirk
    all[#all + 1], by_name[quirk.name] = quirk, quirk
  end
end

--- Lists the quirks.
-- @treturn {{string,string},...} names and sentences
function quirks.list()
  local list = {}
  for i, quirk in ipairs(all) do
    list[i] = { quirk.name, quirk.says }
  end
  return list
end

local function names_of_all()
  local names = {}
  for i, quirk in ipairs(all) do
    names[i] = quirk.name
  end
  return names
end

-- Splits a word such as "late_after_create=5" into name and number.
local function parse(word)
  local name, number = word:match("^([%w_]+)=([1-9]%d*)$")
  return name or word, tonumber(number)
end

--- Checks a word that names a quirk. Returns what is wrong; nil if it is right.
-- @string word
-- @treturn ?string
function quirks.problem(word)
  local name, number = parse(word)
  if not by_name[name] then
    return ("there is no quirk '%s'%s"):format(name, suggest.hint(name, names_of_all()))
  elseif number and not by_name[name].n then
    return ("the quirk '%s' takes no number"):format(name)
  end
  return nil
end

local function make(sim, word)
  check.type(word, "string", "simulator.new: each of quirks")
  local problem = quirks.problem(word)
  if problem then
    check.fail("simulator.new: " .. problem)
  end
  local name, number = parse(word)
  local quirk = by_name[name]
  return setmetatable({ sim = sim, n = number or quirk.n, seen = 0,
    memory = {} }, quirk)
end

--- The quirks of one simulator.
-- @param sim
-- @tparam {string,...} words names, some with a number: "late_after_create=5"
function quirks.new(sim, words)
  local self = setmetatable({ sim = sim }, Quirks)
  for key in pairs(words) do
    if type(key) ~= "number" then
      check.fail(("simulator.new: quirks must be a list of names; write \"%s=N\" for a number")
        :format(tostring(key)))
    end
  end
  for i, word in ipairs(words) do
    self[i] = make(sim, word)
  end
  return self
end

--- The answer that a quirk gives instead of the service's, and how to send it; nil if none does.
function Quirks:before(request)
  if #self == 0 then
    return nil
  end
  request.asks = asking.of(request)
  for _, quirk in ipairs(self) do
    local reply, plan
    if quirk.before then
      reply, plan = quirk:before(request)
    end
    if reply then
      return reply, plan
    end
  end
  return nil
end

--- The service's answer after all quirks, and how to send it.
function Quirks:after(request, reply, plan)
  for _, quirk in ipairs(self) do
    if quirk.after then
      reply = quirk:after(request, reply, plan) or reply
    end
  end
  return reply, plan
end

return quirks
