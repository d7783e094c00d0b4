-- Real certificates, good and bad, served by `openssl s_server`: what cannot be verified gets not
-- a byte of a request. And proxies, which get no token of a service behind TLS.

local environment = require "spec.support.environment"
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local tunnel = require "spec.support.tunnel"

local ID = "0b9b9e2e-7c52-4b1c-9a44-3f0a4a3d0001"
local SNAPSHOT = '{"snapshot": {"id": "' .. ID .. '", "status": "available", "size": 1, '
  .. '"volume_id": "v", "name": "over TLS"}}'
local ANSWER = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" .. SNAPSHOT

-- An authority with everything it takes, in $PWD; `issue NAME START END SAN` makes NAME.pem.
local MAKE = [[
set -e
curve="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
mkdir ca new hashed
: >index.txt
cat >ca.cnf <<END
[ca]
default_ca = own
[own]
database = $PWD/index.txt
new_certs_dir = $PWD/new
certificate = $PWD/ca.pem
private_key = $PWD/ca.key
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
END
openssl req -x509 $curve -keyout ca.key -out ca.pem -days 30 -subj "/CN=an authority"
issue() {
  openssl req -new $curve -keyout $1.key -out $1.csr -subj "/CN=$1" -addext "subjectAltName=$4"
  openssl ca -batch -notext -config ca.cnf -in $1.csr -out $1.pem -startdate $2 -enddate $3
}
own=IP:127.0.0.1,DNS:localhost
issue good 20200101000000Z 20990101000000Z $own
issue client 20200101000000Z 20990101000000Z DNS:client
issue expired 20200101000000Z 20210101000000Z $own
issue future 20980101000000Z 20990101000000Z $own
issue elsewhere 20200101000000Z 20990101000000Z DNS:elsewhere.example
openssl req -x509 $curve -keyout selfsigned.key -out selfsigned.pem -days 30 -subj /CN=self \
  -addext subjectAltName=$own
cp ca.pem hashed/
openssl rehash hashed
mkdir -p v2/p/snapshots
]]

