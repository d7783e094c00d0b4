-- Connecting with a password, and closing.
local support = dofile "torture/support.lua"

return {
  run = function(env)
    local client, err = support.connect(env)
    if not client then
      return nil, err
    end
    local text = client.api_version .. client.microversion .. client.region
    client:close()
    return text
  end,
}
