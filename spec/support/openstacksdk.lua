--- The answers of openstacksdk about files and environments, and of PyYAML about texts: asked now,
-- or recorded.

local cjson = require "cjson"
local process = require "spec.support.process"

local openstacksdk = {}

local SCRIPT = "spec/openstack/py/rc_clouds.py"
local PYTHON = os.getenv "RC_PYTHON" or "/usr/bin/python3"

--- Where the answers are recorded.
openstacksdk.fixture = "spec/fixtures/openstacksdk.json"

-- The arguments of openstacksdk's get_one that say what these options do.
local function arguments(case)
  local ask = { auth = {} }
  for name, value in pairs(case.options or {}) do
    if name == "cloud" or name == "interface" or name == "auth_type" then
      ask[name] = value
    elseif name == "region" then
      ask.region_name = value
    else
      ask.auth[name] = value
    end
  end
  for name, value in pairs(case.ask or {}) do
    ask[name] = value
  end
  ask.auth = next(ask.auth) and ask.auth or nil
  return ask
end

-- A table that becomes a JSON object even if it is empty.
local function object(map)
  return next(map) and map or nil
end

--- The questions as JSON.
function openstacksdk.questions(cases, texts)
  local clouds = {}
  for i, case in ipairs(cases) do
    clouds[i] = { name = case.name, files = object(case.files), folders = case.folders,
      env = object(case.env), ask = object(arguments(case)) }
  end
  return { clouds = clouds, yaml = texts }
end

--- Is there an openstacksdk to ask?
function openstacksdk.is_there()
  local _, status = process.run(PYTHON .. " -c 'import openstack.config'")
  return status == 0
end

--- Asks.
-- @treturn string questions and answers, as JSON
function openstacksdk.ask(questions)
  local path = process.directory() .. "/questions"
  process.write(path, cjson.encode(questions))
  local output, status = process.run(("%s %s <%s"):format(PYTHON, SCRIPT, process.quote(path)))
  os.remove(path)
  assert(status == 0, output)
  return output
end

--- The questions and answers that are recorded.
function openstacksdk.recorded()
  return process.read(openstacksdk.fixture)
end

return openstacksdk