describe("TLS:", function()
  local directory, servers

  setup(function()
    directory = process.directory()
    local output, status = process.run(("cd %s\n%s"):format(directory, MAKE))
    assert(status == 0, output)
    process.write(directory .. "/v2/p/snapshots/" .. ID, ANSWER)
  end)

  before_each(function()
    servers = {}
  end)

  after_each(function()
    for _, server in ipairs(servers) do
      server:stop()
    end
  end)

  teardown(function()
    process.run("rm -r " .. directory)
  end)

  local function file(name)
    return directory .. "/" .. name
  end

  -- Serves with that certificate; `port` is where.
  local function serve(certificate, options)
    local server = process.start(("cd %s && exec openssl s_server -accept 127.0.0.1:0 -HTTP "
      .. "-cert %s.pem -key %s.key %s"):format(directory, certificate, certificate,
      options or ""), file("log" .. #servers))
    servers[#servers + 1] = server
    server.port = server:await "ACCEPT 127%.0%.0%.1:(%d+)"
    return server
  end

  local function try(server, options)
    local merged = { auth_type = "none", retries = 0, timeout = 60,
      endpoint = ("https://127.0.0.1:%d/v2/p"):format(server.port), cacert = file "ca.pem" }
    for name, value in pairs(options or {}) do
      merged[name] = value
    end
    local client = assert(rsnapshots.connect(merged))
    local snapshot, err = client:get(ID)
    client:close()
    return snapshot, err
  end

  local function works(server, options)
    local snapshot, err = try(server, options)
    assert.is_nil(err)
    assert.equal("over TLS", snapshot.name)
    assert.matches("FILE:v2/p/snapshots/" .. ID, server:output(), 1, true)
  end

  local function refuses(server, options)
    local snapshot, err = try(server, options)
    assert.is_nil(snapshot)
    assert.equal("tls", err.kind, tostring(err))
    assert.is_nil(server:output():find("FILE:", 1, true))
    return err
  end

  describe("a certificate", function()
    it("of the authority is good", function()
      works(serve "good")
    end)

    it("of the authority, given as text, is good, and one of another is not", function()
      works(serve "good", { cacert = process.read(file "ca.pem") })
      refuses(serve "good", { cacert = process.read(file "selfsigned.pem") })
      refuses(serve "good", { cacert = "-----BEGIN CERTIFICATE-----\nAAAA\n" })
    end)

    it("of the authority, found in a directory, is good", function()
      works(serve "good", { cacert = file "hashed" })
    end)

    it("of an authority that the system does not know is not", function()
      local server = serve "good"
      refuses(server, { cacert = false or file "selfsigned.pem" })
    end)

    for _, name in ipairs { "expired", "future", "elsewhere", "selfsigned" } do
      it("that is bad (" .. name .. ") gets nothing", function()
        local server = serve(name)
        refuses(server)
        works(server, { verify = false })
      end)
    end

    it("for localhost is good for that name", function()
      local server = serve "good"
      works(server, { endpoint = ("https://localhost:%d/v2/p"):format(server.port) })
    end)

    it("that is bad fails a create as what it is, not as uncertain, and is not retried", function()
      local server = serve "selfsigned"
      local client = assert(rsnapshots.connect { auth_type = "none", cacert = file "ca.pem",
        endpoint = ("https://127.0.0.1:%d/v2/p"):format(server.port) })
      local _, err = client:create { volume_id = "v" }
      assert.equal("tls", err.kind)
      assert.equal(1, err.attempts)
      client:close()
    end)
  end)

  describe("a server", function()
    for _, version in ipairs { "tls1", "tls1_1" } do
      it("that speaks only " .. version .. " is too old", function()
        refuses(serve("good", "-cipher DEFAULT@SECLEVEL=0 -" .. version))
      end)
    end

    for _, version in ipairs { "tls1_2", "tls1_3" } do
      it("that speaks only " .. version .. " will do", function()
        works(serve("good", "-" .. version))
      end)
    end

    it("is told of by a cloud of clouds.yaml", function()
      local server = serve("good", "-Verify 1 -verify_return_error -verify_quiet -CAfile ca.pem")
      local bad = serve "selfsigned"
      process.write(file "clouds.yaml", ([[
clouds:
  whole: &whole
    auth_type: none
    volume_endpoint_override: https://127.0.0.1:%d/v2/p
    cacert: ~/ca.pem
    cert: ~/client.pem
    key: ~/client.key
  stranger: {<<: *whole, cacert: ~/selfsigned.pem}
  literal:
    <<: *whole
    cacert: |
      %s
  nobody: {<<: *whole, cert: , key: }
  careless: {<<: *whole, verify: no, cacert: ,
    volume_endpoint_override: 'https://127.0.0.1:%d/v2/p'}
]]):format(server.port, (process.read(file "ca.pem"):gsub("\n", "\n      ")), bad.port))
      environment.variables = { OS_CLIENT_CONFIG_FILE = file "clouds.yaml", HOME = directory }
      environment.replace()
      finally(environment.restore)
      local function get(name)
        local client = assert(rsnapshots.connect { cloud = name, retries = 0, timeout = 60 })
        local snapshot, err = client:get(ID)
        client:close()
        return snapshot and snapshot.name or err.kind
      end
      assert.equal("over TLS", get "whole")
      assert.equal("over TLS", get "literal")
      assert.equal("tls", get "stranger")
      assert.are_not.equal("over TLS", get "nobody")
      assert.equal("over TLS", get "careless")
    end)

    for _, version in ipairs { "tls1_2", "tls1_3" } do
      it("that asks for a client's certificate gets it, with " .. version, function()
        local server = serve("good", "-Verify 1 -verify_return_error -verify_quiet -CAfile ca.pem -"
          .. version)
        works(server, { cert = file "client.pem", key = file "client.key" })
      end)

      it("that does not know the authority of ours gets nothing, with " .. version, function()
        local err = refuses(serve("good", "-Verify 1 -verify_return_error -verify_quiet -CAfile "
          .. "selfsigned.pem -" .. version), { cert = file "client.pem", key = file "client.key" })
        assert.matches("unknown ca", err.message, 1, true)
      end)

      it("that asks for one in vain gets nothing, with " .. version, function()
        refuses(serve("good", "-Verify 1 -verify_return_error -verify_quiet -CAfile ca.pem -"
          .. version))
      end)
    end

    it("that speaks no TLS at all is no safe connection", function()
      local server = raw_server.talkative(ANSWER)
      local _, err = try(server, { wait = server.wait })
      server:close()
      assert.equal("tls", err.kind)
    end)
  end)

  it("through a proxy's tunnel is between us and the service, query and all", function()
    local server, proxy = serve "good", tunnel.new()
    local body = '{"snapshots": [' .. SNAPSHOT:match '^{"snapshot": (.*)}$' .. "]}"
    process.write(file "v2/p/snapshots/detail?status=available&limit=1", (ANSWER:gsub("{.*", body)))
    local client = assert(rsnapshots.connect { auth_type = "none", retries = 0, timeout = 60,
      endpoint = ("https://127.0.0.1:%d/v2/p"):format(server.port), cacert = file "ca.pem",
      proxy = proxy.url, wait = proxy.wait })
    local snapshot, err = client:list({ status = "available", page_size = 1, max = 1 }):next()
    client:close()
    proxy:close()
    assert.is_nil(err)
    assert.equal("over TLS", snapshot.name)
    assert.equal(1, #proxy.heads)
    assert.is_nil(proxy.heads[1]:find("/v2", 1, true))
  end)

  describe("a file that is missing is named:", function()
    for _, name in ipairs { "cacert", "cert", "key" } do
      it(name, function()
        local options = { cert = file "client.pem", key = file "client.key" }
        options[name] = file "nowhere.pem"
        local err = refuses(serve "good", options)
        assert.matches(options[name], err.message, 1, true)
      end)
    end
  end)
end)

describe("a proxy", function()
  local proxy, PASSWORD = nil, "proxy-PASSW0RD"
  local TOKEN = "gAAAAA-the-token"

  local IDENTITY = raw_server.answer(201, '{"token": {"project": {"id": "p"}, "catalog": []}}',
    nil, { "X-Subject-Token: " .. TOKEN })

  before_each(function()
    proxy = raw_server.new(function(request)
      if request.method == "CONNECT" then
        return raw_server.answer("502", "")
      end
      local bytes = request.path:find "/auth/tokens" and IDENTITY
        or raw_server.answer(200, SNAPSHOT)
      return { bytes = bytes, ending = "keep" }
    end)
  end)

  after_each(function()
    proxy:close()
  end)

  local function connect(options)
    local merged = { auth_url = "http://identity.example/v3", username = "u", password = "secret",
      api_version = 2, retries = 0, proxy = proxy.url, wait = proxy.wait }
    for name, value in pairs(options) do
      merged[name] = value
    end
    return rsnapshots.connect(merged)
  end

  it("gets whole URLs of http services", function()
    local client = assert(connect { endpoint = "http://storage.example/v2/p" })
    assert.equal("over TLS", assert(client:get(ID)).name)
    client:close()
    assert.equal("http://identity.example/v3/auth/tokens", proxy.requests[1].path)
    assert.equal("http://storage.example/v2/p/snapshots/" .. ID, proxy.requests[2].path)
    assert.matches("\r\nHost: storage.example\r\n", proxy.requests[2].head, 1, true)
  end)

  it("gets a CONNECT without the token for https services", function()
    local client = assert(connect { endpoint = "https://storage.example/v2/p" })
    local snapshot, err = client:get(ID)
    client:close()
    assert.is_nil(snapshot)
    assert.equal("network", err.kind)
    local request = proxy.requests[2]
    assert.equal("CONNECT", request.method)
    assert.equal("storage.example:443", request.path)
    assert.is_nil(request.head:find(TOKEN, 1, true))
    assert.is_nil(request.head:find("X-Auth", 1, true))
    assert.equal(2, #proxy.requests)
  end)

  it("that refuses is an ordinary failure of a create, which did not go out", function()
    local client = assert(connect { endpoint = "https://storage.example/v2/p" })
    local _, err = client:create { volume_id = "v" }
    client:close()
    assert.equal("network", err.kind)
    assert.matches("502", err.message, 1, true)
  end)

  it("gets its own credentials, which appear nowhere", function()
    local address = proxy.url:gsub("//", "//user:" .. PASSWORD .. "@")
    local client = assert(connect { endpoint = "https://storage.example/v2/p", proxy = address })
    local _, err = client:get(ID)
    client:close()
    assert.matches("\r\nProxy-Authorization: Basic ", proxy.requests[2].head, 1, true)
    assert.is_nil(tostring(err):find(PASSWORD, 1, true))
  end)

  for what, address in pairs {
    ["a bad port"] = "http://user:%s@127.0.0.1:99999", ["a bad scheme"] = "gopher://user:%s@h:1",
    ["no such host"] = "http://user:%s@no-such-host.invalid:1",
    ["nobody there"] = "http://user:%s@127.0.0.1:1", ["a space"] = "http://user:%s@a b",
    ["half a URL"] = "user:%s@", ["a bad bracket"] = "http://user:%s@[::1",
  } do
    it("with " .. what .. " is told of without its password", function()
      local client, err = connect { endpoint = "http://storage.example/v2/p",
        proxy = address:format(PASSWORD), timeout = 5 }
      assert.is_nil(client)
      assert.is_true(rsnapshots.is_error(err))
      assert.is_nil(tostring(err):find(PASSWORD, 1, true), tostring(err))
    end)
  end
end)
