local cloud = require "spec.openstack.support"
local socket = require "socket"

describe("a token #openstack", function()
  local project, spy
  local COUNT, PAGE = 40, 5

  lazy_setup(function()
    project = cloud.project()
    project:fill(project:volume(), COUNT)
  end)

  lazy_teardown(function()
    project:forget()
  end)

  before_each(function()
    spy = cloud.spy()
  end)

  local function connect(options)
    options = options or {}
    options.on_request = spy.listen
    local client = project:connect(options)
    spy.reset()
    return client
  end

  -- Connects through a Keystone whose tokens live for so many seconds.
  local function short_lived(seconds)
    return cloud.env().OS_AUTH_URL:gsub("/v3$", "/rc_token_seconds=" .. seconds .. "/v3")
  end

  -- Lists, calling a function in the middle.
  local function list(client, halfway)
    local names = {}
    local pager = client:list { page_size = PAGE }
    while true do
      local snapshot, err = pager:next()
      if not snapshot then
        return names, err
      end
      names[#names + 1] = snapshot.name
      if #names == COUNT / 2 and halfway then
        halfway()
      end
    end
  end

  local function assert_all(names, err)
    assert.is_nil(err)
    assert.equal(COUNT, #names)
    assert.equal(("bulk-%05d"):format(COUNT - 1), names[1])
    assert.equal("bulk-00000", names[COUNT])
  end

  it("serves for any number of requests", function()
    local client = connect()
    assert_all(list(client))
    assert_all(list(client))
    assert.equal(0, spy.authentications())
  end)

  it("revoked in the middle of a listing is renewed once, and the listing goes on", function()
    local client = connect()
    assert_all(list(client, function() project:revoke_tokens() end))
    assert.equal(1, spy.authentications())
    assert.equal(1, spy.count("/snapshots", 401))
  end)

  it("revoked before any verb is renewed for it", function()
    local client = connect()
    local id = assert(client:find("bulk-00007")).id
    for _, verb in ipairs {
      function() return client:get(id) end,
      function() return client:count() end,
      function() return client:update(id, { description = "after" }) end,
      function() return client:set_metadata(id, { a = "b" }) end,
      function() return client:create { volume_id = assert(client:get(id)).volume_id } end,
    } do
      spy.reset()
      project:revoke_tokens()
      local result = assert(verb())
      assert.equal(1, spy.authentications())
      if type(result) == "userdata" and result.status == "CREATING" then
        assert(result:wait_until_complete(cloud.quick))
        assert(result:delete())
        assert(result:wait_until_deleted(cloud.quick))
      end
    end
  end)

  it("revoked is the end with reauthenticate = false", function()
    local client = connect { reauthenticate = false }
    local names, err = list(client, function() project:revoke_tokens() end)
    assert.is_true(#names < COUNT)
    assert.equal("auth", err.kind)
    assert.equal(401, err.status)
    assert.equal(0, spy.authentications())
  end)

  it("that expires in the middle is renewed before it does, without a 401", function()
    local client = connect { auth_url = short_lived(2) }
    assert_all(list(client, function() socket.sleep(2.1) end))
    assert.equal(1, spy.authentications())
    assert.equal(0, spy.count("/snapshots", 401))
  end)

  it("that expires is the end with reauthenticate = false", function()
    local client = connect { auth_url = short_lived(1), reauthenticate = false }
    local names, err = list(client, function() socket.sleep(1.1) end)
    assert.is_true(#names < COUNT)
    assert.equal("auth", err.kind)
    assert.equal(0, spy.authentications())
  end)

  it("that was given to us cannot be renewed", function()
    local given = project:token()
    local client = connect { username = false, password = false, token = given }
    local names, err = list(client, function() project:revoke_tokens() end)
    assert.is_true(#names < COUNT)
    assert.equal("auth", err.kind)
    assert.is_nil(tostring(err):find(given, 1, true))
  end)

  it("whose user is gone is the end, and no snapshot is taken to be missing", function()
    local doomed = cloud.project()
    local volume = doomed:volume()
    doomed:fill(volume, 1)
    local client = doomed:connect()
    local id = assert(client:list():next()).id
    doomed:remove_user()
    for _, verb in ipairs {
      function() return client:get(id) end,
      function() return client:delete(id, { missing_ok = true }) end,
      function() return client:wait_until_deleted(id, cloud.quick) end,
    } do
      local result, err = verb()
      assert.is_nil(result)
      assert.equal("auth", err.kind)
    end
  end)
end)
