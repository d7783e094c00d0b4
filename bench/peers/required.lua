--- How long `require` takes, where LuaSocket and lua-cjson are loaded already.
local socket = require "socket"
require "cjson"

local began = socket.gettime()
require "rsnapshots"
print(("seconds=%.6f cpu=0 count=1 peak=0"):format(socket.gettime() - began))
