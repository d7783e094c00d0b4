local cloud = require "spec.openstack.support"

describe("a snapshot's metadata #openstack", function()
  local project, client, volume, snapshot

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
  end)

  before_each(function()
    snapshot = assert(client:create { volume_id = volume, metadata = { a = "1", b = "2" } })
  end)

  it("is read", function()
    assert.same({ a = "1", b = "2" }, assert(client:get_metadata(snapshot.id)))
    assert.same({ a = "1", b = "2" }, assert(snapshot:get_metadata()))
  end)

  it("is empty when there is none", function()
    local bare = assert(client:create { volume_id = volume })
    assert.same({}, assert(bare:get_metadata()))
  end)

  it("is merged by set_metadata", function()
    assert.same({ a = "1", b = "new", c = "3" },
      assert(client:set_metadata(snapshot, { b = "new", c = "3" })))
    assert.same({ a = "1", b = "new", c = "3" }, assert(snapshot:refresh()).metadata)
    assert.same({ a = "1", b = "new", c = "3" }, assert(snapshot:set_metadata {}))
  end)

  it("is replaced by replace_metadata", function()
    assert.same({ c = "3" }, assert(client:replace_metadata(snapshot, { c = "3" })))
    assert.same({ c = "3" }, assert(snapshot:get_metadata()))
    assert.same({}, assert(snapshot:replace_metadata {}))
    assert.same({}, assert(snapshot:get_metadata()))
  end)

  it("loses keys, one or several", function()
    assert(snapshot:set_metadata { c = "3" })
    assert.is_true(client:delete_metadata(snapshot, "a"))
    assert.same({ b = "2", c = "3" }, assert(snapshot:get_metadata()))
    assert.is_true(client:delete_metadata(snapshot.id, "b", "c"))
    assert.same({}, assert(snapshot:get_metadata()))
  end)

  it("cannot lose a key that it has not, and the error names it", function()
    local ok, err = client:delete_metadata(snapshot, "a", "nothing", "b")
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
    assert.equal("nothing", err.key)
    assert.same({ b = "2" }, assert(snapshot:get_metadata()))
  end)

  it("keeps any text as a value", function()
    local values = {
      empty = "", quotes = [['"`]], backslash = [[\u0041\]], lines = "two\nlines\t",
      emoji = "🚀", accents = "é", spaces = "  kept  ", long = ("é"):rep(255),
    }
    assert.same(values, assert(snapshot:replace_metadata(values)))
    assert.same(values, assert(snapshot:get_metadata()))
  end)

  it("refuses a value that is too long", function()
    local metadata, err = snapshot:set_metadata { long = ("x"):rep(256) }
    assert.is_nil(metadata)
    assert.equal("invalid", err.kind)
  end)

  it("takes no value but strings", function()
    assert.error_matches(function() snapshot:set_metadata { count = 3 } end, "metadata")
  end)

  for _, key in ipairs { "a b", "a.b", "a:b", "a-b_c", "..", "a%2Fb", "a?b#c", "+", "'q'", [[\]],
    "a/b", "/", "é", "🚀" } do
    it(("has keys such as %s, set and deleted"):format(key), function()
      assert.equal("odd", assert(snapshot:set_metadata { [key] = "odd" })[key])
      assert.is_true(snapshot:delete_metadata(key))
      assert.same({ a = "1", b = "2" }, assert(snapshot:get_metadata()))
    end)
  end

  it("of a snapshot that is not there is not_found", function()
    local nowhere = "11111111-1111-4111-8111-111111111111"
    for _, verb in ipairs { "get_metadata", "set_metadata", "replace_metadata" } do
      local metadata, err = client[verb](client, nowhere, { a = "1" })
      assert.is_nil(metadata)
      assert.equal("not_found", err.kind)
    end
    assert.equal("not_found", select(2, client:delete_metadata(nowhere, "a/b")).kind)
  end)
end)
