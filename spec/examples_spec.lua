--- Every example works as it is, on the simulated cloud.
local process = require "spec.support.process"
local simulated = require "spec.support.simulated"

local EXAMPLES = {
  ["demo.lua"] = "built%-in simulator", ["list.lua"] = "AVAILABLE",
  ["backup.lua"] = "deleted nightly", ["many.lua"] = "deleted: 19 of 19",
}

local CLOUDLESS = "env -u OS_CLOUD -u OS_AUTH_URL -u RS_USERNAME -u RS_API_KEY "

describe("examples/ #separate", function()
  it("has each of them here", function()
    for name in process.run("ls examples/*.lua"):gmatch "examples/([%w_]+%.lua)" do
      assert.is_true(name == "cloud.lua" or name == "policy.lua" or EXAMPLES[name] ~= nil, name)
    end
  end)

  for name, pattern in pairs(EXAMPLES) do
    it(name .. " does what it says", function()
      local output, status = process.run(CLOUDLESS .. "scripts/lua examples/" .. name)
      assert.equal(0, status, output)
      assert.matches(pattern, output)
    end)
  end

  it("backup.lua keeps so many of its own with version 1, too", function()
    local server = simulated.start "--quiet --api 1 --snapshots 1"
    local output, status
    for _ = 1, 3 do
      output, status = process.run(("%s\nscripts/lua examples/backup.lua %s 2"):format(server.shell,
        server.volume_id))
      assert.equal(0, status, output)
    end
    server.stop()
    assert.equal(2, select(2, output:gsub("kept nightly", "")))
    assert.equal(1, select(2, output:gsub("deleted nightly", "")))
  end)

  it("list.lua and demo.lua work where snapshots have neither name nor size", function()
    local server = simulated.start "--quiet --snapshots 2 --quirk sparse_records"
    local listed, first = process.run(server.shell .. "\nscripts/lua examples/list.lua")
    local shown, second = process.run(("%s\necho %s | scripts/lua examples/demo.lua"):format(
      server.shell, server.volume_id))
    server.stop()
    assert.same({ 0, 0 }, { first, second }, listed .. shown)
    assert.matches("AVAILABLE%s+%? GiB  %-\n", listed)
    assert.matches("AVAILABLE%s+%?  %-\n", shown)
  end)

  it("many.lua leaves alone what other volumes have", function()
    local folder = process.directory()
    process.write(folder .. "/script.lua", [[
      local cloud = require "examples.cloud"
      local connect = cloud.connect
      function cloud.connect()
        local client, volume, sim = connect()
        sim:add_snapshots(2, { volume_id = sim:add_volume { name = "other" }, name = "nightly",
          seconds = 31 * 86400 })
        return client, volume, sim
      end
      dofile "examples/many.lua"]])
    local output, status = process.run(CLOUDLESS .. "scripts/lua " .. folder .. "/script.lua")
    process.run("rm -r " .. folder)
    assert.equal(0, status, output)
    assert.matches(EXAMPLES["many.lua"], output)
  end)

  it("many.lua fails where a volume has no snapshot in the end", function()
    local server = simulated.start "--quiet"
    local output, status = process.run(server.shell .. "\nscripts/lua examples/many.lua nonsense")
    server.stop()
    assert.equal(1, status, output)
    assert.matches("created failed: invalid", output)
  end)
end)
