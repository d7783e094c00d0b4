-- Python's html.escape writes ' as &#x27;. It was shown like that, and a secret that was spelled so
-- was not recognized.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a hexadecimal reference in a page", function()
  -- What the error says about a page.
  local function message(page)
    local server = raw_server.new(function() return raw_server.answer(400, page) end)
    local client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", auth_type = "none",
      token = "it's-secret", wait = server.wait })
    local _, err = client:get "x"
    client:close()
    server:close()
    return err.message
  end

  it("is the character", function()
    assert.equal("It's 'a' \\ 'name'",
      message "<h1>It&#x27;s &#X27;a' &#x5C; &#39;name&#x00027;</h1>")
  end)

  it("hides no secret", function()
    assert.equal("not valid: ***", message "<h1>not valid: it&#x27;s-secret</h1>")
  end)

  it("that is none stays as it is", function()
    for _, text in ipairs { "&#x;", "&#x27", "&#xg7;", "&#x80;", "&#x3c0;", "&#x0;", "&#3c;",
      "&#x" } do
      assert.equal("a " .. text .. " b", message("<h1>a " .. text .. " b</h1>"))
    end
  end)
end)
