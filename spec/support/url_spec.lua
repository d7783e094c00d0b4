local url = require "rsnapshots.support.url"

describe("a URL", function()
  it("has data percent-encoded, whatever bytes it is", function()
    assert.equal("aZ09-._~", url.encode "aZ09-._~")
    assert.equal("a%2Fb%3Fc%23d%20e%25%2B%00%FF", url.encode "a/b?c#d e%+\0\255")
    for byte = 0, 255 do
      local text = string.char(byte)
      assert.equal(text, url.decode(url.encode(text)))
    end
  end)

  it("has a query", function()
    assert.equal("", url.query {})
    assert.equal("?a=1&b%20c=x%26y", url.query { { "a", 1 }, { "b c", "x&y" } })
  end)

  it("has data that are decoded as in queries", function()
    assert.equal("b c", url.decode "b%20c")
    assert.equal("b c", url.decode "b+c")
    assert.equal("%zz&\0", url.decode "%zz%26%00")
  end)

  it("is normalized", function()
    assert.equal("http://host", url.normalize "HTTP://Host/")
    assert.equal("https://h:1/a/B", url.normalize "https://h:1/a/B//")
    assert.equal("http://[::1]:80/v3", url.normalize "http://[::1]:80/v3")
  end)

  it("is refused when it is none", function()
    for _, text in ipairs { "", "host", "host:5000/v3", "ftp://h", "http://", "http:///x",
      "http://u:p@h", "http://h/?q", "http://h/#f", "http://h h/", "http://h\n/", "http://h\0",
      "http://h:port/", "http://é/", "//h/v3" } do
      local normal, problem = url.normalize(text)
      assert.is_nil(normal, text)
      assert.is_string(problem)
    end
  end)
end)
