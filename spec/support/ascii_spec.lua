local ascii = require "rsnapshots.support.ascii"

describe("ASCII", function()
  local function all_bytes()
    local bytes = {}
    for byte = 0, 255 do
      bytes[#bytes + 1] = string.char(byte)
    end
    return table.concat(bytes)
  end

  it("has 26 letters of two cases, and changes no other byte", function()
    local bytes = all_bytes()
    assert.equal("az[ \0\196\228", ascii.lower "AZ[ \0\196\228")
    assert.equal("AZ{ \0\196\228", ascii.upper "az{ \0\196\228")
    assert.equal(bytes:sub(1, 65) .. bytes:sub(98, 123) .. bytes:sub(92), ascii.lower(bytes))
    assert.equal(bytes:sub(1, 97) .. bytes:sub(66, 91) .. bytes:sub(124), ascii.upper(bytes))
  end)

  it("has blanks, which are trimmed", function()
    assert.equal("a \t b", ascii.trim " \t\n\v\f\ra \t b\r\f\v\n\t ")
    assert.equal("\160a\133", ascii.trim "\160a\133") -- blanks in Latin-1
    assert.equal("", ascii.trim " \n ")
    assert.equal("", ascii.trim "")
  end)

  it("has an order, that of the bytes", function()
    local sorted = { "", "A", "B", "Z", "_", "a", "a\0", "aa", "b", "\195\169", "\255" }
    for i, one in ipairs(sorted) do
      for j, other in ipairs(sorted) do
        assert.equal(i < j, ascii.less(one, other))
      end
    end
  end)

  it("has numbers with a point", function()
    for text, number in pairs { ["5"] = 5, ["-0.5"] = -0.5, ["1.5e3"] = 1500, [".25"] = 0.25,
      ["2."] = 2, ["1E-1"] = 0.1 } do
      assert.equal(number, ascii.number(text))
    end
    for _, text in ipairs { "", ".", "-", "e5", "0x10", "1,5", " 5", "5 ", "nan", "inf", "1.2.3",
      "5GiB", "--5" } do
      assert.is_nil(ascii.number(text), text)
    end
  end)

  it("makes one line of text that does nothing to a terminal", function()
    assert.equal("a b   c", ascii.one_line "a\nb\27\0\127c")
    assert.equal("a b", ascii.one_line "a\194\133b") -- next line
    assert.equal("a b", ascii.one_line "a\226\128\168b") -- line separator
    assert.equal("a b c", ascii.one_line "a\226\128\174b\226\129\166c") -- right to left
    local others = "\194\160 \195\169 \226\128\166 \226\130\172 \226\129\170"
    assert.equal(others, ascii.one_line(others))
  end)
end)
