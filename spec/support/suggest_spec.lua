local suggest = require "rsnapshots.support.suggest"

describe("what somebody meant", function()
  local OPTIONS = { "description", "force", "metadata", "name", "once", "region", "retries",
    "tenant_id", "tenant_name", "timeout", "volume_id", "wait" }

  it("is the name that a slip of the fingers makes of it", function()
    for written, meant in pairs {
      volumeid = "volume_id", volumeId = "volume_id", volume_ids = "volume_id",
      nmae = "name", Name = "name", names = "name", METADATA = "metadata", meatdata = "metadata",
      regoin = "region", time_out = "timeout", waits = "wait", descripton = "description",
    } do
      assert.equal(meant, suggest.of(written, OPTIONS), written)
    end
  end)

  it("is the name that it is a part of, or that is a part of it", function()
    for written, meant in pairs {
      volume = "volume_id", meta = "metadata", desc = "description", display_name = "name",
      region_name = "region", tenant = "tenant_id", wait_for_it = "wait",
    } do
      assert.equal(meant, suggest.of(written, OPTIONS, true), written)
      assert.equal(("; did you mean '%s'?"):format(meant), suggest.hint(written, OPTIONS, true))
    end
  end)

  it("is no part where that might show a secret", function()
    assert.is_nil(suggest.of("password hunter2", { "password" }))
    assert.equal("", suggest.hint("password hunter2", { "password" }))
  end)

  it("prefers letters to parts, and the first of those that are as near", function()
    assert.equal("naming", suggest.of("nameing", { "name", "naming" }, true))
    assert.equal("aba", suggest.of("abb", { "aba", "abc" }))
  end)

  it("is nothing where nothing is near", function()
    for _, written in ipairs { "", "x", "na", "on", "colour", ("x"):rep(50) } do
      assert.is_nil(suggest.of(written, OPTIONS, true), written)
    end
    assert.is_nil(suggest.of("name", {}, true))
    assert.equal("", suggest.hint("colour", OPTIONS))
  end)

  it("is not sought in what is too long, or too many", function()
    local long = ("x"):rep(101)
    assert.is_nil(suggest.of(long, { long }))
    assert.is_nil(suggest.of("name", { ("name"):rep(100) }, true))
    local many = {}
    for i = 1, 1000 do
      many[i] = "zzzzzzzzzzzz" .. i
    end
    many[1001] = "name"
    assert.is_nil(suggest.of("names", many))
  end)

  it("is a hint for a message", function()
    assert.equal("; did you mean 'volume_id'?", suggest.hint("volumeid", OPTIONS))
  end)

  it("is a list that a person reads", function()
    assert.equal("a, b", suggest.list { "a", "b" })
    local many = {}
    for i = 1, 31 do
      many[i] = ("x"):rep(200)
    end
    local x = ("x"):rep(100)
    assert.equal((x .. ", "):rep(30) .. "...", suggest.list(many))
  end)
end)
