-- Kind: a list with a hole is read up to the hole (see 500). In a policy file, a field that is not
-- there makes one: the volumes behind it got no snapshot, night after night, and nobody was told.
local policy_file = require "rsnapshots.cli.policy.file"

local function read(body)
  return policy_file.read("local hosts = {}\nreturn " .. body, "p.lua")
end

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
