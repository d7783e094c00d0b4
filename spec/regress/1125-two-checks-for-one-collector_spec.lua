-- Kind: two checks on one host (of two clouds, or by two policy files) wrote a series of the same
-- name without labels. node_exporter keeps one of these, so no alert told that the other check had
-- stopped.
local process = require "spec.support.process"
local served = require "spec.support.served_command"

describe("the time of a check", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud:nights(1, { volume_id = "volume" })
  end)

  after_each(function() cloud:close() end)

  local function written(options)
    local out, err, status = cloud:run("check --volume volume -f prometheus " .. options)
    assert.same({ "", 0 }, { err, status })
    return out
  end

  it("says in which file it is", function()
    for _, name in ipairs { "one.prom", 'the "other".prom' } do
      local path = cloud.folder .. "/" .. name
      assert.equal("", written("--output " .. process.quote(path)))
      local escaped = name:gsub('"', '\\"')
      assert.truthy(process.read(path):find(
        ('\nrsnapshots_last_check_timestamp_seconds{file="%s"} '):format(escaped), 1, true))
    end
  end)

  it("has no label if it is printed", function()
    assert.matches("\nrsnapshots_last_check_timestamp_seconds %d+\n$", written "")
  end)
end)
