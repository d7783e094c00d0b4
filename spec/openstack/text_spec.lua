local cloud = require "spec.openstack.support"
local utf8 = require "spec.support.utf8"

describe("a name or description #openstack", function()
  local project, client, volume

  local TEXTS = {
    ["quotes"] = [[it's "so" `called`]],
    ["a backslash"] = [[C:\temp\new]],
    ["accents"] = "Sauvegarde d'été à Zürich",
    ["an emoji"] = "before 🚀 after 👩‍🚀",
    ["Japanese"] = "スナップショット",
    ["right to left"] = "نسخة احتياطية",
    ["a combining accent"] = "e\204\129",
    ["what looks like an escape"] = "%41 &amp; \\u0041 +",
    ["what looks like a query"] = "a=b&c=d#e?f;g",
    ["what looks like markup"] = "<b>bold</b><!-- -->",
    ["what looks like SQL"] = "' or '1'='1",
    ["what looks like a path"] = "../detail",
    ["a comma and a colon"] = "in:creating,available",
    ["a wildcard"] = "100%_*",
  }

  -- Cinder refuses characters beyond U+FFFF, and those nobody sees, in a description only.
  local function as_description(text)
    return not text:find "[\240-\244]" and text or nil
  end

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
    for _, text in pairs(TEXTS) do
      assert(client:create { volume_id = volume, name = text,
        description = as_description(text), metadata = { text = text } })
    end
  end)

  for what, text in pairs(TEXTS) do
    it("with " .. what .. " comes back as it went, and is found by it", function()
      local snapshot = assert(client:find(text))
      assert.equal(text, snapshot.name)
      assert.equal(as_description(text), snapshot.description)
      assert.same({ text = text }, snapshot.metadata)
      local listed = assert(client:list({ name = text }):all())
      assert.same({ snapshot.id }, cloud.ids(listed))
    end)
  end

  it("can have 255 characters of any size, and not one more", function()
    for _, letter in ipairs { "x", "é", "ス" } do
      local longest = letter:rep(255)
      local snapshot = assert(client:create { volume_id = volume, name = longest,
        description = longest })
      assert.equal(longest, snapshot.name)
      assert.equal(longest, assert(client:get(snapshot)).description)
      assert.equal(snapshot.id, assert(client:find(longest)).id)

      for _, field in ipairs { "name", "description" } do
        local made, err = client:create { volume_id = volume, [field] = longest .. letter }
        assert.is_nil(made)
        assert.equal("invalid", err.kind)
        assert.is_true(#err.message <= 310, err.message)
        assert.is_nil(utf8.first_bad(err.message))
      end
    end
  end)

  it("loses the spaces around it, as Cinder has it", function()
    assert.equal("trimmed", assert(client:create { volume_id = volume, name = " trimmed " }).name)
  end)

  it("may have many lines, a description may not, as Cinder has it", function()
    local text = "two\nlines"
    assert.equal(text, assert(client:create { volume_id = volume, name = text }).name)
    local made, err = client:create { volume_id = volume, description = text }
    assert.is_nil(made)
    assert.equal("invalid", err.kind)
    assert.equal(400, err.status)
    assert.is_true(#err.message <= 310, err.message)
  end)

  it("may hold an emoji, a description may not, as Cinder has it", function()
    for _, text in ipairs { "🚀", "👩‍🚀", "zero\226\128\139width" } do
      assert.equal(text, assert(client:create { volume_id = volume, name = text }).name)
      local made, err = client:create { volume_id = volume, description = text }
      assert.is_nil(made)
      assert.equal("invalid", err.kind)
      assert.is_true(#err.message <= 310, err.message)
    end
  end)

  it("that is no UTF-8 is refused before anything is sent", function()
    local spy = cloud.spy()
    local listening = project:connect { on_request = spy.listen }
    spy.reset()
    local made, err = listening:create { volume_id = volume, name = "caf\233" }
    assert.is_nil(made)
    assert.equal("invalid", err.kind)
    assert.equal(0, #spy.requests)
  end)
end)
