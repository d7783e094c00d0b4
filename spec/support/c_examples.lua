--- The programs of examples/c, built from what CMake installs, as a user would build them.
local cjson = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local process = require "spec.support.process"

local c_examples = {}

local function run(command)
  local output, status = process.run("unset LD_PRELOAD; " .. command)
  assert(status == 0, command .. "\n" .. output)
  return output
end

--- Installs the library into a folder of its own, and builds the programs there.
-- @treturn string the folder; the programs are its files `snapshots` and `eight`
function c_examples.build()
  local folder = process.directory()
  run(("cmake -S . -B '%s/build' && cmake --build '%s/build' -j 2 && "
    .. "cmake --install '%s/build' --prefix '%s/prefix' && rm -rf '%s/build'")
    :gsub("%%s", folder))
  for _, name in ipairs { "snapshots", "eight" } do
    run(("cp examples/c/%s.c '%s' && cd '%s' && "
      .. "export PKG_CONFIG_PATH='%s/prefix/lib/pkgconfig' && "
      .. "cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -o %s %s.c "
      .. "$(pkg-config --static --cflags --libs rsnapshots)")
      :format(name, folder, folder, folder, name, name))
  end
  return folder
end

--- The libraries that these programs need.
function c_examples.libraries(folder, name)
  return run(("ldd '%s/%s'"):format(folder, name))
end

--- A token of the identity service at `credentials.auth_url`.
function c_examples.token(credentials)
  local domain = { name = "Default" }
  local body = cjson.encode { auth = {
    identity = { methods = { "password" }, password = { user = {
      name = credentials.username, password = credentials.password, domain = domain } } },
    scope = { project = { name = credentials.project_name, domain = domain } },
  } }
  local _, status, headers = http.request {
    method = "POST", url = credentials.auth_url .. "/auth/tokens",
    source = ltn12.source.string(body),
    headers = { ["Content-Type"] = "application/json", ["Content-Length"] = #body },
  }
  assert(status == 201, status)
  return headers["x-subject-token"]
end

--- Runs one.
-- @string folder
-- @string endpoint with the project
-- @string token
-- @string command its name and arguments
-- @treturn string what it prints, and its exit status
function c_examples.run(folder, endpoint, token, command)
  return process.run(("OS_ENDPOINT='%s' OS_TOKEN='%s' no_proxy='*' '%s'/%s"):format(endpoint, token,
    folder, command))
end

return c_examples
