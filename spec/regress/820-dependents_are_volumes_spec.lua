-- Kind: the documentation calls an error's dependents ids, and they are volumes.
local connect = require "spec.support.connect"
local errors = require "rsnapshots.error"
local process = require "spec.support.process"

describe("what a delete failed for", function()
  it("is a list of volumes in the error, as of a listing", function()
    local client, sim = connect.new()
    local snapshot = assert(client:get(sim:add_snapshots(1)[1]))
    local volume = assert(client:restore(snapshot, { name = "made of it" }))
    local err = client:explain(errors.new("reverted", "it is back", { snapshot = snapshot }))
    client:close()
    sim:close()
    assert.equal(1, #err.dependents)
    assert.equal(volume.id, err.dependents[1].id)
    assert.equal("made of it", err.dependents[1].name)
    assert.same({}, err.dependents[1].metadata)
  end)

  it("is called so wherever it is described", function()
    local texts = { "library/rsnapshots.lua", "docs/errors.md", "lua/rsnapshots/error.lua" }
    for _, path in ipairs(texts) do
      for line in process.read(path):gmatch "[^\n]+" do
        local is_field = line:find("dependents", 1, true) and line:find("reverted", 1, true)
        assert.is_nil(is_field and line:find("ids of", 1, true), path .. ": " .. line)
      end
    end
  end)
end)
