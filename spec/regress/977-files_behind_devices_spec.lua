-- Kind: a file that is not the command's own loses what was in it. --output /dev/stdout emptied the
-- file that standard output was appended to.
local process = require "spec.support.process"
local served = require "spec.support.served_command"

describe("a file behind a device", function()
  it("keeps what it has", function()
    local cloud = served.cloud()
    local log = cloud.folder .. "/log"
    process.write(log, "yesterday's lines\n")
    local _, err, status = cloud:run("check --volume volume -f prometheus --output /dev/fd/3 3>> "
      .. process.quote(log))
    assert.same({ "", 2 }, { err, status })
    assert.matches("^yesterday's lines\n# HELP ", process.read(log))
    cloud:close()
  end)
end)
