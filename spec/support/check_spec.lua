local check = require "rsnapshots.support.check"

describe("a wrong call", function()
  -- What the call raises, without the place.
  local function problem(name, ...)
    local ok, message = pcall(check[name], ...)
    return not ok and message:match "rsnapshots: (.*)" or nil
  end

  it("raises at the line that made it, and on one line", function()
    local ok, message = pcall(function() check.fail "a\nb" end)
    assert.is_false(ok)
    assert.matches("^[^\n]*check_spec%.lua:%d+: rsnapshots: a b$", message)
  end)

  it("is told by what is expected and what there is", function()
    assert.equal("x must be a string, not missing", problem("type", nil, "string", "x"))
    assert.equal("x must be a string, not a table", problem("type", {}, "string", "x"))
    assert.equal("x must be a string, not a number", problem("optional", 5, "string", "x"))
    assert.equal("x must be a string, not a boolean", problem("text", false, "x"))
    assert.equal("x must not be empty", problem("text", "", "x"))
    assert.equal("x must be a whole number of at least 1", problem("count", 0, 1, "x"))
    assert.equal("x must be a whole number of at least 1", problem("count", 1.5, 1, "x"))
    assert.equal("x must be a number of seconds over 0", problem("seconds", 0, "x"))
    assert.equal("x must map strings to strings; a does not",
      problem("string_map", { a = 1 }, "x"))
  end)

  it("is none where the value will do", function()
    local map = { a = "b" }
    assert.equal("s", check.type("s", "string", "x"))
    assert.is_nil(check.optional(nil, "string", "x"))
    assert.equal("s", check.text("s", "x"))
    assert.equal(1, check.count(1, 1, "x"))
    assert.is_nil(check.count(nil, 1, "x"))
    assert.equal(0.5, check.seconds(0.5, "x"))
    assert.equal(map, check.string_map(map, "x"))
    assert.equal(map, check.options(map, "create", "{}"))
    check.receiver(true, "client", "client:get(id)")
    check.keys({ a = 1, b = false }, { a = true, b = true }, "create")
  end)

  it("is told with what to write instead of an argument that is no table", function()
    assert.equal("create's argument must be a table, not a string: write create{ volume_id = id }",
      problem("options", "v1", "create", "{ volume_id = id }"))
    assert.equal("create's argument must be a table, not missing: write create{ volume_id = id }",
      problem("options", nil, "create", "{ volume_id = id }"))
  end)

  it("is told with the colon that a dot stands for", function()
    assert.equal("this is not a client: call its methods with a colon, as in client:get(id)",
      problem("receiver", false, "client", "client:get(id)"))
  end)

  it("with an unknown option is told with the one that may be meant", function()
    local known = { volume_id = true, name = true, nome = true }
    assert.equal("create: there is no option 'volumeid'; did you mean 'volume_id'?",
      problem("keys", { volumeid = 1 }, known, "create"))
    assert.equal("create: there is no option 'volume'; did you mean 'volume_id'?",
      problem("keys", { volume = 1 }, known, "create"))
    assert.equal("create: there is no option 'colour'", problem("keys", { colour = 1 }, known,
      "create"))
    for _ = 1, 20 do -- always the same, though tables have no order
      assert.equal("create: there is no option 'nume'; did you mean 'name'?",
        problem("keys", { nume = 1 }, { nome = true, name = true }, "create"))
    end
  end)

  it("with a value without a name does not show it", function()
    assert.equal("create: its options are given by name, as { name = value }, and one has none",
      problem("keys", { "s3cret" }, { name = true }, "create"))
    assert.equal("create: there is no option 'true'", problem("keys", { [true] = 1 }, { "a" },
      "create"))
  end)

  it("with an unknown name of another kind is told likewise", function()
    assert.equal("list: there is no filter 'stauts'; did you mean 'status'?",
      problem("unknown", "list: there is no filter", "stauts", { status = "string" }))
    assert.equal("there is no status 'nil'",
      problem("unknown", "there is no status", nil, { ERROR = "ERROR" }))
  end)

  it("for one of several is told with its number", function()
    local function body(options)
      return check.keys(options, { name = true }, "create"), "two", nil
    end
    assert.equal("item 3: create: there is no option 'nmae'; did you mean 'name'?",
      problem("item", 3, body, { nmae = 1 }))
    assert.equal(3, select("#", check.item(3, body, { name = 1 })))
    assert.equal("two", (select(2, check.item(3, body, { name = 1 }))))
    local ok, other = pcall(check.item, 3, function() error { "an object" } end)
    assert.is_false(ok)
    assert.same({ "an object" }, other)
    local _, place = pcall(function() check.item(3, body, { nmae = 1 }) end)
    assert.matches("check_spec%.lua:%d+: rsnapshots: item 3: create", place)
  end)
end)
