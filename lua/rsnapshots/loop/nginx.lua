--- Waiting in nginx (its Lua module, OpenResty): its other requests go on meanwhile.
--
--     local client = rsnapshots.connect{ wait = require "rsnapshots.loop.nginx" }
--
-- nginx's Lua waits for nginx's own sockets only, so this sleeps between checks
-- (rsnapshots.loop.sleeping). It sleeps where `ngx.sleep` may: while a request is answered
-- (rewrite, access, content) and in timers, not in `init_worker_by_lua`.
-- @module rsnapshots.loop.nginx

local sleeping = require "rsnapshots.loop.sleeping"

local ngx = rawget(_G, "ngx")
if type(ngx) ~= "table" or not ngx.sleep then
  error("rsnapshots.loop.nginx works within nginx only", 0)
end

--- Waits as docs/loops.md says.
-- @function wait
return sleeping(ngx.sleep)
