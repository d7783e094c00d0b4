--- The options of `simulator.new`.
-- @module rsnapshots.simulator.options

local check = require "rsnapshots.support.check"
local keys = require "rsnapshots.simulator.keys"

local options = {}

local DEFAULTS = {
  port = 0, host = "127.0.0.1", latency = 0, api = { 1, 2, 3 }, identity = { 2, 3 },
  create_seconds = 0.2, delete_seconds = 0.2, page_limit = 1000, snapshots_per_volume = 500,
  token_seconds = 86400, max_microversion = "3.70", record = true,
  catalog_projects = true, quirks = {},
  snapshot_filters = { "name", "status", "volume_id", "metadata", "availability_zone",
    "consumes_quota" },
}

local TYPES = { quota_snapshots = "number", quota_volumes = "number",
  quota_gigabytes = "number", now = "function", log = "any" }
for name, value in pairs(DEFAULTS) do
  TYPES[name] = type(value)
end

local VERSIONS = { api = { [1] = true, [2] = true, [3] = true }, identity = { [2] = true,
  [3] = true } }

local function check_versions(name, list)
  for _, version in ipairs(list) do
    if not VERSIONS[name][version] then
      check.fail(("simulator.new: %s has no version %s"):format(name, tostring(version)))
    end
  end
end

--- Completes the given options with defaults; wrong ones raise an error.
-- @tparam ?table given
function options.read(given)
  local all = {}
  for name, value in pairs(DEFAULTS) do
    all[name] = value
  end
  for name, value in pairs(keys.check(given, TYPES, "simulator.new")) do
    all[name] = value
  end
  check_versions("api", all.api)
  check_versions("identity", all.identity)
  local minor = all.max_microversion:match("^3%.(%d+)$")
  if not minor then
    check.fail('simulator.new: max_microversion must be like "3.70"')
  end
  all.max_micro = tonumber(minor)
  return all
end

return options
