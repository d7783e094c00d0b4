-- Asks openstacksdk (Debian: python3-openstacksdk) about every case of
-- spec/support/cloud_cases.lua and spec/support/yaml_texts.lua, and records its answers.
--
-- usage: scripts/lua spec/openstack/record_clouds.lua

local openstacksdk = require "spec.support.openstacksdk"
local process = require "spec.support.process"

local questions = openstacksdk.questions(require "spec.support.cloud_cases",
  require "spec.support.yaml_texts")
assert(openstacksdk.is_there(), "there is no python3-openstacksdk")
process.run "mkdir -p spec/fixtures"
process.write(openstacksdk.fixture, openstacksdk.ask(questions))
print(#questions.clouds .. " clouds and " .. #questions.yaml .. " texts are recorded")
