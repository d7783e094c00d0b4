--- Plans in files: a list of them, as JSON.
-- @module rsnapshots.cli.policy.planfile

local file = require "rsnapshots.cli.output.file"
local json = require "rsnapshots.cli.output.json"
local retention = require "rsnapshots.retention"
local status = require "rsnapshots.cli.run.status"

local planfile = {}

local LARGEST = 64 * 1024 * 1024 -- bytes

--- Writes plans; ends the command if that fails.
-- @tparam Context context connected
-- @string path
-- @tparam {Plan,...} plans
function planfile.write(context, path, plans)
  local documents = {}
  for i, plan in ipairs(plans) do
    documents[i] = retention.to_document(plan, context.client.endpoint)
    json.list(documents[i].groups)
    for _, group in ipairs(documents[i].groups) do
      json.list(group.keep)
      json.list(group.remove)
    end
  end
  local ok, problem = file.replace(path, json.encode(json.list(documents), true) .. "\n")
  if not ok then
    context.fail("the plan file cannot be written: " .. problem)
  end
end

local function read_text(path)
  local handle, problem = io.open(path, "rb")
  if not handle then
    return nil, problem
  end
  local text, failure = handle:read(LARGEST + 1)
  handle:close()
  if failure then
    return nil, ("%s: %s"):format(path, failure)
  elseif #(text or "") > LARGEST then
    return nil, path .. ": it is larger than 64 MiB"
  end
  return text or ""
end

local function decode(text)
  local ok, documents = pcall(require("cjson").decode, text)
  if not ok then
    return nil, "it is not JSON: " .. tostring(documents)
  elseif type(documents) ~= "table" or type(documents[1]) ~= "table" then
    return nil, "it is not a list of plans"
  end
  return documents
end

--- Reads plans; ends the command if that fails.
-- @tparam Context context
-- @string path
-- @string endpoint the client's: plans for another cloud are refused
-- @treturn {Plan,...}
function planfile.read(context, path, endpoint)
  local text, problem = read_text(path)
  local documents
  if text then
    documents, problem = decode(text)
    problem = problem and path .. ": " .. problem
  end
  if not documents then
    context.fail("the plan file cannot be read: " .. problem, status.USAGE)
  end
  local plans = {}
  for i, document in ipairs(documents) do
    local plan, err = retention.from_document(document, endpoint)
    if not plan then
      context.fail(("%s: %s"):format(path, err.message), status.USAGE)
    end
    plans[i] = plan
  end
  return plans
end

return planfile
