-- An endpoint without a version needs the service's version document. While the service was down,
-- or a proxy said 503 in its place, the error was `config`: "there is no document that does: add
-- it", after one attempt. A job at night was told to change what is right, and not to try later.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"
local socket = require "socket"

describe("an endpoint without a version", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
  end)

  -- Connects while the root's document is answered so, one answer after another, the last for ever.
  local function connect(answers)
    local count = 0
    cloud.answers["GET /"] = function()
      count = math.min(count + 1, #answers)
      return answers[count]
    end
    return cloud:connect { auth_url = false, auth_type = "none", endpoint = cloud.url,
      project_id = "p", retries = 1 }
  end

  local GOOD = small_cloud.versions()

  it("waits for a service that fails to say which it has", function()
    for _, answer in ipairs { { 503, "" }, { 500, "" }, "close", { 504, "<html>late</html>" } } do
      local client = assert(connect { answer, answer, GOOD })
      assert.equal(cloud.url .. "/v3", client.endpoint)
      client:close()
    end
  end)

  it("fails with what the service says, if that does not pass", function()
    for kind, answer in pairs { server = { 503, "" }, network = "close",
      rate_limited = { 429, "", { "Retry-After: 3600" } } } do
      local client, err = connect { answer }
      assert.is_nil(client)
      assert.equal(kind, err.kind)
      assert.equal(cloud.url .. "/", err.url)
    end
  end)

  it("fails at once if there is no document", function()
    for _, answer in ipairs { { 404, "<html>no</html>" }, { 404, "{}" }, { 401, "{}" },
      { 200, "<html>welcome</html>" }, { 302, "", { "Location: /login" } } } do
      local before = cloud:count "GET /"
      local client, err = connect { answer }
      assert.is_nil(client)
      assert.equal("config", err.kind)
      assert.matches("add it, or set api_version", err.message, 1, true)
      assert.equal(before + 1, cloud:count "GET /")
    end
  end)

  it("fails as what it is where nobody listens", function()
    local closed = assert(socket.bind("127.0.0.1", 0))
    local _, port = closed:getsockname()
    closed:close()
    local client, err = rsnapshots.connect { endpoint = "http://127.0.0.1:" .. port, retries = 0 }
    assert.is_nil(client)
    assert.equal("network", err.kind)
  end)
end)
