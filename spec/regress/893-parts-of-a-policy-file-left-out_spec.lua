-- Kind: a part of what a policy file says is left out, and nobody is told. A list with a hole was
-- read up to the hole (see 500): a field that is not there makes one, and the volumes behind it got
-- no snapshot, night after night. `prune --policy` forgot `group_by` and `all`, and so removed what
-- rotate and timeline keep by the same file.
local policy_file = require "rsnapshots.cli.policy.file"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local function read(body)
  return policy_file.read("local hosts = {}\nreturn " .. body, "p.lua")
end

describe("a policy file", function()
  it("is refused if it returns several values, of which one would count", function()
    local one = '{ name = "n", volumes = { "v" }, keep_last = 1 }'
    for _, more in ipairs { one, "nil", "{}" } do
      local policies, problem = read(one .. ", " .. more)
      assert.is_nil(policies)
      assert.equal("p.lua: it returns 2 values; a list is one: return { { … }, { … } }", problem)
    end
    assert.is_table(read(one))
  end)
end)

describe("a hole in a list of a policy file", function()
  it("is refused where the list names volumes", function()
    for _, volumes in ipairs { 'hosts.db, "web"', '"web", hosts.db, "mail"', '[2] = "web"',
      '"a", "b", hosts.db, "c"', '[0] = "a", "b"', '[1.5] = "a", "b"' } do
      local policies, problem = read(('{ name = "n", volumes = { %s }, keep_last = 1 }')
        :format(volumes))
      assert.is_nil(policies)
      assert.equal('p.lua:2: policy "n": volumes must be a list of texts, with at least one',
        problem)
    end
  end)

  it("is refused where the list is one of policies", function()
    for count = 1, 9 do
      local list, one = {}, '{ name = "n%d", volumes = { "v" }, keep_last = 1 }'
      for i = 1, count do
        list[i] = one:format(i)
      end
      list[count + 1] = "hosts.db"
      list[count + 2] = one:format(count + 2)
      assert.is_nil(read("{ " .. table.concat(list, ", ") .. " }"))
    end
  end)
end)

describe("prune with a policy file", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    local mark = retention.mark "nightly"
    cloud.sim:add_snapshots {
      { volume_id = "web", name = "root", age = 7200, metadata = mark },
      { volume_id = "web", name = "data", age = 3600, metadata = mark },
      { volume_id = "web", name = "data", age = 1800, metadata = mark },
      { volume_id = "web", name = "root", age = 900 },
    }
  end)

  after_each(function()
    cloud:close()
  end)

  local function pruned(more, options)
    cloud:write("p.lua", ('return { name = "nightly", volumes = { "web" }, keep_last = 1, '
      .. 'max_remove = "unlimited", %s }'):format(more))
    local out, err, status = cloud:run("prune --policy p.lua --dry-run " .. (options or ""))
    assert.same({ "", 0 }, { err, status }, out)
    return out
  end

  it("groups as the file says", function()
    assert.matches("\n3 kept %(3 GiB%), 1 to be removed", pruned [[group_by = "name"]])
  end)

  it("considers all snapshots if the file says so", function()
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed", pruned "all = true")
  end)

  it("does both, and an option counts more than the file", function()
    assert.matches("\n2 kept %(2 GiB%), 2 to be removed", pruned 'all = true, group_by = "name"')
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed",
      pruned('all = true, group_by = "name"', "--group-by volume_id"))
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed", pruned("all = false", "--all"))
  end)
end)
