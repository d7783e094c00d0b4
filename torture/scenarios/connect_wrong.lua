-- Credentials that the service does not accept: an `auth` error.
local support = dofile "torture/support.lua"

return {
  run = function(env)
    return support.outcome({ auth = true }, support.connect(env, { password = "wrong" }))
  end,
}
