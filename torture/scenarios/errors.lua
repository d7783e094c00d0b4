-- Wrong calls, each of which raises with a message.
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"

local transport = core.transport {}
local page = core.page '{"snapshots": [{"id": "a"}]}'

local CALLS = {
  function() core.transport { verify = 1 } end,
  function() core.transport { cacert = "a\0b" } end,
  function() transport:start { method = "GET" } end,
  function() transport:start { method = "GET", url = "http://127.0.0.1:1/", headers = { {} } } end,
  function() transport:start { method = "GET", url = "http://127.0.0.1:1/", max_bytes = 0 } end,
  function() page[1].name = "x" end,
  function() page.x = 1 end,
  function() core.select(page, { 2 }) end,
  function() core.decode {} end,
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
    local request = transport:start { method = "GET", url = "ftp://127.0.0.1/", timeout = 1,
      connect_timeout = 1, max_bytes = 1 }
    return table.concat(messages, "\n") .. request:error()
  end,
}
