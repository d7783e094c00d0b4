local base64 = require "rsnapshots.support.base64"

describe("Base64", function()
  for text, encoded in pairs { -- RFC 4648, 10
    [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=",
    foobar = "Zm9vYmFy", ["\0\255\n"] = "AP8K", ["\251\255\191"] = "+/+/",
  } do
    it(("has %q as %q"):format(text, encoded), function()
      assert.equal(encoded, base64.encode(text))
    end)
  end
end)
