-- Connecting with a password, and closing.
local support = dofile "torture/support.lua"

return {
  run = support.connected(function(client)
    local text = client.api_version .. client.microversion .. client.region
    client:close()
    return text
  end),
}
