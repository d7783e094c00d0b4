-- clouds.yaml is read: a cloud that is whole, one that is wrong, and one that is not there.
local support = dofile "torture/support.lua"
local config = require "rsnapshots.connect.settings"

os.getenv = function(name) -- luacheck: ignore (what reads it must not know)
  return name == "OS_CLIENT_CONFIG_FILE" and "torture/clouds.yaml" or nil
end

local function gather(cloud)
  return config.gather { cloud = cloud, region = cloud == "first" and "ORD" or nil,
    on_warning = function(message) error(message, 0) end }
end

return {
  run = function()
    local settings, err = gather "first"
    if not settings then
      return nil, err
    end
    settings.on_warning = nil
    local answer = support.show(settings)
    for _, name in ipairs { "second", "nowhere" } do
      local none, problem = gather(name)
      if none then
        error(name .. " is there", 0)
      end
      answer = answer .. "\n" .. problem.message
    end
    return answer
  end,
}
