--- A simulator in a process of its own, for specs whose client blocks or is in a loop.
local process = require "spec.support.process"

local simulated = {}

--- Starts one; `volume_id`, `stop()`, `credentials(options)` for rsnapshots.connect (not of version
-- 1), and `shell`, what it prints to be pasted.
-- @string[opt] arguments as for the command `rsnapshots simulate`
function simulated.start(arguments)
  local log = os.tmpname()
  local running = process.start(("exec %s bin/rsnapshots simulate %s"):format(
    process.interpreter(), arguments or ""), log)
  running:await "export OS_VOLUME_API_VERSION"
  local output, server = running:output(), {}
  local function variable(name)
    return output:match("export " .. name .. "=(%S+)")
  end
  server.volume_id = output:match "volume: (%S+)"
  server.shell = output
  function server.credentials(options)
    local all = {
      auth_url = variable "OS_AUTH_URL", username = variable "OS_USERNAME",
      password = variable "OS_PASSWORD", project_name = variable "OS_PROJECT_NAME",
      user_domain_name = "Default", project_domain_name = "Default",
    }
    for name, value in pairs(options or {}) do
      all[name] = value
    end
    return all
  end
  function server.stop()
    running:stop()
    os.remove(log)
  end
  return server
end

return simulated
