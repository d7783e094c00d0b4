-- What the scenarios share.
local rsnapshots = require "rsnapshots"

local support = {}

--- A value as text, the same every time.
function support.show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local keys, parts = {}, {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do
    parts[i] = tostring(key) .. "=" .. support.show(value[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- What a scenario returns: the answer's text, or nil and the error when it is of none of the
-- kinds that this scenario is about.
function support.outcome(kinds, value, err)
  if value ~= nil and value ~= false then
    return "answer: " .. support.show(value)
  elseif kinds[err.kind] then
    return "error: " .. err.kind
  end
  return nil, err
end

--- Connects without retries, so that a refused allocation isn't made good for, and no time is
-- lost. nil and an error on failure.
function support.connect(env, options)
  local merged = { retries = 0, timeout = 10 }
  for name, value in pairs(env.connect) do
    merged[name] = value
  end
  for name, value in pairs(options or {}) do
    merged[name] = value
  end
  return rsnapshots.connect(merged)
end

--- The `run` of a scenario that begins with connecting.
-- @func body `body(client, env)` gives the answer's text, or nil and an error
function support.connected(body)
  return function(env)
    local client, err = support.connect(env)
    if not client then
      return nil, err
    end
    return body(client, env)
  end
end

return support
