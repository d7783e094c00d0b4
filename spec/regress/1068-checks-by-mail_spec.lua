-- Kind: with --quiet, failures only are printed, which cron then mails; check printed in any case.
local command = require "spec.support.command"

describe("check --quiet", function()
  local cloud

  setup(function()
    cloud = command.cloud "--volumes 2"
    cloud:create "good"
  end)
  teardown(function() cloud.stop() end)

  local function check(options)
    local out, err, status = cloud:run("check --quiet --volume volume " .. options)
    assert.equal("", err)
    return status, out
  end

  it("is silent while all is well", function()
    assert.same({ 0, "" }, { check "" })
  end)

  it("prints what is not well, and what programs read", function()
    local status, out = check "--volume volume-2"
    assert.equal(2, status)
    assert.matches("^SNAPSHOTS CRITICAL %- 1 of 2 volumes: volume%-2: there is no good ", out)
    status, out = check "-f json"
    assert.equal(0, status)
    assert.matches('"level": "ok"', out, 1, true)
    assert.matches("\nrsnapshots_check_status", select(2, check "-f prometheus"), 1, true)
  end)
end)
