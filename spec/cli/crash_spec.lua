--- A command that is killed (-9) after each of its requests in turn: what is there in between, and
-- what the next run makes of it. RS_CRASH_TABLE=1 prints a line for each point; RS_CRASH_STEP says
-- after each how many requests (1).
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local DAY = 86400
local STEP = tonumber(os.getenv "RS_CRASH_STEP" or 1)

-- Hosts that crash differ in nothing but the number of requests after which they do.
local Host = {}
Host.__index = Host

-- A cloud whose volumes have so many nights each; `watch` sees the cloud after every request.
local function host(volumes, nights, options)
  local cloud = served.cloud(options)
  local self = setmetatable({ cloud = cloud, sim = cloud.sim, volumes = {}, least = math.huge,
    seen = 0 }, Host)
  for i, name in ipairs(volumes) do
    self.volumes[i] = cloud.sim:add_volume { name = name }
    cloud.sim:add_snapshots(nights, { volume_id = self.volumes[i], prefix = name, seconds = DAY,
      metadata = retention.mark "nightly" })
  end
  local handle = cloud.sim.handle
  cloud.sim.handle = function(sim, request)
    local reply, plan = handle(sim, request)
    self:watch(request)
    return reply, plan
  end
  return self
end

-- The good ones of a volume by their names; a slot's hour is written HOUR.
function Host:good(volume)
  local list = {}
  for _, record in ipairs(self.sim.store.snapshots) do
    if record.volume_id == volume and record.status == "available" then
      list[#list + 1] = record.name:gsub("%d%d%d%d%-%d%d%-%d%dT%d%d", "HOUR")
    end
  end
  table.sort(list)
  return list
end

function Host:watch(request)
  self.seen = self.seen + 1
  for _, volume in ipairs(self.volumes) do
    self.least = math.min(self.least, #self:good(volume))
  end
  if self.seen == self.kill_after and self.run then
    self.last = request.method .. " " .. request.path:gsub("%x[%x-]+%x%f[/%z]", "ID")
    os.execute("kill -9 " .. self.run.pid)
  end
end

-- Runs a command that is killed after so many requests; was it?
function Host:crash(arguments, count)
  self.seen, self.kill_after = 0, count
  self.run = self.cloud:begin(arguments)
  local _, _, status = self.cloud:finish(self.run)
  self.run, self.kill_after = nil, nil
  return status == 137
end

function Host:total()
  local count = 0
  for _, volume in ipairs(self.volumes) do
    count = count + #self:good(volume)
  end
  return count
end

local function report(point, host_, between, out)
  if os.getenv "RS_CRASH_TABLE" then
    print(("# %2d  %-40s %d good then; next run: %s"):format(point, host_.last or "-", between,
      out:match "([^\n]*)\n$"))
  end
end

-- Crashes fresh hosts after 1, 2, 3 … requests, until one comes to its end. `make()` gives a host;
-- each is then run again, and once more. How many requests there were.
local function crash_everywhere(make, arguments, expect)
  local point = 1
  while true do
    local self = make()
    local killed = self:crash(arguments, point)
    local seen, between = self.seen, self:total()
    local out, err, status = self.cloud:run(arguments)
    local where = ("killed after request %d: %s%s"):format(point, out, err)
    report(point, self, between, out)
    assert.same({ "", 0 }, { err, status }, where)
    expect(self, where)
    local changes = self.cloud:changes()
    assert.equal(0, select(3, self.cloud:run(arguments)), where)
    assert.equal(changes, self.cloud:changes(), where) -- there was nothing left to do
    self.cloud:close()
    if not killed then
      return seen
    end
    point = point + STEP
  end
end

local POLICY = 'return { name = "nightly", volumes = { %s }, keep_last = 3 }'

describe("a rotate that is killed after any of its requests", function()
  local function rotate(volumes, options)
    local quoted = {}
    for i, name in ipairs(volumes) do
      quoted[i] = ("%q"):format(name)
    end
    return crash_everywhere(function()
      local self = host(volumes, 4, options)
      self.cloud:write("policy.lua", POLICY:format(table.concat(quoted, ", ")))
      return self
    end, "rotate policy.lua", function(self, where)
      assert.is_true(self.least >= 3, where)
      for i, name in ipairs(volumes) do
        local expected = { "nightly-HOUR", name .. "3", name .. "4" }
        table.sort(expected)
        assert.same(expected, self:good(self.volumes[i]), where)
      end
    end)
  end

  it("loses and doubles nothing, and the next run finishes", function()
    assert.is_true(rotate { "web" } > 10)
  end)

  it("does so of several volumes whose snapshots take their time #slow", function()
    assert.is_true(rotate({ "web", "db" }, { create_seconds = 0.05 }) > 20)
  end)

  it("does so with version 1, where names are the marks #slow", function()
    local points = crash_everywhere(function()
      local self = host({ "web" }, 0, { api_version = 1 })
      for i = 1, 4 do
        self.sim:add_snapshots(1, { volume_id = self.volumes[1], age = i * DAY,
          name = retention.name_for("nightly", math.floor(served.now()) - i * DAY) })
      end
      self.cloud:write("policy.lua", POLICY:format '"web"')
      return self
    end, "rotate policy.lua", function(self, where)
      assert.is_true(self.least >= 3, where)
      assert.equal(3, #self:good(self.volumes[1]), where)
    end)
    assert.is_true(points > 10)
  end)
end)

describe("a prune that is killed after any of its requests", function()
  it("removes what its plan says and nothing else, when the plan is applied again", function()
    local points = crash_everywhere(function()
      local self = host({ "web", "db" }, 4)
      assert.equal(0, select(3, self.cloud:run "prune --keep-last 2 --plan-out plan.json -q"))
      assert.equal(0, self.cloud:changes())
      return self
    end, "prune --plan plan.json --yes", function(self, where)
      assert.equal(2, self.least, where)
      for i, name in ipairs { "web", "db" } do
        assert.same({ name .. "3", name .. "4" }, self:good(self.volumes[i]), where)
      end
    end)
    assert.is_true(points > 10)
  end)
end)
