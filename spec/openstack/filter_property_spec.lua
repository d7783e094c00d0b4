local cloud = require "spec.openstack.support"
local model = require "spec.support.filter_model"
local socket = require "socket"

-- Random listings of random snapshots against a plain model, on a real Cinder.
--
-- RS_CASES says how many per microversion (30), RS_SEED which ones.
describe("a random listing #openstack", function()
  local VERSIONS = { "3.0", "3.31", "3.60", "3.70" }
  local CASES = tonumber(os.getenv "RS_CASES") or 30
  local ROWS = 45

  local projects, clients, rows, pick, seed

  local function moment(seconds)
    return seconds and os.date("!%Y-%m-%d %H:%M:%S.000000", seconds)
  end

  local function as_filled(row)
    return {
      id = row.id, name = row.name, description = row.description, status = row.status,
      size = row.size, metadata = row.metadata, consumes_quota = row.consumes_quota,
      created_at = moment(row.created), updated_at = moment(row.updated) or require("cjson").null,
    }
  end

  local function connect(user, version)
    if user == "admin" then
      return cloud.connect { username = "admin", password = cloud.env().RC_ADMIN_PASSWORD,
        project_name = "admin", microversion = version }
    end
    return projects[1]:connect { microversion = version }
  end

  lazy_setup(function()
    pick, seed = model.random(20130204)
    print(("\n%d listings each, of seed %d"):format(CASES, seed))
    projects = { cloud.project(), cloud.project() }
    local world = { volumes = {} }
    for i, project in ipairs { projects[1], projects[1], projects[2] } do
      world.volumes[i] = { project:volume(), project.id }
    end
    -- ids of this run's own, whose order is the seed's
    rows = model.population(pick, ROWS, world, ("%08x"):format(
      math.floor(socket.gettime() * 1000 % 2 ^ 32)))
    for i, volume in ipairs(world.volumes) do
      local own = {}
      for _, row in ipairs(rows) do
        if row.volume_id == volume[1] then
          own[#own + 1] = as_filled(row)
        end
      end
      projects[i == 3 and 2 or 1]:fill(volume[1], own)
    end
    clients = {}
    for _, version in ipairs(VERSIONS) do
      clients[version] = { demo = connect("demo", version), admin = connect("admin", version) }
    end
  end)

  lazy_teardown(function()
    for _, project in ipairs(projects) do
      project:forget()
    end
  end)

  for _, version in ipairs(VERSIONS) do
    it("is what the model says, at " .. version, function()
      for case = 1, CASES do
        local filters = model.filters(pick, rows)
        filters.page_size = filters.page_size and filters.page_size + 3 -- smaller ones take long
        local user = pick(4) == 1 and "admin" or "demo"
        if user == "admin" then
          -- there may be others' snapshots
          filters.all_projects = true
          filters.project_id = filters.project_id or rows[pick(#rows)].project_id
        end
        local seen = model.seen(rows, {
          project_id = user == "demo" and projects[1].id or nil, metadata = true, updated = true,
          consumes_quota = version == "3.70",
        })
        local wrong = model.check(pick, clients[version][user], seen, filters)
        assert.is_nil(wrong, ("seed %d, case %d, %s: %s: %s"):format(seed, case, user,
          model.describe(filters), tostring(wrong)))
      end
    end)
  end
end)
