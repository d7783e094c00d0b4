-- Wrong calls, each of which raises with a message.
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"

local session = core.session {}
local page = core.page '{"snapshots": [{"id": "a"}]}'

local NOBODY = "http://127.0.0.1:1/"

local CALLS = {
  function() core.session { verify = 1 } end,
  function() core.session { cacert = "a\0b" } end,
  function() core.session { max_response_bytes = 0 } end,
  function() session:start "GET" end,
  function() session:start("GET", NOBODY, { headers = { {} } }) end,
  function() session:start("GET", NOBODY, nil, session) end,
  function() session:source { url = NOBODY } end,
  function() session:skip(-1) end,
  function() page[1].name = "x" end,
  function() page.x = 1 end,
  function() core.decode {} end,
  function() core.grant {} end, function() core.grant({}, 3) end,
  function() rsnapshots.connect { no_such_option = true } end,
  function() rsnapshots.extract_snapshot(7) end,
}

return {
  run = function()
    local messages = {}
    for i, call in ipairs(CALLS) do
      local ok, message = pcall(call)
      if tostring(message):find("not enough memory", 1, true) then
        error(message, 0)
      end
      messages[i] = tostring(ok) .. tostring(message)
    end
    local call = session:start("GET", "ftp://127.0.0.1/", { timeout = 1 })
    return table.concat(messages, "\n") .. call:fault().kind -- raises where memory was out
  end,
}
