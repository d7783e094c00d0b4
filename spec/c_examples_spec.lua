--- The programs of examples/c, without Lua, on the simulated cloud.
local c_examples = require "spec.support.c_examples"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"

describe("examples/c #separate", function()
  local folder, server, client, token

  setup(function()
    folder = c_examples.build()
    server = simulated.start "--quiet --api 3 --snapshots 2500"
    client = assert(rsnapshots.connect(server.credentials()))
    token = c_examples.token(server.credentials())
  end)

  teardown(function()
    client:close()
    server.stop()
    process.run("rm -rf '" .. folder .. "'")
  end)

  local function run(command)
    return c_examples.run(folder, client.endpoint, token, command)
  end

  it("need no Lua", function()
    for _, name in ipairs { "snapshots", "eight" } do
      local libraries = c_examples.libraries(folder, name)
      assert.matches("libcurl", libraries)
      assert.is_nil(libraries:find "[lL]ua")
    end
  end)

  it("snapshots lists, creates, waits and deletes", function()
    local output, status = run("snapshots " .. server.volume_id .. " from-c")
    assert.equal(0, status, output)
    local lines, id = select(2, output:gsub("\n", "")), output:match "\ncreated (%S+)\n"
    assert.equal(2500 + 3, lines)
    assert.is_truthy(output:find(("\n%s is AVAILABLE\ndeleted %s\n"):format(id, id), 1, true))
    assert.equal(2500, client:count())
  end)

  it("eight counts the snapshots of every status", function()
    assert(client:create { volume_id = server.volume_id, name = "x rc_create_fail=1", wait = 60 }
      == nil)
    local output, status = run "eight"
    assert.equal(0, status, output)
    assert.matches("^available +2500\ncreating +0\n", output)
    assert.matches("\nerror +1\n", output)
  end)

  it("say what went wrong", function()
    for _, command in ipairs { "eight", "snapshots v n" } do
      local output, status = c_examples.run(folder, client.endpoint, "no-token", command)
      assert.equal(1, status)
      assert.matches("auth: ", output)
      output, status = c_examples.run(folder, "http://127.0.0.1:1", token, command)
      assert.equal(1, status)
      assert.matches("network: cannot reach 127.0.0.1:1", output, 1, true)
    end
  end)
end)
