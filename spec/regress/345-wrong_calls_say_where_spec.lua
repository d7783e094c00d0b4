-- Kind: a wrong call whose message does not say which call it was, in which item of a list, or what
-- to write instead.
local connect = require "spec.support.connect"
local retention = require "rsnapshots.retention"
local rsnapshots = require "rsnapshots"

describe("a wrong call", function()
  local client, sim, id, snapshot

  setup(function()
    client, sim = connect.new()
    id = sim:add_snapshots(1)[1]
    snapshot = assert(client:get(id))
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  local function message_of(call, ...)
    local ok, problem = pcall(call, ...)
    assert.is_false(ok)
    assert.is_string(problem)
    return (problem:gsub("^.-rsnapshots: ", ""))
  end

  -- Verbs that need an argument.
  local VERBS = { "create", "get", "find", "update", "delete", "get_metadata", "set_metadata",
    "replace_metadata", "delete_metadata", "wait_until_complete", "wait_until_deleted",
    "reset_status", "update_status", "manage", "unmanage", "manageable", "revert", "restore",
    "create_all", "delete_all", "wait_all", "volume" }

  it("begins with the function's name", function()
    for _, verb in ipairs(VERBS) do
      assert.matches("^" .. verb .. "[:']", message_of(client[verb], client))
      assert.matches("^" .. verb .. "[:']", message_of(client[verb], client, 7))
    end
    for _, verb in ipairs { "list", "count", "volumes", "group" } do
      assert.matches("^" .. verb .. ": ", message_of(client[verb], client, 7))
      assert.matches("^" .. verb .. ": there is no %l+ 'concurency'",
        message_of(client[verb], client, { concurency = 1 }))
    end
    assert.matches("^connect: ", message_of(rsnapshots.connect, 7))
    assert.matches("^extract_snapshot: ", message_of(rsnapshots.extract_snapshot, 7))
    assert.matches("^plan: ", message_of(retention.plan))
    assert.matches("^apply: the plan must be ", message_of(retention.apply))
    assert.matches("^mark: ", message_of(retention.mark))
  end)

  it("names the line that it is on", function()
    for _, verb in ipairs(VERBS) do
      local _, problem = pcall(function() client[verb](client, 7, nil) end)
      assert.matches("^%S*345%-wrong_calls_say_where_spec%.lua:%d+: rsnapshots: ", problem)
    end
  end)

  it("says which item of a list is wrong, before anything is sent", function()
    sim:clear_requests()
    local good = { volume_id = sim.volume_id }
    for message, call in pairs {
      ["create_all: item 2: there is no option 'nam'; did you mean 'name'?"]
        = function() client:create_all { good, { volume_id = "v", nam = "x" } } end,
      ["create_all: item 3: create's argument must be a table, not a number"]
        = function() client:create_all { good, good, 7 } end,
      ["create_all: item 1: volume_id must not be empty"]
        = function() client:create_all { { volume_id = "" }, good } end,
      ["delete_all: item 2 must be a string, not a number"]
        = function() client:delete_all { id, 7 } end,
      ["delete_all: item 1 must not be empty"] = function() client:delete_all { "", id } end,
      ["wait_all: item 2 must be a string, not a boolean"]
        = function() client:wait_all { id, true } end,
    } do
      assert.equal(message, message_of(call))
    end
    assert.equal(0, #sim.requests)
  end)

  it("knows what an option is nearest to, in every function", function()
    for message, call in pairs {
      ["create: there is no option 'volumeid'; did you mean 'volume_id'?"]
        = function() client:create { volumeid = "x" } end,
      ["create: wait: there is no option 'timeoot'; did you mean 'timeout'?"]
        = function() client:create { volume_id = "x", wait = { timeoot = 1 } } end,
      ["count: there is no filter 'stauts'; did you mean 'status'?"]
        = function() client:count { stauts = "x" } end,
      ["find: there is no option 'mostrecent'; did you mean 'most_recent'?"]
        = function() client:find("x", { mostrecent = true }) end,
      ["delete: there is no option 'missingok'; did you mean 'missing_ok'?"]
        = function() client:delete(id, { missingok = true }) end,
      ["wait_until_complete: there is no option 'timout'; did you mean 'timeout'?"]
        = function() client:wait_until_complete(id, { timout = 3 }) end,
      ["wait_until_deleted: there is no option 'timout'; did you mean 'timeout'?"]
        = function() snapshot:wait_until_deleted { timout = 3 } end,
      ["restore: there is no option 'nam'; did you mean 'name'?"]
        = function() snapshot:restore { nam = "x" } end,
      ["manageable: there is no option 'hosts'; did you mean 'host'?"]
        = function() client:manageable { hosts = 3 } end,
      ["volumes: there is no filter 'nam'; did you mean 'name'?"]
        = function() client:volumes { nam = "x" } end,
      ["connect: there is no option 'usrname'; did you mean 'username'?"]
        = function() rsnapshots.connect { usrname = "x" } end,
      ["apply: there is no option 'dryrun'; did you mean 'dry_run'?"] = function()
        retention.apply(client, assert(retention.plan({}, { keep_daily = 1 })), { dryrun = true })
      end,
    } do
      assert.equal(message, message_of(call))
    end
  end)

  it("with a dot instead of the colon speaks of the colon", function()
    for _, verb in ipairs { "get", "create", "list", "close", "group", "limits", "step", "events",
      "reset_status", "update_status", "unmanage", "wait_until_complete" } do
      assert.equal(verb .. ": this is not a client: call its methods with a colon, as in "
        .. "client:get(id)", message_of(client[verb], id))
      assert.matches(": this is not a client: call", message_of(client[verb]))
    end
    for _, verb in ipairs { "delete", "refresh", "update", "wait_until_complete", "to_table",
      "to_json", "raw" } do
      for _, argument in ipairs { false, 7, {}, "x" } do
        assert.matches("this is not a snapshot: call its methods with a colon, as in snapshot:",
          message_of(snapshot[verb], argument or nil))
      end
    end
    local listing = client:list()
    for _, verb in ipairs { "next", "all", "pages", "each_page", "token", "close" } do
      assert.matches("this is not a listing: call its methods with a colon, as in pager:next",
        message_of(listing[verb]))
      assert.matches("this is not a listing: ", message_of(listing[verb], print))
    end
    local group = client:group()
    for _, verb in ipairs { "spawn", "next", "results", "each", "cancel", "limit" } do
      assert.matches("^" .. verb .. ": this is not a group: call its methods with a colon, as in "
        .. "group:", message_of(group[verb], print))
    end
  end)

  it("that gives a table to for says what to write", function()
    assert.matches("write `for snapshot in pager do`, or `for _, snapshot in ipairs",
      message_of(function() for _ in assert(client:list():all()) do end end))
    assert.has_error(function() rsnapshots.status.X = "X" end)
  end)
end)
