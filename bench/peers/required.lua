--- How long `require` takes, where LuaSocket and lua-cjson are loaded already; or, of that, the
-- linking of libcurl, which no client of it can do without.
--
-- usage: lua5.4 bench/peers/required.lua [libcurl]
local socket = require "socket"
require "cjson"

local began = socket.gettime()
if arg[1] == "libcurl" then
  assert(package.loadlib("libcurl.so.4", "*"))
else
  require "rsnapshots"
end
print(("seconds=%.6f cpu=0 count=1 peak=0"):format(socket.gettime() - began))
