-- Cut at every byte: whatever an operation asks for, the connection is closed or reset after each
-- byte of each answer. Without retries the result is an error that says so, with retries it is
-- the right one; it is never a wrong one, a part of one, a Lua error, or silence.
--
-- Answers of an announced length are closed after every byte (or every RS_CUT_EVERYth), without
-- retries. The other ways (chunked answers, ones that end with the connection; resets; retries) are
-- taken at every RS_CUT_STEPth byte: 11 by default, 1 for all of them.

local cutting_server = require "spec.support.cutting_server"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

local EVERY = tonumber(os.getenv "RS_CUT_EVERY" or 1)
local STEP = tonumber(os.getenv "RS_CUT_STEP" or 11)

describe("a connection cut at every byte #slow", function()
  local sim, server, options, ids
  local points = {}

  setup(function()
    sim = assert(simulator.new { create_seconds = 0, delete_seconds = 0, record = false })
    server = cutting_server.new(sim)
    ids = sim:add_snapshots(4, { metadata = { k = "ü" }, description = "a description" })
  end)

  teardown(function()
    server:close()
    sim:close()
    local lines, total = {}, 0
    for name, count in pairs(points) do
      lines[#lines + 1] = ("%s %d"):format(name, count)
      total = total + count
    end
    table.sort(lines)
    io.stderr:write(("cut after %d bytes in all: %s\n"):format(total, table.concat(lines, ", ")))
  end)

  before_each(function()
    server.plan = function() end
    server.form, server.hung = "length", false
    options = sim:credentials { api_version = 3 }
    options.auth_url = server.url .. "/identity/v3"
    options.wait = server.wait
  end)

  local function with(more)
    local merged = {}
    for _, map in ipairs { options, more } do
      for name, value in pairs(map) do
        merged[name] = value
      end
    end
    return merged
  end

  -- Runs `operate(client)` once undisturbed, and notes the sizes of the answers that `wanted`
  -- requests get: their number of bytes, and of those in the head.
  local function measure(scenario, client)
    local sizes = {}
    server.plan = function(request, bytes)
      if scenario.wanted(request) then
        sizes[#sizes + 1] = { all = #bytes, head = select(2, bytes:find("\r\n\r\n", 1, true)) }
      end
    end
    if scenario.before then
      scenario.before()
    end
    scenario.check(scenario.operate(client))
    assert.is_true(#sizes >= 1)
    return sizes
  end

  -- The answer to the wanted request number `which` is cut once, after `at` bytes.
  local function cut_once(scenario, which, at, reset)
    local seen = 0
    server.plan = function(request)
      if scenario.wanted(request) then
        seen = seen + 1
        if seen == which then
          return at, reset
        end
      end
    end
  end

  local FIRST_LINE = #"HTTP/1.1 300 Multiple Choices\r\n" -- the longest there is here

  local function is_one_of(kind, kinds)
    return (" " .. kinds .. " "):find(" " .. kind .. " ", 1, true) ~= nil
  end

  local function describe_point(which, at, size, reset)
    return ("%s answer %d %s after %d of %d bytes (%d of them head)"):format(server.form, which,
      reset and "reset" or "closed", at, size.all, size.head)
  end

  -- Without retries, with one answer cut: nothing is missing, or nobody can tell, or libcurl has
  -- sent a GET again because a kept connection was closed within the first line.
  local function may_succeed(scenario, at, size)
    return at == size.all or server.form ~= "length" or (at < FIRST_LINE and scenario.reads)
  end

  -- Whether a body that ends with the connection is whole nobody can tell but by reading it.
  local function may_fail(scenario, at, size, reset, retried, err)
    if at == size.all and not reset or scenario.recovers then
      return false
    end
    return not retried or scenario.final
      or (server.form == "until close" and err.kind == "decode" and at >= size.head)
  end

  -- One point, with one number of retries.
  local function try(scenario, client, which, at, size, reset, retried)
    local where = describe_point(which, at, size, reset)
    if scenario.before then
      scenario.before()
    end
    cut_once(scenario, which, at, reset)
    local result, err = scenario.operate(client)
    assert.is_false(server.hung, where .. ": it hung")
    if result ~= nil then
      scenario.check(result)
      assert.is_true(retried or scenario.recovers or may_succeed(scenario, at, size),
        where .. ": success, with a part missing")
    else
      assert.is_true(rsnapshots.is_error(err), where .. ": " .. tostring(err))
      assert.is_true(is_one_of(err.kind, scenario.kinds), where .. ": " .. tostring(err))
      assert.is_true(may_fail(scenario, at, size, reset, retried, err),
        where .. ": it should have worked, and yet: " .. tostring(err))
    end
    if scenario.after then
      scenario.after(where, result)
    end
  end

  -- Every so-manieth byte, and those around the ends of head and body.
  local function positions(size, step)
    local list = {}
    for at = 0, size.all do
      if at % step == 0 or math.abs(at - size.head) <= 2 or at >= size.all - 2 then
        list[#list + 1] = at
      end
    end
    return list
  end

  local WAYS = { { every = true }, { reset = true }, { retried = true } }

  -- `operate` gets a client, or with `connects` the options to make one.
  local function sweep(name, scenario)
    for _, form in ipairs { "length", "chunked", "until close" } do
      it(name .. ", in form " .. form, function()
        for _, way in ipairs(WAYS) do
          server.form = form
          server.plan = function() end
          local more = with { retries = way.retried and 4 or 0 }
          local client = scenario.connects and more or assert(rsnapshots.connect(more))
          local sizes = measure(scenario, client)
          for which, size in ipairs(sizes) do
            local step = form == "length" and way.every and EVERY or STEP
            for _, at in ipairs(positions(size, step)) do
              try(scenario, client, which, at, size, way.reset, way.retried)
              points[name] = (points[name] or 0) + 1
            end
          end
          if not scenario.connects then
            client:close()
          end
        end
      end)
    end
  end

  local function below(path, method)
    return function(request)
      return request.method == (method or "GET") and request.path:find(path) ~= nil
    end
  end

  local function names_of(list)
    local names = {}
    for i, snapshot in ipairs(list) do
      names[i] = ("%s %s %s %s"):format(snapshot.id, snapshot.name, snapshot.description,
        snapshot.metadata.k)
    end
    return names
  end

  -- ---------------------------------------------------------------- reading

  sweep("get", {
    reads = true, wanted = below "/snapshots/", kinds = "network decode",
    operate = function(client) return client:get(ids[1]) end,
    check = function(snapshot)
      assert.equal(ids[1], snapshot.id)
      assert.equal("snapshot-1", snapshot.name)
      assert.equal("a description", snapshot.description)
      assert.equal("ü", snapshot.metadata.k)
      assert.equal("100%", snapshot.progress)
    end,
  })

  sweep("a listing of two pages", {
    reads = true, wanted = below "/snapshots/detail", kinds = "network decode",
    operate = function(client) return client:list({ page_size = 2, max = 4,
      sort = "created_at:asc" }):all() end,
    check = function(list)
      local wanted = {}
      for i = 1, 4 do
        wanted[i] = ("%s snapshot-%d a description ü"):format(ids[i], i)
      end
      assert.same(wanted, names_of(list))
    end,
  })

  -- --------------------------------------------------------------- creating

  -- The ids of the snapshots that were made, which are removed.
  local function take_made()
    local records, found = {}, {}
    for _, record in ipairs(sim.store.snapshots) do
      if record.name == "made" then
        records[#records + 1] = record
      end
    end
    for i, record in ipairs(records) do
      found[i] = record.id
      sim.store:remove_snapshot(record)
    end
    return found
  end

  local function made(snapshot)
    assert.equal("made", snapshot.name)
    assert.equal(sim.volume_id, snapshot.volume_id)
  end

  local function exactly_one(where, snapshot)
    local found = take_made()
    assert.equal(1, #found, where)
    assert.equal(snapshot and found[1], snapshot and snapshot.id, where)
  end

  sweep("create", {
    wanted = below("/snapshots$", "POST"), kinds = "uncertain", final = true, check = made,
    operate = function(client)
      return client:create { volume_id = sim.volume_id, name = "made" }
    end,
    before = take_made, after = exactly_one,
  })

  sweep("create with once", {
    wanted = below("/snapshots$", "POST"), kinds = "none", recovers = true, check = made,
    operate = function(client)
      return client:create { volume_id = sim.volume_id, name = "made", once = true }
    end,
    before = take_made, after = exactly_one,
  })

  -- --------------------------------------------------------------- deleting

  local doomed

  local function delete(seconds)
    return {
      wanted = below("/snapshots/", "DELETE"), kinds = "network",
      before = function()
        sim.store.delete_seconds = seconds
        doomed = sim:add_snapshots(1, { name = "doomed" })[1]
      end,
      operate = function(client)
        return client:delete(doomed)
      end,
      check = function(result)
        assert.is_true(result)
      end,
      after = function(where) -- answered or not
        local record = sim:find_snapshot(doomed)
        if seconds == 0 then
          assert.is_nil(record, where)
        else
          assert.equal("deleting", record.status, where)
          sim.store:remove_snapshot(record)
        end
      end,
    }
  end

  sweep("delete", delete(0))
  sweep("delete that takes its time", delete(600))

  -- -------------------------------------------------------------- connecting

  -- Connects and gives what of the client was learnt from answers.
  local function facts(more)
    local client, err = rsnapshots.connect(more)
    if not client then
      return nil, err
    end
    local found = ("%s %s %s"):format(client.endpoint, client.microversion, client.project_id)
    client:close()
    return found
  end

  local function the_facts(found)
    local project = sim.accounts:user("demo").project.id
    assert.equal(("%s/v3/%s 3.70 %s"):format(server.url, project, project), found)
  end

  sweep("authentication", {
    connects = true, wanted = below("/auth/tokens", "POST"), kinds = "network decode",
    operate = facts, check = the_facts,
  })

  -- Version documents only help: where one is lost, another or a guess does.
  sweep("discovery of the service's versions", {
    connects = true, wanted = below "^/$", kinds = "none", recovers = true,
    operate = facts, check = the_facts,
  })

  sweep("discovery of the identity versions", {
    connects = true, wanted = below "^/identity/$", kinds = "none", recovers = true,
    operate = function(more)
      more.auth_type, more.auth_url = "password", server.url .. "/identity"
      return facts(more)
    end,
    check = the_facts,
  })
end)
