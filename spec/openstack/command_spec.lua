--- The command on a real Cinder, beside `openstack`: what one makes the other sees.
local cjson = require "cjson"
local cloud = require "spec.openstack.support"
local process = require "spec.support.process"

local COMMAND = process.interpreter() .. " bin/rsnapshots "

describe("the command on a real Cinder #openstack", function()
  local project, environment

  lazy_setup(function()
    project = cloud.project()
    environment = project:environment()
    project:volume { name = "web" }
    project:volume { name = "db" }
    for _ = 1, 2 do
      project:volume { name = "twin" }
    end
  end)

  -- What a line of the shell prints, and its status.
  local function run(line)
    return process.run(environment .. line)
  end

  local function ok(arguments)
    local output, status = run(COMMAND .. arguments)
    assert.equal(0, status, output)
    return output
  end

  local function theirs(arguments)
    local output, status = run("openstack volume snapshot " .. arguments .. " -f json")
    assert.equal(0, status, output)
    return cjson.decode(output)
  end

  it("makes, changes and shows what openstack shows", function()
    ok "create 'two words' --volume web --description d --property a=b --property c='x y' --wait"
    ok "set 'two words' --name named --property e=f --no-hold"
    ok "unset named --property a"
    local ours = cjson.decode(ok "show named -f json")
    local shown = theirs "show named"
    for _, field in ipairs { "id", "name", "description", "status", "size", "volume_id",
      "created_at" } do
      assert.equal(shown[field], ours[field], field)
    end
    assert.equal("x y", ours.metadata.c)
    assert.equal("f", ours.metadata.e)
    assert.is_nil(ours.metadata.a)
    assert.equal(shown.properties.c or shown.properties:match "c='(.-)'", ours.metadata.c)
  end)

  it("lists what openstack lists, in its order", function()
    ok "create more --volume db --wait"
    local ids = {}
    for i, row in ipairs(theirs "list") do
      ids[i] = row.ID
    end
    assert.equal(table.concat(ids, "\n") .. "\n", ok "list -f value -c ID")
    assert.equal("more\n", ok "list --volume db -f value -c name")
    assert.equal("named\nmore\n", ok "list --sort name:desc -f value -c name")
  end)

  it("waits, restores, reverts and deletes", function()
    assert.equal("web-2\navailable\n", ok "restore named web-2 --wait -f value -c name -c status")
    ok "revert named --yes --wait"
    ok "delete named more --wait"
    ok "wait named --deleted"
    assert.same({}, theirs "list")
  end)

  it("rotates, checks and prunes volumes by their names", function()
    local folder = process.directory()
    finally(function() process.run("rm -rf " .. folder) end)
    process.write(folder .. "/policy.lua", 'return { name = "nightly", volumes = { "web", "db" }, '
      .. 'slot = "day", keep_last = 1 }')
    local policy = folder .. "/policy.lua"
    assert.matches("2 of 2 volumes done, 0 snapshots removed\n$", ok("rotate " .. policy))
    assert.matches("2 of 2 volumes done, 0 snapshots removed\n$", ok("rotate " .. policy))
    assert.equal(2, #theirs "list")
    assert.matches("^SNAPSHOTS OK %- 2 volumes", ok("check --policy " .. policy))
    ok "create by-hand --volume web --wait"
    assert.matches("by%-hand  %(not made by rsnapshots%)", ok("prune --yes --policy " .. policy))
    assert.matches("\n1 removed\n$", ok "prune --yes --all --keep-last 1 --volume web")
    assert.equal(2, #theirs "list")
  end)

  it("has the exit status of what is wrong", function()
    for arguments, wanted in pairs { ["show nope"] = 5, ["create x --volume twin"] = 1,
      ["create x --volume nope"] = 5, ["list --nope"] = 2, ["set x"] = 2,
      ["create x --volume web --property 'a/b%c=1'"] = 1, ["list --all-projects"] = 0 } do
      local output, status = run(COMMAND .. arguments)
      assert.equal(wanted, status, arguments .. ": " .. output)
    end
    local output, status = run("OS_PASSWORD=wrong " .. COMMAND .. "list")
    assert.equal(4, status, output)
  end)
end)
