-- Kind: a signal before the command has begun, or after its interpreter was closed. The first was
-- told as a fault with a traceback; the second jumped into the unloaded library of its handler.
local command = require "spec.support.command"

describe("a signal at any moment #slow", function()
  it("ends a command as that signal does", function()
    local cloud = command.cloud "--latency 0.02"
    finally(function() cloud.stop() end)
    local id = cloud:create "waited"
    -- timeout sends each signal twice, to the process and to its group
    local out, err = cloud:shell(([[
for signal in INT TERM; do
  for hundredths in 00 01 02 03 04 05 06 08 10 12 15 18 22 26 30; do
    timeout --preserve-status -s $signal 0.${hundredths}5 $R wait %s --deleted
    echo $signal $?
  done
done]]):format(id))
    for line in out:gmatch "[^\n]+" do
      assert.is_true(line == "INT 130" or line == "TERM 143", line .. ": " .. err)
    end
    assert.equal(30, select(2, out:gsub("\n", "")))
    assert.is_nil(err:find("traceback", 1, true))
    assert.is_nil(err:find("should not happen", 1, true))
  end)
end)
