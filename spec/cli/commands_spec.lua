--- What the commands do, on a simulated cloud; their output on a pipe.
local command = require "spec.support.command"

local ID = "%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x"

describe("rsnapshots", function()
  local cloud

  setup(function() cloud = command.cloud() end)
  teardown(function() cloud.stop() end)

  -- What a command prints; it must succeed, and say nothing.
  local function ok(arguments)
    local out, err, status = cloud:run(arguments)
    assert.same({ "", 0 }, { err, status }, arguments)
    return out
  end

  local function fails(arguments, exit_status)
    local out, err, status = cloud:run(arguments)
    assert.equal(exit_status, status, err)
    return err, out
  end

  local function admin(arguments)
    local _, err, status = cloud:admin(arguments)
    assert.same({ "", 0 }, { err, status }, arguments)
  end

  local function value(id, column)
    return (ok(("show %s -f value -c %s"):format(id, column)):gsub("\n$", ""))
  end

  after_each(function() cloud:clear() end)

  it("create makes one, shows it, and marks it so that there are never two", function()
    local out = ok(("create nightly --volume %s --description 'of web' --property k='v w'")
      :format(cloud.volume_id))
    assert.equal([[
+----------------+-------------------------------------------------------------+
| Field          | Value                                                       |
+----------------+-------------------------------------------------------------+
| id             | 00000000-0000-0000-0000-000000000000                        |
| name           | nightly                                                     |
| description    | of web                                                      |
| status         | creating                                                    |
| size           | 1                                                           |
| created_at     | 2026-11-25T00:00:00.000000                                  |
| volume_id      | 00000000-0000-0000-0000-000000000000                        |
| properties     | k='v w', rsnapshots:once='00000000000000000000000000000000' |
| updated_at     |                                                             |
| user_id        | 00000000000000000000000000000000                            |
| consumes_quota | true                                                        |
+----------------+-------------------------------------------------------------+
]], command.normal(out))
  end)

  it("create --no-once leaves out the mark", function()
    local out = ok(("create --volume %s --no-once -f value -c properties")
      :format(cloud.volume_id))
    assert.equal("\n", out)
  end)

  it("create --wait shows it complete; several volumes make rows", function()
    local volumes = ("--volume %s --volume %s"):format(cloud.volume_id, cloud.volume_id)
    local out = ok(("create both --wait %s"):format(volumes))
    assert.equal([[
+--------------------------------------+------+-------------+-----------+------+
| ID                                   | Name | Description | Status    | Size |
+--------------------------------------+------+-------------+-----------+------+
| 00000000-0000-0000-0000-000000000000 | both |             | available |    1 |
| 00000000-0000-0000-0000-000000000000 | both |             | available |    1 |
+--------------------------------------+------+-------------+-----------+------+
]], command.normal(out))
  end)

  it("create of some volumes that there are makes those, and ends with status 3", function()
    local err, out = fails(("create --volume %s --volume %s -f value -c status"):format(
      "00000000-0000-4000-8000-000000000000", cloud.volume_id), 3)
    assert.equal("creating\n", out)
    assert.matches("rsnapshots create: volume 00000000-0000-4000-8000-000000000000: not_found: ",
      err, 1, true)
    assert.matches("1 of 2 failed\n$", err)
  end)

  it("list finds by what it is asked for, on every page", function()
    for i = 1, 5 do
      cloud:create("night-" .. i, { metadata = { n = tostring(i) } })
    end
    assert.equal("night-1\nnight-2\nnight-3\nnight-4\nnight-5\n",
      ok "list --limit 2 --sort name -f value -c name")
    assert.equal("night-5\nnight-4\n", ok "list --sort name:desc --max-items 2 -f value -c name")
    assert.equal("night-3\n", ok "list --property n=3 -f value -c name")
    assert.equal("night-2\n", ok "list --name night-2 -f value -c name")
    assert.equal("night-4\n", ok "list --name-like -4 -f value -c name")
    assert.equal("night-1\nnight-2\n",
      ok "list --sort name:desc --marker night-3 --sort-column name -f value -c name")
    assert.equal("", ok "list --created-before 2020-01-01 -f value")
    assert.equal("[]\n", ok "list --status error -f json")
    assert.equal("", ok "list --status error")
    assert.equal('"ID"\n', ok "list --status error -f csv -c id")
    assert.equal(5, select(2, ok(("list --volume %s -f value -c ID"):format(cloud.volume_id))
      :gsub(ID .. "\n", "")))
  end)

  it("list --long tells the hold", function()
    cloud:create "kept"
    ok "set kept --hold"
    local out = ok "list --long -f csv -c Held -c Volume -c Progress"
    assert.equal(('"Held","Volume","Progress"\n"forever","%s","100%%"\n')
      :format(cloud.volume_id), out)
  end)

  it("show takes ids and names, several too, and tells all", function()
    local id = cloud:create "one"
    cloud:create "two"
    assert.equal("one\ntwo\n", ok(("show %s two -f value -c name"):format(id)))
    local out = ok "show one -f json --noindent"
    assert.matches(('{"id": "%s", "name": "one", "description": null, "status": "available"')
      :format(id), out, 1, true)
    assert.matches('"os-extended-snapshot-attributes:progress": "100%"', out, 1, true)
    assert.matches("^%[\n  {\n", (ok "show one two -f json"))
  end)

  it("show tells those that there are, and of the others that they are not", function()
    cloud:create "one"
    local err, out = fails("show one nope -f value -c name", 3)
    assert.equal("one\n", out)
    assert.matches("there is no snapshot with the name or id 'nope'", err, 1, true)
    fails("show nope", 5)
    assert.matches("there is no column 'Nam'; did you mean 'Name'", fails("show one -c Nam", 2), 1,
      true)
  end)

  it("of a name that several have lists them", function()
    local ids = { cloud:create "same", cloud:create "same" }
    local err = fails("show same", 1)
    for _, id in ipairs(ids) do
      assert.matches(("\n  %s  volume %s  created 2"):format(id, cloud.volume_id), err, 1, true)
    end
    assert.matches("ambiguous: 2 snapshots are named 'same'", err, 1, true)
  end)

  it("set changes what is given, and nothing else", function()
    local id = cloud:create("old", { description = "d", metadata = { a = "1" } })
    assert.equal("", ok(("set %s --name new --property b=2"):format(id)))
    assert.equal("new d", value(id, "name -c description"):gsub("\n", " "))
    assert.matches('{"a": "1", "b": "2", "rsnapshots:once": ', value(id, "properties"), 1, true)
    ok(("set %s --description '' --no-property --property c=3"):format(id))
    assert.equal("", value(id, "description"))
    assert.equal('{"c": "3"}', value(id, "properties"))
    admin(("set %s --state error"):format(id))
    assert.equal("error", value(id, "status"))
  end)

  it("set --hold keeps a mark that --no-property leaves and --no-hold takes away", function()
    local id, day = cloud:create "held", ("%d-01-31"):format(os.date "%Y" + 1)
    ok(("set %s --hold %s"):format(id, day))
    assert.equal(day, value(id, "held"))
    ok(("set %s --no-property"):format(id))
    assert.equal(('{"rsnapshots:hold": "%s"}'):format(day), value(id, "properties"))
    ok(("set %s --hold"):format(id))
    assert.equal("forever", value(id, "held"))
    ok(("set %s --no-hold"):format(id))
    ok(("set %s --no-hold"):format(id)) -- twice is fine
    assert.equal("", value(id, "properties"))
    ok(("set %s --hold --property a=b"):format(id))
    ok(("set %s --no-property --no-hold"):format(id))
    assert.equal("", value(id, "properties"))
  end)

  it("set tells what was changed before one change failed", function()
    local id = cloud:create "old"
    local err = fails(("set %s --name new --property 'k/%s=v'"):format(id, ("x"):rep(300)), 1)
    assert.matches("name and description set, properties not\n", err, 1, true)
    assert.equal("new", value(id, "name"))
  end)

  it("unset removes properties", function()
    local id = cloud:create("x", { metadata = { a = "1", b = "2", c = "3" }, once = false })
    ok(("unset %s --property a --property b"):format(id))
    assert.equal('{"c": "3"}', value(id, "properties"))
    assert.matches("has no metadata with key a", fails("unset x --property a", 5), 1, true)
  end)

  it("delete deletes by id and name, and waits", function()
    local id = cloud:create "one"
    cloud:create "two"
    assert.equal("", ok(("delete %s two two --wait"):format(id)))
    assert.equal("", ok "list -f value")
  end)

  it("delete of some that there are deletes those, and ends with status 3", function()
    cloud:create "one"
    cloud:create "two"
    local err = fails("delete one nope two nopeagain --wait", 3)
    assert.matches("nope: not_found: there is no snapshot", err, 1, true)
    assert.matches("rsnapshots delete: 2 of 4 failed\n$", err)
    assert.equal("", ok "list -f value")
    assert.is_nil(fails("delete nope", 5):find "failed")
    ok "delete nope --missing-ok"
  end)

  it("delete --force takes one in any state, --remote only forgets it", function()
    local id = cloud:create "one"
    admin(("set %s --state creating"):format(id))
    fails(("delete %s"):format(id), 1)
    admin(("delete %s --force --wait"):format(id))
    admin(("delete %s --remote --wait"):format(cloud:create "two"))
    assert.equal("", ok "list -f value")
  end)

  it("wait waits for what is made, and for what goes", function()
    ok(("create one --volume %s"):format(cloud.volume_id))
    assert.equal("", ok "wait one")
    assert.equal("available", value("one", "status"))
    ok "delete one"
    ok "wait one --deleted"
    ok "wait one --deleted" -- what is not there is gone
    fails("wait one", 5)
  end)

  it("wait ends at once when one never will be complete, and in time when it is late", function()
    local id = cloud:create "bad"
    cloud:create "good"
    admin(("set %s --state error"):format(id))
    assert.matches("went to ERROR", fails("wait bad", 1), 1, true)
    assert.matches("bad: failed: .*\nrsnapshots wait: 1 of 2 failed\n$", fails("wait bad good", 3))
    assert.matches("ended after 2 seconds; last seen AVAILABLE",
      fails("wait good --deleted --timeout 2", 6), 1, true)
  end)

  it("restore makes a volume, and tells of it", function()
    cloud:create "one"
    local out = ok "restore one copy --size 2 --property a=b --wait -f json"
    assert.matches('"name": "copy"', out, 1, true)
    assert.matches('"status": "available"', out, 1, true)
    assert.matches('"size": 2', out, 1, true)
    assert.matches('"metadata": {\n    "a": "b"\n  }', out, 1, true)
    assert.matches("rsnapshots restore: ", fails("restore one --size 0", 2), 1, true)
  end)

  it("revert asks, and without anybody to ask wants --yes", function()
    cloud:create "one"
    assert.matches("there is no terminal to ask on: give --yes", fails("revert one", 2), 1, true)
    assert.equal("", ok "revert one --yes --wait")
  end)

  it("takes names that hold anything", function()
    for _, name in ipairs { "two words", "ümläut 漢字", "-dash", "a'b\"c", ("x"):rep(255),
      "50%/x?y&z=#" } do
      local quoted = "'" .. name:gsub("'", "'\\''") .. "'"
      local id = ok(("create --volume %s -f value -c id -- %s"):format(cloud.volume_id, quoted))
        :match "%S+"
      assert.equal(id .. "\n", ok("show -f value -c id -- " .. quoted))
      assert.equal(id .. "\n", ok("list -f value -c id --name " .. (name ~= "-dash" and quoted
        or "=x"):gsub("^=x$", "-dash")))
      ok("delete -- " .. quoted)
    end
    assert.matches("^rsnapshots create: invalid: ", (fails(("create --volume %s %s"):format(
      cloud.volume_id, ("x"):rep(256)), 1)))
  end)

  it("--debug reports every request, and no secret", function()
    local _, err, status = cloud:run "list --debug -f value"
    assert.equal(0, status)
    assert.matches("debug: POST http://127.0.0.1:%d+/identity/v3/auth/tokens: 201, %d+%.%d+ s", err)
    assert.matches("debug: GET http://127.0.0.1:%d+/.-/snapshots/detail.-: 200, ", err)
    assert.is_nil(err:find("demopw", 1, true))
  end)

  it("says nothing but failures with --quiet", function()
    local err = fails("delete nope --quiet", 5)
    assert.matches("^rsnapshots delete: not_found: ", err)
  end)
end)
