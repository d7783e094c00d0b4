--- clouds.yaml and the environment, read as openstacksdk reads them. What it said is recorded
-- (spec/openstack/record_clouds.lua); spec/openstack/config_spec.lua asks it anew.

local answers = require "spec.support.cloud_answers"
local cases = require "spec.support.cloud_cases"
local cjson = require "cjson"
local openstacksdk = require "spec.support.openstacksdk"
local yaml = require "rsnapshots.connect.clouds.yaml"
local yaml_texts = require "spec.support.yaml_texts"

local recorded = cjson.decode(openstacksdk.recorded())

local function has_all(text, parts, what)
  for _, part in ipairs(parts) do
    assert.is_truthy(text:find(part, 1, true), ("%s: '%s' is not in: %s"):format(what, part, text))
  end
end

-- What we make of a case where openstacksdk makes something else of it.
local function holds_ours(case, mine)
  if case.ours[1] then
    assert.equal("config", mine.kind, case.name)
    has_all(mine.message, case.ours, case.name)
  else
    assert.is_truthy(mine.settings, mine.message)
    for name, value in pairs(case.ours) do
      assert.equal(value, mine.settings[name], name)
    end
  end
end

describe("clouds.yaml", function()
  local agreed, differing = 0, 0

  setup(function() answers.lay_out(cases) end)
  teardown(answers.clean)

  it("was recorded for these cases", function()
    local function sorted(value)
      return cjson.decode(cjson.encode(value))
    end
    assert.same(sorted(openstacksdk.questions(cases, yaml_texts)), recorded.questions)
  end)

  for i, case in ipairs(cases) do
    local theirs = recorded.answers.clouds[i]
    it(case.name .. (case.differs and " (not as openstacksdk: " .. case.differs .. ")" or ""),
      function()
        local mine = answers.ours(case)
        local expected = answers.in_our_words(theirs)
        if mine.message then
          assert.is_nil(mine.message:find("secret-", 1, true), mine.message)
        end
        if case.differs then
          local same = mine.settings and expected
            and pcall(assert.same, expected, answers.comparable(mine.settings))
          assert.is_falsy(same, "it does not differ")
          holds_ours(case, mine)
          differing = differing + 1
          return
        elseif expected then
          expected.cloud = expected.cloud ~= (case.env.OS_CLOUD_NAME or "envvars")
            and expected.cloud or nil
          assert.is_truthy(mine.settings, mine.message)
          assert.same(expected, answers.comparable(mine.settings))
        else
          assert.equal("config", mine.kind)
          has_all(mine.message, assert(case.says, mine.message), case.name)
        end
        agreed = agreed + 1
      end)
  end

  it("comes out as openstacksdk has it, unless a case says why not", function()
    io.stderr:write(("\n%d files and environments: %d as openstacksdk has them, %d not, on "
      .. "purpose\n"):format(#cases, agreed, differing))
    assert.equal(#cases, agreed + differing)
    assert.is_true(agreed >= 100)
  end)
end)

-- As PyYAML has it, where null is null.
local function to_plain(value)
  if value == yaml.null then
    return cjson.null
  elseif type(value) ~= "table" then
    return value
  end
  local copy = {}
  for key, item in pairs(value) do
    copy[key] = to_plain(item)
  end
  return copy
end

describe("YAML", function()
  for i, text in ipairs(yaml_texts) do
    it(("is what PyYAML makes of it: %q"):format(text):gsub("\n", "n"), function()
      local theirs = recorded.answers.yaml[i]
      local value, problem = yaml.decode(text, "f")
      if theirs.error then
        assert.is_nil(value)
        assert.is_string(problem)
      else
        assert.is_nil(problem)
        assert.same(theirs.value, to_plain(value))
      end
    end)
  end
end)
