-- Kind: the example in C sent a create again at once, and without end, as long as nobody could tell
-- whether the one before had taken effect: a service that was slow made one snapshot after another.
-- And a volume that is not there counted as a snapshot that was deleted.
local c_examples = require "spec.support.c_examples"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"

describe("examples/c/snapshots #separate", function()
  local folder, server, client, token

  setup(function()
    folder = c_examples.build()
  end)

  teardown(function()
    process.run("rm -rf '" .. folder .. "'")
  end)

  local function start(options)
    server = simulated.start("--quiet --api 3 --snapshots 0 " .. options)
    client = assert(rsnapshots.connect(server.credentials()))
    token = c_examples.token(server.credentials())
  end

  after_each(function()
    client:close()
    server.stop()
  end)

  local function run(command)
    return c_examples.run(folder, client.endpoint, token, command)
  end

  -- the first search comes too early to see it
  it("sends no create twice, and finds what a lost answer made", function()
    start [[--fault 'POST /snapshots cut=after times=1' \
      --fault 'GET /snapshots query=made status=200 times=1 body={"snapshots":[]}']]
    local output, status = run("snapshots " .. server.volume_id .. " n")
    assert.equal(0, status, output)
    assert.equal(0, client:count())
    assert.equal(1, select(2, output:gsub("created ", "")))
    assert.matches("uncertain: ", output, 1, true)
  end)

  it("says that there is no such volume", function()
    start ""
    local output, status = run "snapshots 00000000-0000-4000-8000-000000000000 n"
    assert.equal(1, status)
    assert.matches("^not_found: [^\n]+\n$", output)
  end)
end)
