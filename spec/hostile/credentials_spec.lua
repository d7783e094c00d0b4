-- Credentials go home only: no other server gets as much as a connection, whatever links and
-- redirects say. And secrets appear in no text that the library makes, even where a service
-- repeats them; and no option, and nothing that a service says, adds a line to a request.

local connect = require "spec.support.connect"
local core = require "rsnapshots.core"
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"
local socket = require "socket"

local ID = "0b9b9e2e-7c52-4b1c-9a44-3f0a4a3d0001"
local TOKEN = "gAAAAABtoken-of-the-service"
local SNAPSHOT = '{"snapshot": {"id": "%s", "status": "available", "size": 1, "volume_id": "v"}}'

local function authenticated(catalog)
  return raw_server.answer(201, ('{"token": {"project": {"id": "p"}, "catalog": %s}}'):format(
    catalog or "[]"), nil, { "X-Subject-Token: " .. TOKEN })
end

describe("another server gets nothing:", function()
  local stranger, stranger_url, home, respond

  before_each(function()
    stranger = assert(socket.bind("127.0.0.1", 0))
    stranger:settimeout(0)
    local _, port = stranger:getsockname()
    stranger_url = "127.0.0.1:" .. port
    home = raw_server.new(function(request)
      local bytes = request.path:find "/auth/tokens" and authenticated() or respond(request)
      return { bytes = bytes, ending = "keep" }
    end)
  end)

  after_each(function()
    home:close()
    local visitor, err = stranger:accept()
    stranger:close()
    assert.is_nil(visitor)
    assert.equal("timeout", err)
    for _, request in ipairs(home.requests) do
      assert.is_nil(request.path:find(TOKEN, 1, true))
    end
  end)

  local function options()
    return { auth_url = home.url .. "/v3", username = "u", password = "secret-password",
      endpoint = home.url .. "/v2/p", wait = home.wait, retries = 2 }
  end

  it("(a server that is visited would notice)", function()
    local visitor = assert(socket.connect(stranger_url:match "^(.*):", stranger_url:match ":(.*)"))
    assert(stranger:accept()):close()
    visitor:close()
  end)

  -- ------------------------------------------------------------- redirects

  local OPERATIONS = {
    GET = function(client) return client:get(ID) end,
    POST = function(client) return client:create { volume_id = "v" } end,
    PUT = function(client) return client:update(ID, { name = "y" }) end,
    DELETE = function(client) return client:delete(ID) end,
    LIST = function(client) return client:list():all() end,
  }

  for _, status in ipairs { 301, 302, 303, 305, 307, 308 } do
    for name, operate in pairs(OPERATIONS) do
      it(("a redirect, %d, of a %s"):format(status, name), function()
        respond = function()
          return raw_server.answer(status, "", nil,
            { ("Location: http://%s/v2/p/snapshots/x"):format(stranger_url) })
        end
        local client = assert(rsnapshots.connect(options()))
        local before = #home.requests
        local result, err = operate(client)
        client:close()
        assert.is_nil(result)
        assert.equal("decode", err.kind)
        assert.equal(status, err.status)
        assert.matches("redirect", err.message)
        -- whether a delete did it is looked up once, at home
        assert.equal(before + (name == "DELETE" and 2 or 1), #home.requests)
      end)
    end

    it(("a redirect, %d, of an authentication"):format(status), function()
      local identity = raw_server.new(function()
        return raw_server.answer(status, "", nil,
          { ("Location: http://%s/v3/auth/tokens"):format(stranger_url) })
      end)
      local more = options()
      more.auth_url, more.wait = identity.url .. "/v3", identity.wait
      local client, err = rsnapshots.connect(more)
      assert.is_nil(client)
      assert.equal("decode", err.kind)
      assert.equal(1, #identity.requests)
      identity:close()
    end)

    it(("a redirect, %d, of discovery"):format(status), function()
      respond = function()
        return raw_server.answer(status, "", nil, { ("Location: http://%s/"):format(stranger_url) })
      end
      local more = options()
      more.endpoint = home.url .. "/v3/p"
      local client = assert(rsnapshots.connect(more))
      assert.equal("3.0", client.microversion)
      client:close()
    end)
  end

  it("a location, a refresh or a link beside a whole answer", function()
    respond = function()
      return raw_server.answer(200, SNAPSHOT:format(ID), nil, { "Location: http://" .. stranger_url,
        "Refresh: 0; url=http://" .. stranger_url, "Content-Location: http://" .. stranger_url,
        ('Alt-Svc: http/1.1="%s"; ma=86400'):format(stranger_url),
        ("Link: <http://%s/>; rel=preload"):format(stranger_url) })
    end
    local client = assert(rsnapshots.connect(options()))
    for _ = 1, 3 do
      assert.equal(ID, assert(client:get(ID)).id)
    end
    client:close()
  end)

  -- ----------------------------------------------------------------- links

  for _, form in ipairs { "http://%s/v2/p/snapshots/detail?marker=b", "https://%s/x?marker=b",
    "//%s/x?marker=b", "ftp://%s/x?marker=b", "http://user:pw@%s/?marker=b&token=1",
    "javascript:%s?marker=b", "?marker=b#%s", "/../../%s?a=b&marker=b" } do
    for _, place in ipairs { "body", "head" } do
      it(("a next link like %s in the %s"):format(form, place), function()
        local link = form:format(stranger_url)
        respond = function(request)
          if request.path:find "marker=" then
            return raw_server.answer(200, '{"snapshots": []}')
          elseif place == "head" then
            return raw_server.answer(200, '{"snapshots": [{"id": "a"}]}', nil,
              { ('Link: <%s>; rel="next"'):format(link) })
          end
          return raw_server.answer(200, ('{"snapshots": [{"id": "a"}], "snapshots_links": '
            .. '[{"rel": "next", "href": "%s"}]}'):format(link))
        end
        local client = assert(rsnapshots.connect(options()))
        assert.equal(1, #assert(client:list():all()))
        client:close()
        local last = home.requests[#home.requests]
        assert.equal("/v2/p/snapshots/detail?limit=1000&marker=b", last.path)
        assert.matches(TOKEN, last.head, 1, true)
      end)
    end
  end
end)

-- -------------------------------------------------------------------- secrets

local MARK = "SECRET"
local function marked(name)
  return ('%s"%s\\/ %s'):format(name, MARK:rep(6), name)
end

local PASSWORD, API_KEY = marked "password", marked "api key"
local APPLICATION, PROXY = marked "application", "proxy" .. MARK:rep(6)

-- Globals of a spec are looked for in each block around it, which counts here.
local next, tostring, type = next, tostring, type

-- Everything that can be printed of a value.
local function texts_of(value, into, seen)
  into[#into + 1] = tostring(value)
  if type(value) == "table" and not seen[value] then
    seen[value] = true
    for key, item in next, value do
      texts_of(key, into, seen)
      texts_of(item, into, seen)
    end
  elseif type(value) == "userdata" then
    into[#into + 1] = value.to_json and value:to_json()
  end
end

describe("secrets stay out of every text:", function()
  local sim, client, said, kinds
  local texts, provoked = 0, 0

  teardown(function()
    io.stderr:write(("\nno secret in %d texts, of %d kinds of errors among others\n"):format(texts,
      provoked))
  end)

  before_each(function()
    said, kinds = {}, {}
    sim = assert(simulator.new { create_seconds = 0, delete_seconds = 0 })
    local user = sim.accounts:user "demo"
    user.password, user.api_key = PASSWORD, API_KEY
    sim.accounts.application_credential.secret = APPLICATION
  end)

  after_each(function()
    if client then
      client:close()
    end
    client = nil
    sim:close()
  end)

  local function note(value)
    texts_of(value, said, {})
  end

  -- The tokens that went over the wire, too.
  local function secrets()
    local all, known = { MARK }, {}
    for _, request in ipairs(sim.requests) do
      local token = request.headers["x-auth-token"]
      if token and not known[token] then
        known[token] = true
        all[#all + 1] = token
      end
    end
    return all
  end

  local function assert_silent()
    assert.is_true(#said > 0)
    texts = texts + #said
    for _, secret in ipairs(secrets()) do
      for _, text in ipairs(said) do
        if text:find(secret, 1, true) then
          error("a secret is in this: " .. text)
        end
      end
    end
  end

  local function try(options)
    local merged = { on_request = note, retries = 0, timeout = 60, password = PASSWORD,
      api_key = API_KEY, application_credential_secret = APPLICATION }
    for name, value in pairs(options) do
      merged[name] = value
    end
    local made, err = connect.try(sim, merged)
    note(err)
    return made, err
  end

  local function fails(kind, result, err)
    assert.is_nil(result)
    assert.equal(kind, err.kind, tostring(err))
    note(err)
    kinds[kind] = true
  end

  local function repeated(secret)
    return (secret:gsub('[\\"]', "\\%0"))
  end

  -- What a service says that repeats everything it has got, at every distance from the message's
  -- beginning, so that it is cut off at every place.
  local function echo(distance)
    local all = { ("."):rep(distance) }
    for _, secret in ipairs { PASSWORD, API_KEY, APPLICATION, secrets()[2] } do
      all[#all + 1] = repeated(secret)
      all[#all + 1] = repeated(repeated(secret)) -- a request's body, quoted
    end
    return table.concat(all, " and ")
  end

  local STATUSES = { invalid = 400, auth = 401, forbidden = 403, not_found = 404, conflict = 409,
    quota = 413, unsupported = 405, server = 503, rate_limited = 429, decode = 302 }

  for _, auth in ipairs { "v3password", "password", "v3applicationcredential", "v2password",
    "rackspace_apikey", "v3token", "v2token" } do
    local version = (auth:find "v2" or auth:find "rackspace") and 2 or 3

    it("a service that repeats them, with " .. auth, function()
      client = assert(try { auth = auth, api_version = version, reauthenticate = false })
      client:get(ID)
      local token = assert(secrets()[2])
      sim.record = false
      for kind, status in pairs(STATUSES) do
        for _, form in ipairs { '{"badRequest": {"message": "%s"}}', '{"%s": {"message": "m"}}',
          '{"error": {"message": "m", "title": "%s"}}', "<title>%s</title>", "%s", '{"%s": ["' } do
          for distance = 0, 320, 40 do
            sim:clear_faults()
            sim:fault { method = "GET", path = "/snapshots", status = status,
              body = form:format(echo(distance)),
              headers = { ["X-Openstack-Request-Id"] = token, ["Retry-After"] = "1" } }
            local _, err = client:get(ID)
            note(err)
            kinds[err.kind] = true
            -- a 413 is several things, and a 404 in other words than the service's is a proxy's
            assert.is_true(err.kind == kind or status == 413
              or status == 404 and err.kind == "server", err.kind)
          end
        end
      end
      assert_silent()
    end)
  end

  it("every kind of error", function()
    local bodies = { quota = '{"overLimit": {"message": "quota"}}',
      not_found = '{"itemNotFound": {"code": 404, "message": "no"}}' }
    for kind, status in pairs(STATUSES) do
      client = client or assert(try {})
      sim:fault { method = "PUT", path = "/snapshots", status = status,
        body = bodies[kind] or "" }
      fails(kind, client:update(ID, { name = "y" }))
      sim:clear_faults()
    end
    sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
    fails("uncertain", client:create { volume_id = sim.volume_id })
    sim:fault { method = "GET", path = "/snapshots", cut = 30, times = 1 }
    fails("network", client:get(ID))
    sim:fault { method = "GET", path = "/snapshots", status = 200, body = "{", times = 1 }
    fails("decode", client:get(ID))
    local ids = sim:add_snapshots(2, { name = "twice", status = "error" })
    fails("failed", client:wait_until_complete(ids[1], 1))
    fails("ambiguous", client:find "twice")
    local busy = sim:add_snapshots(1, { name = "rc_delete_busy=1" })[1]
    assert(client:delete(busy))
    fails("reverted", client:wait_until_deleted(busy, { timeout = 5, interval = 0.05 }))
    sim:fault { method = "GET", path = "/snapshots", stall = true, times = 1 }
    fails("timeout", client:wait_until_complete(ids[1], 0.3))
    fails("auth", try { password = PASSWORD .. "?" })
    fails("catalog", try { region = "nowhere" })
    fails("unsupported", try { microversion = "3.99" })
    local plain = raw_server.talkative "HTTP/1.1 400 This is no TLS\r\n\r\n"
    fails("tls", try { auth_url = plain.url:gsub("^http", "https") .. "/v3", wait = plain.wait })
    plain:close()
    fails("config", try { auth_type = "odd" })
    fails("config", try { auth_url = "http://u:" .. PROXY .. "@127.0.0.1/v3" })
    fails("config", try { endpoint = "http://u:" .. PROXY .. "@127.0.0.1/v3" })
    fails("config", try { auth_url = "http://127.0.0.1/v3?password=" .. PROXY })
    fails("network", try { proxy = "http://u:" .. PROXY .. "@127.0.0.1:1" })
    fails("config", try { proxy = "http://u:" .. PROXY .. "@127.0.0.1:99999" })
    for _, kind in ipairs { "invalid", "auth", "forbidden", "not_found", "conflict", "quota",
      "rate_limited", "server", "timeout", "network", "tls", "decode", "uncertain", "failed",
      "reverted", "ambiguous", "config", "catalog", "unsupported" } do
      assert.is_true(kinds[kind], kind .. " was not provoked")
      provoked = provoked + 1
    end
    assert_silent()
  end)

  it("a catalog that repeats them, or has its own", function()
    for _, address in ipairs { "http://127.0.0.1:1/" .. TOKEN,
      "ftp://127.0.0.1/" .. TOKEN, "http://u:" .. MARK .. "@127.0.0.1/v3" } do
      local home = raw_server.new(function()
        return { ending = "keep", bytes = authenticated(([=[[{"type": "volumev3", "endpoints":
          [{"interface": "public", "region": "%s", "url": "%s"},
          {"interface": "public", "region": "b", "url": "%s?"}]}]]=]):format(TOKEN, address,
          address)) }
      end)
      for _, region in ipairs { TOKEN, "b", "nowhere" } do
        local made, err = try { auth_url = home.url .. "/v3", wait = home.wait, region = region,
          timeout = 0.3 }
        assert.is_nil(made)
        note(err)
        assert.is_nil(tostring(err):find(TOKEN, 1, true), tostring(err))
      end
      home:close()
    end
    assert_silent()
  end)

  it("the client's own", function()
    client = assert(try {})
    note(tostring(client))
    for _, field in ipairs { "endpoint", "api_version", "microversion", "region", "project_id" } do
      note(client[field])
    end
    note(assert(client:create { volume_id = sim.volume_id, name = "x" }))
    note(tostring(client:list()))
    assert_silent()
  end)

  it("wrong calls", function()
    client = assert(try {})
    for _, call in ipairs {
      function() client:create { password = PASSWORD } end,
      function() client:create { volume_id = 1, name = PASSWORD } end,
      function() client:get({}) end,
      function() client.password = PASSWORD end,
      function() return client:list { odd = PASSWORD } end,
      function() rsnapshots.connect { password = PASSWORD, timeout = "x" } end,
      function() rsnapshots.connect { password = { PASSWORD } } end,
      function() rsnapshots.connect { odd = PASSWORD } end,
      function() rsnapshots.connect { auth_url = "http://h/v3", username = "u",
        password = PASSWORD, user_agent = "a\0b" } end,
    } do
      local ok, message = pcall(call)
      assert.is_false(ok)
      note(message)
    end
    assert_silent()
  end)

  it("what a process that fails leaves behind", function()
    local script = os.tmpname()
    process.write(script, [[
      local rsnapshots = require "rsnapshots"
      local client, err = rsnapshots.connect { on_request = function(info)
        for name, value in pairs(info) do print(name, value) end
      end, retries = 0 }
      print(client, err)
      error(err)
    ]])
    local refused = assert(socket.bind("127.0.0.1", 0)) -- never answers
    local _, port = refused:getsockname()
    refused:close()
    local output, status = process.run(([[env -u OS_CLOUD OS_AUTH_URL=http://127.0.0.1:%d/v3 \
      OS_USERNAME=u OS_PASSWORD=%s OS_PROJECT_NAME=p http_proxy=http://u:%s@127.0.0.1:99999 \
      LUA_PATH=%s LUA_CPATH=%s %s %s]]):format(port, process.quote(PASSWORD), PROXY,
      process.quote(package.path), process.quote(package.cpath), process.interpreter(), script))
    os.remove(script)
    assert.equal(1, status)
    assert.matches("network: ", output)
    assert.is_nil(output:find(MARK, 1, true), output)
  end)
end)

-- ----------------------------------------------------------------- line breaks

describe("no line is added to a request:", function()
  local sim, client

  before_each(function()
    sim = assert(simulator.new())
  end)

  after_each(function()
    if client then
      client:close()
    end
    client = nil
    sim:close()
  end)

  local EVIL = { "a\r\nX-Evil: yes", "a\nX-Evil: yes", "a\rX-Evil: yes", "a\0X-Evil: yes",
    "\r\nX-Evil: yes", "a\r\n\r\nGET /evil HTTP/1.1\r\nX-Evil: yes\r\n\r\n",
    "a\r\n X-Evil: yes" }

  local function assert_clean()
    for _, request in ipairs(sim.requests) do
      assert.is_nil(request.headers["x-evil"])
      assert.is_nil(request.path:find("^/evil"))
    end
  end

  for _, name in ipairs { "token", "user_agent", "microversion", "region", "project_id",
    "project_name", "username", "password", "endpoint", "auth_url", "proxy", "interface",
    "service_type", "user_domain_name", "cacert", "cert", "key", "api_version" } do
    it("option " .. name, function()
      for _, value in ipairs(EVIL) do
        for _, whole in ipairs { value, "http://127.0.0.1:1/v3/" .. value,
          sim.url .. "/v3/" .. value } do
          local raised, made, err = pcall(connect.try, sim, { [name] = whole, retries = 0,
            timeout = 2 })
          if raised and made then
            local _, problem = made:get(ID)
            assert.is_true(problem == nil or rsnapshots.is_error(problem))
            made:close()
          elseif raised then
            assert.is_true(rsnapshots.is_error(err))
            assert.is_nil(err.message:find "%c")
            assert.is_nil(tostring(err):find "%c")
          end
          assert_clean()
        end
      end
    end)
  end

  it("a user agent with a line break is refused, not sent in part", function()
    assert.error_matches(function() connect.try(sim, { user_agent = "a\r\nb" }) end, "user_agent")
    local session = core.session { user_agent = "a\r\nb" }
    local call = session:start("GET", sim.url .. "/", { timeout = 1 })
    assert.is_true(call:done())
    assert.equal("invalid", call:fault().kind)
    session:close()
    assert.equal(0, #sim.requests)
  end)

  it("ids, names, filters, markers", function()
    client = connect.to(sim)
    for _, value in ipairs(EVIL) do
      for _, call in ipairs {
        function() return client:get(value) end,
        function() return client:delete(value) end,
        function() return client:find(value) end,
        function() return client:update(value, { name = value }) end,
        function() return client:create { volume_id = value, name = value } end,
        function() return client:list({ name = value, marker = value }):all() end,
        function() return client:list({ extra = { [value] = value } }):all() end,
        function() return client:delete_metadata(ID, value) end,
        function() return client:set_metadata(ID, { [value] = value }) end,
      } do
        local _, err = call()
        assert.is_true(err == nil or rsnapshots.is_error(err))
      end
    end
    assert_clean()
  end)

  -- Connects to an identity service that says this, and reads a snapshot.
  local function with_identity(bytes, more)
    local server = raw_server.new(function(request)
      return { bytes = request.path:find "/tokens" and bytes
        or raw_server.answer(200, SNAPSHOT:format(ID)), ending = "keep" }
    end)
    local options = { auth_url = server.url .. "/v3", username = "u", password = "pppp",
      wait = server.wait, retries = 0 }
    for name, value in pairs(more or {}) do
      options[name] = value == "home" and server.url .. "/v2" or value
    end
    local made, err = rsnapshots.connect(options)
    local snapshot = made and made:get(ID)
    server:close()
    for _, request in ipairs(server.requests) do
      assert.is_nil(request.head:find "\r?\n%s*X%-Evil")
      assert.is_nil(request.head:find "\rX")
    end
    return made, err, snapshot, server.requests
  end

  local ESCAPED = { [[\r\nX-Evil: yes]], [[\nX-Evil: yes]], [[\rX-Evil: yes]],
    [[\u0000X-Evil: yes]], " X-Evil", [[\u2028X-Evil]] }

  for _, text in ipairs(ESCAPED) do
    it("a catalog's URL with " .. text, function()
      local _, err = with_identity(authenticated(('[{"type": "volumev2", "endpoints": '
        .. '[{"interface": "public", "url": "http://127.0.0.1:1/v2/p%s"}]}]'):format(text)))
      assert.equal("catalog", err.kind)
      assert.is_nil(err.message:find "%c")
    end)

    it("a project's id with " .. text, function()
      local made, _, snapshot, requests = with_identity(raw_server.answer(201,
        ('{"token": {"project": {"id": "p%s"}, "catalog": []}}'):format(text), nil,
        { "X-Subject-Token: t" }), { endpoint = "home" })
      assert.is_truthy(made and snapshot)
      assert.matches("^/v2/p%%%x%x%S*/snapshots/", requests[2].path)
    end)

    it("a token with " .. text, function()
      local _, err = with_identity(raw_server.answer(200,
        ('{"access": {"token": {"id": "t%s", "tenant": {"id": "p"}}, "serviceCatalog": []}}')
          :format(text)), -- v2's URL is completed with the tenant
        { auth_type = "v2password", endpoint = "home" })
      if err then
        assert.equal("decode", err.kind)
      else
        assert.is_nil(text:find("r", 1, true) or text:find("n", 1, true))
      end
    end)
  end

  it("a token in a folded or repeated header", function()
    for _, lines in ipairs { "X-Subject-Token: a\r\n X-Evil: yes",
      "X-Subject-Token: a\r\nX-Subject-Token: b c", "X-Subject-Token:  " } do
      with_identity(raw_server.answer(201, '{"token": {"project": {"id": "p"}, "catalog": []}}',
        nil, { lines }), { endpoint = "home" })
    end
  end)

  it("a link's marker with an encoded line break", function()
    local server
    server = raw_server.new(function(request)
      return { ending = "keep", bytes = request.path:find "marker=" and
        raw_server.answer(200, '{"snapshots": []}') or raw_server.answer(200,
        '{"snapshots": [{"id": "a"}], "snapshots_links": [{"rel": "next", '
        .. '"href": "?marker=a%0D%0AX-Evil:%20yes"}]}') }
    end)
    client = assert(rsnapshots.connect { auth_type = "none", endpoint = server.url .. "/v2/p",
      wait = server.wait })
    assert(client:list():all())
    server:close()
    assert.equal("/v2/p/snapshots/detail?limit=1000&marker=a%0D%0AX-Evil%3A%20yes",
      server.requests[2].path)
  end)
end)
