-- A snapshot that is not there: a 404, with the service's words.
local support = dofile "torture/support.lua"

return {
  run = function(env)
    local client, err = support.connect(env)
    if not client then
      return nil, err
    end
    return support.outcome({ not_found = true },
      client:get "11111111-2222-3333-4444-555555555555")
  end,
}
