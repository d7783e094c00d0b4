--- Is what was recorded of openstacksdk still what it says? spec/connect/clouds_spec.lua holds this
-- library against the recording.

local cjson = require "cjson"
local openstacksdk = require "spec.support.openstacksdk"

describe("openstacksdk's configuration #openstack", function()
  it("is as recorded", function()
    if not openstacksdk.is_there() then
      return pending "there is no python3-openstacksdk"
    end
    local live = cjson.decode(openstacksdk.ask(openstacksdk.questions(
      require "spec.support.cloud_cases", require "spec.support.yaml_texts")))
    local recorded = cjson.decode(openstacksdk.recorded())
    assert.same(recorded.questions, live.questions)
    for kind, answers in pairs(live.answers) do
      for i, answer in ipairs(answers) do
        assert.same(recorded.answers[kind][i], answer, kind .. " " .. i .. " "
          .. tostring(live.questions[kind][i].name or live.questions[kind][i]))
      end
    end
  end)
end)
