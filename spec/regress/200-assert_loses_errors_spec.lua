-- Kind: what Lua's own functions do with an error that is an object. assert of 5.1 and 5.2 raises
-- "bad argument #2" in its place, and the kind, the status and the request are lost.
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"

describe("rsnapshots.assert on a failed call", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function get()
    return rsnapshots.assert(client:get "nowhere")
  end

  it("keeps the error", function()
    local ok, err = pcall(get)
    assert.is_false(ok)
    assert.is_true(rsnapshots.is_error(err))
    assert.equal("not_found", err.kind)
    assert.equal(404, err.status)
    assert.matches("^not_found: .+ %[GET /.+/snapshots/nowhere%] %(HTTP 404 ", tostring(err))
  end)

  it("keeps it in a task of a group", function()
    local group, errors = client:group(), {}
    for i = 1, 3 do
      group:spawn(function()
        return i == 2 and i or get()
      end)
    end
    for task in group:results() do
      errors[task.index] = task.error or "none"
    end
    assert.equal("not_found", errors[1].kind)
    assert.equal("none", errors[2])
    assert.is_true(rsnapshots.is_error(errors[3]))
  end)

  it("gives the value where there is no failure", function()
    local snapshot = rsnapshots.assert(client:create { volume_id = sim.volume_id })
    assert.equal(snapshot, rsnapshots.assert(client:get(snapshot)))
  end)

  it("is joined with text as people write it", function()
    local _, err = client:get "nowhere"
    assert.matches("^in vain: not_found: .*%)!$", "in vain: " .. err .. "!")
  end)
end)
