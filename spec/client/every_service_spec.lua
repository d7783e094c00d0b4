-- Every verb of a client on every odd service that the simulator can play, on all versions of the
-- API: the right result, or the error that is named here; no snapshot is lost, and none made twice.
-- With RS_QUIRK_STEP=N only every Nth of them is played, and another part of them every day.
local matrix = require "spec.support.matrix"
local simulator = require "rsnapshots.simulator"

local function of_kind(kind, words)
  return function(problem)
    return matrix.is_error(problem) and problem.kind == kind
      and problem.message:find(words, 1, true) ~= nil
  end
end

local function early(problem)
  return problem == "status: expected AVAILABLE, got CREATING"
end

local redirected = of_kind("decode", "the service redirects to https://volume.example")

local function no_id(problem)
  return matrix.is_error(problem) and (problem.kind == "decode" or problem.kind == "uncertain")
    and problem.message:find("id: missing (the snapshot named ", 1, true) ~= nil
end

local STEP = tonumber(os.getenv "RS_QUIRK_STEP" or 1)
local TODAY = math.floor(os.time() / 86400)

local EVERY = setmetatable({}, { __index = function() return true end })

local CREATES = { ["create"] = true, ["create once"] = true, ["create and wait"] = true,
  ["create once and wait"] = true, ["create and delete all, with waits"] = true }

-- Version 1 calls a snapshot complete at 100%, whatever the status.
local AT_100 = { ["create and wait"] = true, ["create once and wait"] = true,
  ["wait until complete"] = true }

-- What a trial may end in, besides the right result: of which quirk, in which trials, and what.
-- `api`: on that version only.
local MAY = {
  redirect_301 = { EVERY, redirected }, redirect_302 = { EVERY, redirected },
  redirect_308 = { EVERY, redirected },
  no_id = { EVERY, no_id },
  odd_values = { AT_100, early, api = 1 }, progress_100 = { AT_100, early, api = 1 },
  -- what the service does not say cannot be asked for
  sparse_records = { { ["list of a name"] = true, ["find"] = true, ["list in an order"] = true,
    ["the newest"] = true }, function() return true end },
  -- a volume that is an object is none
  odd_names = { { ["list of a volume"] = true, ["delete all of a volume"] = true },
    function(problem) return type(problem) == "string" end },
  -- somebody else answered; whether a create took effect is not known, so it is not sent again
  proxy_404_text = { CREATES, of_kind("server", "default backend - 404") },
  proxy_404_html = { CREATES, of_kind("server", "404 Not Found") },
}

local function allowed(quirk, api, trial, problem)
  local may = MAY[quirk]
  return may and (may.api or api) == api and may[1][trial] and may[2](problem) or false
end

-- The numbers of requests after which a quirk that counts may begin.
local function phases_of(quirk)
  local sim = assert(simulator.new { quirks = { quirk } })
  local n = sim.quirks[1].n or 1
  sim:close()
  return math.min(n, 3)
end

describe("a service with the quirk #slow", function()
  local sim, client

  after_each(function()
    if client then
      client:close()
    end
    sim:close()
    sim, client = nil, nil
  end)

  local function run(quirk, api, phase)
    sim = assert(simulator.new(matrix.options(quirk)))
    sim.quirks[1].seen = phase
    local volumes = matrix.populate(sim)
    client = assert(sim:connect { api_version = api })
    for i, trial in ipairs(matrix.trials) do
      local problem = matrix.try({ sim = sim, client = client, volumes = volumes, number = i },
        trial)
      assert(problem == nil or allowed(quirk, api, trial[1], problem),
        ("%s: %s"):format(trial[1], tostring(problem)))
    end
  end

  local number = TODAY

  local function play(quirk, api, phase)
    number = number + 1
    if number % STEP == 0 then
      it(("%s is put up with, version %d%s"):format(quirk, api,
        phase > 0 and ", " .. phase .. " requests later" or ""), function()
        run(quirk, api, phase)
      end)
    end
  end

  for _, pair in ipairs(simulator.quirks()) do
    local quirk = pair[1]
    for api = 1, quirk == "redirect_identity" and 0 or 3 do
      for phase = 0, phases_of(quirk) - 1 do
        play(quirk, api, phase)
      end
    end
  end

  it("redirect_identity is not connected to", function()
    sim = assert(simulator.new { quirks = { "redirect_identity" } })
    for api = 1, 3 do
      local none, err = sim:connect { api_version = api }
      assert.is_nil(none)
      assert.equal("decode", err.kind)
      assert.matches("redirects to https://identity.example/identity/v%d", err.message)
    end
  end)
end)
