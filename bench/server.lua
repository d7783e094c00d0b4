--- nginx on loopback, as the benchmark's service: files, by the marker that a request has.
local process = require "spec.support.process"
local socket = require "socket"

local pages = require "bench.pages"

local server = {}

local CONFIGURATION = [[
worker_processes 1;
daemon off;
master_process off;
pid %(folder)/nginx.pid;
error_log %(folder)/error.log;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path %(folder)/body;
  proxy_temp_path %(folder)/proxy;
  fastcgi_temp_path %(folder)/fastcgi;
  uwsgi_temp_path %(folder)/uwsgi;
  scgi_temp_path %(folder)/scgi;
  default_type application/json;
  open_file_cache max=4096;
  map $arg_marker $page { "" first; default $arg_marker; }
  server {
    listen 127.0.0.1:%(port);
    root %(folder);
    location ~ ^/v3/([0-9]+)/snapshots(/detail)?$ { try_files /$1/$page.json =404; }
    location = /v3/1/snapshots/%(id) { try_files /snapshot.json =404; }
  }
}
]]

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

local function await(port)
  for _ = 1, 200 do
    local connection = socket.connect("127.0.0.1", port)
    if connection then
      return connection:close()
    end
    socket.sleep(0.05)
  end
  error "bench: nginx does not answer"
end

--- Starts one. At `endpoint(count)` there is a listing of so many pages, for each of the counts;
-- at `endpoint(1)` there is a snapshot, `id`.
function server.start(counts)
  local folder = process.directory()
  local port = free_port()
  local self = { bytes = {}, id = pages.id() }
  function self.endpoint(count)
    return ("http://127.0.0.1:%d/v3/%s"):format(port, count)
  end
  for _, count in ipairs(counts) do
    process.run(("mkdir %s/%d"):format(folder, count))
    self.bytes[count] = pages.write(("%s/%d"):format(folder, count), self.endpoint(count), count)
  end
  process.write(folder .. "/snapshot.json", pages.snapshot())
  process.write(folder .. "/nginx.conf", (CONFIGURATION:gsub("%%%((%w+)%)",
    { folder = folder, port = port, id = self.id })))
  local running = process.start(("exec nginx -p %s -c %s/nginx.conf"):format(folder, folder),
    folder .. "/log")
  await(port)
  function self.stop()
    running:stop()
    process.run("rm -rf " .. folder)
  end
  return self
end

return server
