--- Proxies that the environment names, for a cloud of clouds.yaml. libcurl reads these variables
-- from the process's own environment, so a process of its own it is.

local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"

describe("a proxy of the environment", function()
  local here = (process.run "pwd"):match "[^\n]+"
  local folder, proxy

  before_each(function()
    folder = process.directory()
    proxy = raw_server.new(function()
      return { bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" }
    end)
  end)

  after_each(function()
    proxy:close()
    process.run("rm -rf " .. process.quote(folder))
  end)

  -- The requests that the proxy got, as "METHOD path", and what connecting ended with.
  local function connect(auth_url, variables, options)
    process.write(folder .. "/clouds.yaml", ("clouds: {a: {auth: {auth_url: '%s', username: u, "
      .. "password: p}}}\n"):format(auth_url))
    process.write(folder .. "/script.lua", ([[
      package.path, package.cpath = %q, %q
      local _, err = require("rsnapshots").connect(%s)
      print(err.kind .. ".", err.message)]]):format(
        here .. "/lua/?.lua;" .. here .. "/lua/?/init.lua;" .. package.path,
        here .. "/" .. compat.build .. "/lib/?.so;" .. package.cpath, options or "{ retries = 0 }"))
    local lua = process.run("command -v " .. process.interpreter()):match "%S+"
    local running = process.start(("cd %s && exec env -i HOME=%s %s %s script.lua"):format(folder,
      folder, variables:gsub("=@", "=" .. proxy.url), lua), folder .. "/log")
    local kind, message
    for _ = 1, 200 do
      proxy.wait(nil, "r", 0.05)
      kind, message = running:output():match "^(%a+)%.\t([^\n]*)\n"
      if kind then
        break
      end
    end
    running:stop()
    local seen = {}
    for i, request in ipairs(proxy.requests) do
      seen[i] = request.method .. " " .. request.path
    end
    return seen, kind, message
  end

  it("is used, for https and for http", function()
    local seen, kind = connect("https://k.invalid/v3", "HTTPS_PROXY=@")
    assert.same({ "CONNECT k.invalid:443" }, seen)
    assert.equal("network", kind)
    seen = connect("http://k.invalid/v3", "http_proxy=@")
    assert.equal("POST http://k.invalid/v3/auth/tokens", seen[#seen])
  end)

  it("is not where NO_PROXY names the host, nor where proxy is empty", function()
    local seen, kind = connect("https://k.invalid/v3", "HTTPS_PROXY=@ NO_PROXY=x,k.invalid")
    assert.same({}, seen)
    assert.equal("network", kind)
    seen, kind = connect("https://k.invalid/v3", "HTTPS_PROXY=@",
      "{ retries = 0, proxy = '' }")
    assert.same({}, seen)
    assert.equal("network", kind)
  end)

  it("is not blamed where it has no part in it", function()
    local _, kind, message = connect("http://127.0.0.1:1/v3", "http_proxy=@ no_proxy=127.0.0.1")
    assert.equal("network", kind)
    assert.is_nil(message:find("proxy", 1, true), message)
  end)

  for _, case in ipairs {
    { "https", "HTTPS_PROXY=ftp://u:s3cret@h:1 ALL_PROXY=@", "HTTPS_PROXY" },
    { "https", "https_proxy='http://u:s3cret@no host' HTTPS_PROXY=@", "https_proxy" },
    { "https", "ALL_PROXY=h.invalid:1", "ALL_PROXY" },
    { "http", "http_proxy=h:99999 HTTPS_PROXY=@", "http_proxy" },
    { "https", "HTTPS_PROXY=http://u:s3cret@127.0.0.1:1", "HTTPS_PROXY" }, -- nobody listens there
    { "http", "http_proxy='http://[::1]:1'", "http_proxy" },
  } do
    it("that is none is named: " .. case[2], function()
      local seen, kind, message = connect(case[1] .. "://k.invalid/v3", case[2])
      assert.same({}, seen)
      assert.equal("network", kind)
      assert.matches("the proxy is that of " .. case[3], message, 1, true)
      assert.is_nil(message:find("s3cret", 1, true))
    end)
  end
end)
