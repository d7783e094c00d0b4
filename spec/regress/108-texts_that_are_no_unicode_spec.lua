--- Half a surrogate pair, a Latin-1 byte or a character cut in two made a page no page.
local rsnapshots = require "rsnapshots"
local with = require "spec.support.odd_record"

local REPLACEMENT = "\239\191\189"

describe("what is no Unicode within a string", function()
  it("becomes U+FFFD", function()
    for text, name in pairs { [ [[\ud800]] ] = REPLACEMENT, [ [[\udc00x]] ] = REPLACEMENT .. "x",
      [ [[\ud83d\ud83d\ude00]] ] = REPLACEMENT .. "😀", ["caf\233"] = "caf" .. REPLACEMENT,
      ["\226\130"] = REPLACEMENT, ["\192\175"] = REPLACEMENT .. REPLACEMENT,
      ["\237\160\128"] = REPLACEMENT:rep(3), ["é\240\159\152"] = "é" .. REPLACEMENT } do
      local snapshot = with('"name":"' .. text .. '"')
      assert.equal(name, snapshot.name)
      assert.equal(name, snapshot:raw "name")
      assert.same({ [name] = name },
        with(('"metadata":{"%s":"%s"}'):format(text, text)).metadata)
    end
  end)

  it("is found in keys and ids, too", function()
    assert.equal(1, with('"caf\233":1')["caf" .. REPLACEMENT])
    local snapshot = assert(rsnapshots.extract_snapshot '{"snapshot":{"id":"\255"}}')
    assert.equal(REPLACEMENT, snapshot.id)
    assert.equal('{"id":"\255"}', snapshot:to_json())
  end)

  it("is no excuse for what is no JSON", function()
    for _, text in ipairs { [["\ud800\u12"]], [["\x41"]], '"a\nb"', '"\255', "\255", "1\255" } do
      local snapshot, err = rsnapshots.extract_snapshot('{"snapshot":{"id":"i","name":' .. text
        .. "}}")
      assert.is_nil(snapshot)
      assert.equal("decode", err.kind)
    end
  end)
end)
