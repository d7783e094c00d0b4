-- A snapshot that is not there: a 404, with the service's words.
local support = dofile "torture/support.lua"

return {
  run = support.connected(function(client)
    return support.outcome({ not_found = true },
      client:get "11111111-2222-3333-4444-555555555555")
  end),
}
