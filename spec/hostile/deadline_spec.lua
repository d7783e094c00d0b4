--- Whatever the service does, every verb is over a second after its deadline at the latest.
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"

local TIMEOUT, MORE = 1, 1 -- seconds

local FAULTS = {
  ["says nothing"] = { stall = true },
  ["says a byte now and then"] = { trickle = 0.3 },
  ["takes its time"] = { delay = 30 },
  ["cuts the connection after it"] = { cut = "after" },
  ["cuts the answer's head"] = { cut = "head" },
  ["resets the connection"] = { cut = "reset" },
  ["is not there"] = { status = 503 },
  ["is not there for an hour"] = { status = 503, headers = { ["Retry-After"] = "3600" } },
  ["limits the rate"] = { status = 429, headers = { ["Retry-After"] = "1" } },
  ["is in conflict"] = { status = 409 },
}

-- Each verb as a function of a client and a snapshot's id.
local function verbs_for(volume)
  return {
    get = function(c, id) return c:get(id) end,
    find = function(c, id) return c:find(id) end,
    ["find by name"] = function(c) return c:find "name" end,
    list = function(c) return c:list({ page_size = 2 }):all() end,
    ["list sorted"] = function(c) return c:list({ sort = "name" }):all() end,
    count = function(c) return c:count() end,
    create = function(c) return c:create { volume_id = volume } end,
    ["create once"] = function(c)
      return c:create { volume_id = volume, name = "name", once = true }
    end,
    update = function(c, id) return c:update(id, { name = "other" }) end,
    delete = function(c, id) return c:delete(id) end,
    ["delete by force"] = function(c, id) return c:delete(id, { force = true }) end,
    get_metadata = function(c, id) return c:get_metadata(id) end,
    set_metadata = function(c, id) return c:set_metadata(id, { a = "b" }) end,
    replace_metadata = function(c, id) return c:replace_metadata(id, { a = "b" }) end,
    delete_metadata = function(c, id) return c:delete_metadata(id, "a/b") end,
    wait_until_complete = function(c, id) return c:wait_until_complete(id, TIMEOUT) end,
    wait_until_deleted = function(c, id) return c:wait_until_deleted(id, TIMEOUT) end,
    wait_until_available = function(c) return c:wait_until_available(volume, TIMEOUT) end,
    reset_status = function(c, id) return c:reset_status(id, "error") end,
    update_status = function(c, id) return c:update_status(id, "creating") end,
    manage = function(c) return c:manage { volume_id = volume, ref = "x" } end,
    unmanage = function(c, id) return c:unmanage(id) end,
    manageable = function(c)
      local listing, err = c:manageable { host = "simulator@nothing" }
      if listing then
        return listing:next()
      end
      return nil, err
    end,
    revert = function(c, id) return c:revert(id) end,
    restore = function(c, id) return c:restore(id) end,
  }
end

for version = 1, 3 do
  describe(("with version %d every verb is over in time #slow when the service"):format(version),
    function()
    for name, fault in pairs(FAULTS) do
      it(name, function()
        local client, sim = connect.new { api_version = version, timeout = TIMEOUT }
        local id = sim:add_snapshots(1, { volume_id = sim.volume_id })[1]
        sim:fault { times = math.huge, path = "/v" .. version .. "/", stall = fault.stall,
          trickle = fault.trickle, delay = fault.delay, cut = fault.cut, status = fault.status,
          headers = fault.headers }
        local took, ended = {}, 0
        local group = client:group { concurrency = 64 }
        local verbs = verbs_for(sim.volume_id)
        for verb, call in pairs(verbs) do
          group:spawn(function()
            local began = sim.clock.skipped
            local result, err = call(client, id)
            took[verb] = sim.clock.skipped - began
            return result, err
          end)
        end
        for task in group:results() do
          ended = ended + 1
          assert.is_nil(task.traceback)
          assert.is_true(task.ok or rsnapshots.is_error(task.error))
        end
        for verb in pairs(verbs) do
          assert.is_true(took[verb] <= TIMEOUT + MORE, verb .. " took " .. tostring(took[verb]))
        end
        assert.equal(25, ended)
        client:close()
        sim:close()
      end)
    end
  end)
end
