-- Random listings of random snapshots against a plain model, on every dialect of the simulator.
--
-- RS_CASES says how many per dialect (20), RS_SEED which ones.
local connect = require "spec.support.connect"
local json = require "rsnapshots.simulator.text.json"
local model = require "spec.support.filter_model"
local simulator = require "rsnapshots.simulator"

local CASES = tonumber(os.getenv "RS_CASES") or 20
local POPULATION_OF = 20 -- cases
local MINORS = { 0, 21, 22, 29, 30, 31, 34, 44, 45, 60, 64, 65, 70 }

local function metadata_object(map)
  local keys, object = {}, json.object()
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for _, key in ipairs(keys) do
    object:set(key, map[key])
  end
  return object
end

local function put_in(sim, rows)
  for _, row in ipairs(rows) do
    local record = sim.store:add_snapshot {
      id = row.id, volume = sim.store.volume_by_id[row.volume_id], project_id = row.project_id,
      name = row.name, description = row.description, status = row.status,
      metadata = metadata_object(row.metadata), created = row.created, updated = row.updated,
    }
    record.size, record.consumes_quota = row.size, row.consumes_quota
  end
end

local function take_out(sim, rows)
  for _, row in ipairs(rows) do
    sim.store:remove_snapshot(sim:find_snapshot(row.id))
  end
end

describe("a random listing", function()
  for version = 1, 3 do
    it("is what the model says, with version " .. version, function()
      local pick, seed = model.random(20130200 + version)
      print(("\nversion %d: %d listings of seed %d"):format(version, CASES, seed))
      local sim = assert(simulator.new())
      local function project_of(user)
        return sim.accounts:user(user).project.id
      end
      local world = { volumes = {} }
      for i, user in ipairs { "demo", "demo", "demo", "other" } do
        world.volumes[i] = { sim:add_volume { project = user }, project_of(user) }
      end
      local clients = {}
      local function client_of(user, minor)
        local key = user .. minor
        local options = { api_version = version, user = user }
        options.microversion = version == 3 and "3." .. minor or nil
        clients[key] = clients[key] or connect.to(sim, options)
        return clients[key]
      end

      local rows = {}
      for case = 1, CASES do
        if case % POPULATION_OF == 1 then
          take_out(sim, rows)
          rows = model.population(pick, 5 + pick(40), world, ("%08x"):format(case))
          put_in(sim, rows)
          sim.page_limit = ({ 3, 7, 1000 })[pick(3)]
        end
        local filters = model.filters(pick, rows)
        local minor = MINORS[pick(#MINORS)]
        local user = pick(4) == 1 and "admin" or "demo"
        local everywhere = version > 1 and user == "admin" and filters.all_projects
        local seen = model.seen(rows, {
          project_id = not everywhere and project_of(user) or nil,
          metadata = version > 1, updated = version > 1,
          consumes_quota = version == 3 and minor >= 65,
        })
        -- administrators are told of everybody's snapshots, whatever the project
        if user == "admin" and not everywhere then
          filters.marker = nil
        end
        local wrong = model.check(pick, client_of(user, minor), seen, filters)
        assert.is_nil(wrong, ("seed %d, case %d, %s at 3.%d, %d rows, pages of %d: %s: %s"):format(
          seed, case, user, minor, #rows, sim.page_limit, model.describe(filters), tostring(wrong)))
      end
      for _, client in pairs(clients) do
        client:close()
      end
      sim:close()
    end)
  end
end)
