--- Why something failed, by the service's own account.
local connect = require "spec.support.connect"
local errors = require "rsnapshots.error"

local FAILED = "172c1193-b7a6-444e-b25d-a5757fc12c55" -- of the recording

local function recorded(name)
  local file = assert(io.open("spec/recordings/" .. name .. ".http", "rb"))
  local text = file:read "*a"
  file:close()
  return text:match "\r?\n\r?\n(.*)$"
end

describe("why a snapshot failed", function()
  local client, sim

  local function open(options)
    client, sim = connect.new(options)
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  local function answer(body)
    sim:clear_faults()
    sim:fault { method = "GET", path = "/messages", status = 200, body = body }
  end

  it("is what the service's messages say", function()
    open()
    answer(recorded "110-messages-of-error")
    assert.equal("create snapshot:Snapshot failed to create.", client:failure_reason(FAILED))
    local last = sim.requests[#sim.requests]
    assert.equal("resource_uuid=" .. FAILED, last.query)
  end)

  it("is the newest message of that snapshot", function()
    open { microversion = "3.3" }
    answer [[{"messages": [
      {"resource_uuid": "a", "user_message": "old", "created_at": "2026-11-23T07:55:55.1"},
      {"resource_uuid": "b", "user_message": "other", "created_at": "2026-11-25T07:55:55.1"},
      {"resource_uuid": "a", "user_message": "new", "created_at": "2026-11-24T07:55:55.1"},
      null, 3, {"resource_uuid": "a", "created_at": "2027-11-24T07:55:55.1"}]}]]
    assert.equal("new", client:failure_reason "a")
    assert.is_true(sim.requests[#sim.requests].query == nil
      or sim.requests[#sim.requests].query == "") -- 3.3 has no filters yet
  end)

  it("is nil where there are no messages, and nothing is asked where there can be none", function()
    open()
    for _, body in ipairs { '{"messages": []}', '{"messages": null}', "{}" } do
      answer(body)
      assert.same({ nil, nil }, { client:failure_reason "a" })
    end
    client:close()
    sim:close()
    for _, options in ipairs { { api_version = 1 }, { api_version = 2 },
      { microversion = "3.2" } } do
      open(options)
      sim:clear_requests()
      assert.is_nil(client:failure_reason "a")
      assert.equal(0, #sim.requests)
      if options.microversion == nil then
        client:close()
        sim:close()
      end
    end
  end)

  it("is an error where the question fails", function()
    open()
    sim:fault { method = "GET", path = "/messages", status = 403, body = "{}" }
    local none, err = client:failure_reason "a"
    assert.is_nil(none)
    assert.equal("forbidden", err.kind)
  end)

  local function failure(kind, status)
    local id = sim:add_snapshots(1, { status = status })[1]
    local snapshot = assert(client:get(id))
    return errors.new(kind, "snapshot went wrong", { snapshot = snapshot }), id
  end

  it("becomes part of the error of a wait", function()
    open()
    local err, id = failure("failed", "error")
    answer(('{"messages": [{"resource_uuid": "%s", "user_message": "no\\nspace"}]}'):format(id))
    assert.equal(err, client:explain(err))
    assert.equal("no\nspace", err.reason)
    assert.equal("snapshot went wrong; the service says: no space", err.message)
    assert.is_nil(err.dependents)
  end)

  it("names the volumes that a delete failed for", function()
    open()
    local err, id = failure("reverted", "available")
    local first, second = assert(client:restore(id)), assert(client:restore(id))
    client:explain(err)
    assert.equal(2, #err.dependents)
    assert.truthy(err.message:find("; made from it: volumes ", 1, true))
    assert.truthy(err.message:find(first.id, 1, true) and err.message:find(second.id, 1, true))
    local other
    other, id = failure("failed", "error_deleting")
    sim:find_snapshot(id).status = "available"
    local third = assert(client:restore(id))
    client:explain(other)
    assert.truthy(other.message:find("; made from it: volume " .. third.id, 1, true))
  end)

  it("leaves other errors, and errors that cannot be explained, as they are", function()
    open()
    for _, err in ipairs { errors.new("timeout", "t"), errors.new("failed", "f"), "text" } do
      sim:clear_requests()
      assert.equal(err, client:explain(err))
      assert.equal(0, #sim.requests)
    end
    local err = failure("reverted", "available")
    sim:fault { path = "/messages", status = 403, body = "{}" }
    sim:fault { path = "/volumes", status = 403, body = "{}" }
    client:explain(err)
    assert.equal("snapshot went wrong", err.message)
    assert.is_nil(err.reason or err.dependents)
  end)
end)
