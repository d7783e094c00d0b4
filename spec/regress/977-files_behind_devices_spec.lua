-- Kind: a file that is not the command's own loses what was in it. --output /dev/stdout emptied the
-- file that standard output was appended to.
local file = require "rsnapshots.cli.output.file"
local process = require "spec.support.process"

describe("a file behind /dev/stdout", function()
  it("keeps what it has", function()
    local folder = process.directory()
    local log = folder .. "/log"
    process.write(log, "yesterday's lines\n")
    local handle = assert(io.open(log, "a"))
    local number = process.run(("ls -l /proc/$PPID/fd | grep -F %s | sed 's/.* \\([0-9]*\\) ->.*/\\1/'")
      :format(process.quote(log))):match "%d+"
    assert.truthy(number)
    assert(file.replace("/dev/fd/" .. number, "today's\n"))
    handle:close()
    assert.equal("yesterday's lines\ntoday's\n", process.read(log))
    process.run("rm -rf " .. process.quote(folder))
  end)
end)
