-- The programs of examples/c, without Lua, on a real Cinder.
local c_examples = require "spec.support.c_examples"
local cloud = require "spec.openstack.support"
local process = require "spec.support.process"

describe("programs in C #openstack", function()
  local folder, project, volume, client

  lazy_setup(function()
    folder = c_examples.build()
    project = cloud.project()
    volume = project:volume()
    client = project:connect()
  end)

  lazy_teardown(function()
    client:close()
    project:forget()
    process.run("rm -rf '" .. folder .. "'")
  end)

  local function run(command)
    return c_examples.run(folder, client.endpoint, project:token(), command)
  end

  it("list, create, wait and delete", function()
    local output, status = run("snapshots " .. volume .. " from-c")
    assert.equal(0, status, output)
    local id = output:match "^created (%S+)\n"
    assert.equal(("created %s\n%s is AVAILABLE\ndeleted %s\n"):format(id, id, id), output)
    assert.equal(0, client:count())
  end)

  it("wait for a snapshot that takes its time", function()
    local output, status = run("snapshots " .. volume
      .. " 'slow rc_create_sleep=2 rc_delete_sleep=2'")
    assert.equal(0, status, output)
    assert.matches("deleted %S+\n$", output)
  end)

  it("count snapshots by status, over many pages", function()
    project:fill(volume, 1500)
    local output, status = run "eight"
    assert.equal(0, status, output)
    assert.matches("^available +1500\n", output)
  end)
end)
