-- Kind: a file that is written beside its place and renamed replaces what is there, a device too.
local file = require "rsnapshots.cli.output.file"
local process = require "spec.support.process"

describe("output to a device", function()
  it("goes to the device, which stays one", function()
    assert.is_true(file.replace("/dev/null", "text"))
    local ok, problem = file.replace("/dev/full", "text")
    assert.is_nil(ok)
    assert.truthy(problem:find("/dev/full: ", 1, true), problem)
    assert.equal("character special file\n", (process.run "stat -c %F /dev/full"))
    assert.equal("character special file\n", (process.run "stat -c %F /dev/null"))
  end)
end)
