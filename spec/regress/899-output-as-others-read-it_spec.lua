-- Kind: what a service sent comes out so that a reader takes it for something else. A number past
-- every double made `show -f json` write `inf`, which is no JSON, and a great one lost digits. In a
-- table or plan, Unicode's line ends and changes of direction showed names other than they are.
local core = require "rsnapshots.core"
local json = require "rsnapshots.cli.output.json"
local served = require "spec.support.served_command"
local text = require "rsnapshots.cli.output.text"

describe("a number in JSON", function()
  it("is JSON, whatever it is", function()
    for written, number in pairs { ["1e999"] = math.huge, ["-1e999"] = -math.huge, ["0"] = 0,
      ["-1"] = -1, ["0.1"] = 0.1, ["1.5"] = 1.5, ["9007199254740991"] = 2 ^ 53 - 1,
      ["9007199254740992"] = 2 ^ 53, ["1e+20"] = 1e20, ["1e+300"] = 1e300 } do
      assert.equal(written, json.encode(number))
    end
  end)

  it("is read again as it was", function()
    for _, number in ipairs { 0.1, 1 / 3, 1796040300.123456, 2 ^ 53 - 1, 2 ^ 62, -2 ^ 63, 1e20 / 3,
      5e-324, 1.7976931348623157e308, math.huge } do
      assert.equal(number, core.decode("[" .. json.encode(number) .. "]")[1])
    end
  end)

  it("keeps all digits where Lua has them", function()
    for _, written in ipairs { "9223372036854775807", "-9223372036854775808",
      "9007199254740993" } do
      local number = core.decode("[" .. written .. "]")[1]
      assert.equal(number, core.decode("[" .. json.encode(number) .. "]")[1])
      if math.type and math.type(number) == "integer" then -- luacheck: ignore 143
        assert.equal(written, json.encode(number))
      end
    end
  end)
end)

local ODD = "a\226\128\174b\226\128\168c\226\129\166d\194\155e\127"

describe("a name", function()
  it("shows each character that a terminal would not", function()
    assert.equal([[a\u202eb\u2028c\u2066d\x9be\x7f]], text.visible(ODD))
    for _, plain in ipairs { "", "é", "“a” – b…", "\226\128\167", "\226\129\170" } do
      assert.equal(plain, text.visible(plain))
    end
  end)

  it("is escaped in JSON, and read as it is", function()
    local written = json.encode(ODD)
    assert.equal([["a\u202eb\u2028c\u2066d\u009be\u007f"]], written)
    assert.equal(ODD, core.decode("[" .. written .. "]")[1])
    assert.equal('"“a” é\226\128\167"', json.encode "“a” é\226\128\167")
  end)

  it("does so in every output", function()
    local cloud = served.cloud()
    finally(function() cloud:close() end)
    cloud.sim:add_snapshots { { name = ODD } }
    for _, arguments in ipairs { "list -f table", "list -f json", "list -f value",
      "prune --all --keep-last 1 --dry-run" } do
      local out, err, status = cloud:run(arguments)
      assert.same({ "", 0 }, { err, status })
      assert.is_nil(out:find("\226\128\174", 1, true) or out:find("\194\155", 1, true), arguments)
    end
  end)
end)
