--- Policy files: data in Lua, read where it can do no harm.
local policy_file = require "rsnapshots.cli.policy.file"

local function read(source)
  return policy_file.read(source, "/etc/policy.lua")
end

local function problem_of(source)
  local policies, problem = read(source)
  assert.is_nil(policies)
  return problem
end

local function refuses(source, words)
  local problem = problem_of(source)
  assert.truthy(problem:find(words, 1, true), problem)
end

local function policy(more)
  return ('return {\n  name = "nightly",\n  volumes = { "web" },\n  keep_daily = 7,\n  %s\n}')
    :format(more or "")
end

describe("a policy file", function()
  it("is a policy, or a list of them", function()
    local one = assert(read(policy()))
    assert.equal(1, #one)
    assert.same({ "nightly", { "web" }, "hour" }, { one[1].name, one[1].volumes, one[1].slot })
    assert.equal(7, one[1].rules.keep_daily)
    assert.equal("nightly", one[1].rules.name)
    local two = assert(read [[
      local days = 7
      local base = { keep_daily = days, volume_property = { backup = "yes" }, slot = "day" }
      local function named(name) return { name = name, keep_daily = base.keep_daily + 1,
        volume_property = base.volume_property } end
      return { named("a"), named("b" .. 1) }
    ]])
    assert.same({ "a", "b1" }, { two[1].name, two[2].name })
    assert.equal(8, two[2].rules.keep_daily)
  end)

  it("takes all that a policy of rotate has", function()
    local one = assert(read(policy [[slot = "day", name_format = "{policy}", description = "d",
      force = true, property = { team = "x" }, timeout = 60, utc_offset = "+02:00",
      keep_tag = { "hold" }, max_remove = "20%"]]))[1]
    assert.same({ "day", "{policy}", "d", true, { team = "x" }, 60 }, { one.slot, one.name_format,
      one.description, one.force, one.property, one.timeout })
    assert.equal(7200, one.rules.utc_offset)
  end)

  it("is told with its line where it is no Lua, or fails", function()
    refuses("return {\n  name = \n}", "/etc/policy.lua:3: ")
    refuses("local x\nreturn { name = x.y }", "/etc/policy.lua:2: ")
    refuses("\n\nerror 'no'", "/etc/policy.lua:3: there is no 'error' in a policy file")
    refuses(policy "keep_dayly = 3", '/etc/policy.lua:5: policy "nightly": it has an unknown key '
      .. "'keep_dayly'; did you mean 'keep_daily'?")
    refuses(policy "keep_weekly = -3", '/etc/policy.lua:5: policy "nightly": the policy cannot be '
      .. "used: keep_weekly must be a whole number")
    refuses(policy "keep_weekly = true", "/etc/policy.lua:5: ")
  end)

  it("has no libraries", function()
    for _, name in ipairs { "os", "io", "string", "table", "math", "debug", "require", "load",
      "loadstring", "dofile", "pcall", "setmetatable", "getmetatable", "rawset", "print", "_G",
      "collectgarbage", "coroutine", "package", "jit", "_VERSION", "next", "select", "ipairs" } do
      refuses("local x = " .. name .. "\nreturn x", "/etc/policy.lua:1: there is no '" .. name
        .. "' in a policy file")
    end
  end)

  it("has no methods of texts, which are there again afterwards", function()
    for _, call in ipairs { '("x"):rep(1e9)', '("x"):gsub(".", "y")', '("%d"):format(1)',
      '(""):dump()', '("x").byte' } do
      refuses("local x = " .. call .. "\nreturn x", "/etc/policy.lua:1: texts have no method")
    end
    assert.equal("xx", ("x"):rep(2))
    assert(read(policy()))
    assert.equal("xx", ("x"):rep(2))
  end)

  it("ends, however long it wants to go on", function()
    for _, source in ipairs { "while true do end", "repeat until false",
      "for i = 1, 1e12 do end return {}", "local function f() return f() end return f()",
      "local t = {} t.x = function() while true do end end t.x()" } do
      refuses(source, "it does not end within 200000 instructions")
    end
    refuses("\n\nwhile true do end", "/etc/policy.lua:3: it does not end")
    refuses("local function f() return 1 + f() end return f()", "/etc/policy.lua:") -- its stack
  end)

  it("ends before it has eaten the memory", function()
    local before = collectgarbage "count"
    for _, source in ipairs {
      "local s = 'xxxxxxxxxxxxxxxx' while true do s = s .. s end",
      "local t = {} for i = 1, 1e9 do t[i] = i end",
      "local t = {} while true do t = { t, t, t, t, t, t, t, t } end",
      "local s = 'x' local t = {} for i = 1, 1e9 do s = s .. 'xxxxxxxxxxxxxxxx' t[i] = s end",
    } do
      refuses(source, "it takes more than 512 KiB of memory")
    end
    collectgarbage()
    assert.is_true(collectgarbage "count" - before < 4096)
  end)

  it("leaves the hook of whoever called it", function()
    local function hook() end
    debug.sethook(hook, "", 1000000)
    problem_of "while true do end"
    local found, mask, count = debug.gethook()
    debug.sethook()
    assert.same({ hook, "", 1000000 }, { found, mask, count })
  end)

  it("contains only data", function()
    refuses(policy "keep_last = function() end",
      "it contains a function; a policy file contains only data")
    refuses("return function() end", "it must return a policy")
    refuses("return nil", "it must return a policy")
    refuses("", "it must return a policy")
    refuses("return 'nightly'", "it must return a policy")
    refuses("local t = {} t.t = t return t", "too many tables within tables")
    refuses("local t = {} for i = 1, 20 do t = { t, t } end return t", "too many tables")
    refuses("return { [{}] = 1 }", "it has a table for a key")
    refuses("\27Lua", "/etc/policy.lua")
  end)

  it("gives each policy tables of its own", function()
    local policies = assert(read [[
      local shared = { "web" }
      local a = { name = "a", volumes = shared, keep_last = 1 }
      local b = { name = "b", volumes = shared, keep_last = 1 }
      return { a, b }]])
    policies[1].volumes[1] = "changed"
    assert.equal("web", policies[2].volumes[1])
  end)

  it("is refused where it does not say what rotate needs", function()
    refuses("return { volumes = { 'x' }, keep_last = 1 }", "policy 1: it has no name")
    refuses("return { name = 'n', keep_last = 1 }", 'policy "n": it names no volumes')
    refuses("return { name = 'n', volumes = {}, keep_last = 1 }", "volumes must be a list of texts")
    refuses("return { name = 'n', volumes = { 1 }, keep_last = 1 }", "volumes must be a list")
    refuses("return { name = 'n', volumes = 'web', keep_last = 1 }", "volumes must be a list")
    refuses("return { name = 'n', volume_property = { 'x' }, keep_last = 1 }", "a table of texts")
    refuses("return { name = 'n', volumes = { 'x' }, volume_property = { a = 'b' }, keep_last = 1}",
      "it has both volumes and volume_property")
    refuses("return { name = 'n', volumes = { 'x' } }", "would keep nothing")
    refuses("return { name = 'n', volumes = { 'x' }, keep_daily = 0 }", "would keep nothing")
    refuses("return { name = 'n', volumes = { 'x' }, keep_within = '2w' }", "write 14d")
    refuses("return { name = 'n\\n', volumes = { 'x' }, keep_last = 1 }", "name cannot be used")
    refuses(policy "slot = 'week'", 'slot must be "hour" or "day"')
    refuses(policy "name_format = '{policy}-{date}'",
      "name_format must be a text such as {policy}-{slot}: there is no {date}; there are {policy}")
    refuses(policy "timeout = 0", "timeout must be a number of seconds")
    refuses(policy "force = 1", "force must be true or false")
  end)

  it("is refused where a list holds something else, or two of a name", function()
    refuses("return { { name = 'a', volumes = { 'x' }, keep_last = 1 }, 3 }",
      "policy 2 is not a table")
    refuses("return { { name = 'a', volumes = { 'x' }, keep_last = 1 }, keep_last = 2 }",
      "it is a list of policies, but it also has 'keep_last'")
    refuses([[local function p() return { name = "a", volumes = { "x" }, keep_last = 1 } end
      return { p(), p() }]], 'policy "a": there is another policy with this name')
  end)

  it("is read from its path", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(policy())
    file:close()
    assert.equal("nightly", assert(policy_file.open(path))[1].name)
    file = assert(io.open(path, "wb"))
    file:write((" "):rep(1024 * 1024 + 1))
    file:close()
    local none, problem = policy_file.open(path)
    assert.is_nil(none)
    assert.truthy(problem:find("larger than 1 MiB", 1, true))
    os.remove(path)
    for _, missing in ipairs { path, "/tmp" } do
      none, problem = policy_file.open(missing)
      assert.is_nil(none)
      assert.truthy(problem:find("the policy file cannot be read: " .. missing, 1, true), problem)
    end
  end)
end)
