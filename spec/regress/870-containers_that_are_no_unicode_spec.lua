--- An object or array among metadata is a text as it is written; the bytes in it that are no UTF-8
-- were left there.
local with = require "spec.support.odd_record"

local REPLACEMENT = "\239\191\189"

describe("an object or array among metadata", function()
  it("has U+FFFD for what is no Unicode", function()
    for text, value in pairs {
      ['{"a":"caf\233"}'] = '{"a":"caf' .. REPLACEMENT .. '"}',
      ['["\226\130","\192\175"]'] = '["' .. REPLACEMENT .. '","' .. REPLACEMENT:rep(2) .. '"]',
    } do
      assert.same({ k = value, l = "w" }, with('"metadata":{"k":' .. text .. ',"l":"w"}').metadata)
    end
  end)

  it("stays as it is otherwise", function()
    for _, text in ipairs { [[{"a":"\\u00e9\\ud800"}]], '["é",{"b":null}]', "[]", "{ }" } do
      assert.same({ k = text }, with('"metadata":{"k":' .. text .. "}").metadata)
    end
  end)
end)
