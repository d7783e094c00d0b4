-- A service that was rolled back, or whose workers are of two releases, refuses the microversion
-- with 406; so does one with a newer minimum whose documents were out of reach when connecting.
-- That ended every later call: now it can be settled again.
local errors = require "rsnapshots.error"
local microversion = require "rsnapshots.connect.microversion"
local service = require "rsnapshots.connect.service"

local ENDPOINT = "http://c/v3/p"

-- A session whose documents say this range, or are not to be had.
local function session(range, pinned)
  local asked = {}
  local function answer(_, _, address)
    asked[#asked + 1] = address
    if not range then
      return nil, errors.new("server", "no", { status = 503, sent = true })
    end
    return setmetatable({ range = range }, { __index = { close = function() end } })
  end
  return { settings = { microversion = pinned }, call = answer, asked = asked,
    core = { now = function() return 0 end } }
end

local function refusal(message)
  return errors.new("unsupported", message or "Version 3.70 is not supported by the API. Minimum "
    .. "is 3.0 and maximum is 3.59.", { status = 406, code = "computeFault" })
end

local REFUSED = { text = "3.70", minor = 70, most = 70 }

describe("after a 406 a microversion", function()
  local documents = require "rsnapshots.identity.documents"
  local read

  setup(function() -- what is decoded are C's requests; these say what is in them
    read = documents.read
    documents.read = function(request)
      local least, most = request.range:match "^(%S+) (%S+)$"
      return { versions = { { id = "v3.0", min_version = least, version = most } } }
    end
  end)

  teardown(function()
    documents.read = read
  end)

  local function again(given, refused, err)
    return microversion.renegotiate(given, ENDPOINT, math.huge, refused or REFUSED,
      err or refusal())
  end

  it("is what the documents say by now", function()
    local given = session "3.0 3.50"
    local settled = assert(again(given))
    assert.same({ "3.50", 50, 50 }, { settled.text, settled.minor, settled.most })
    assert.same({ "http://c/" }, given.asked)
  end)

  it("is what the refusal says where the documents say nothing", function()
    local settled = assert(again(session(nil)))
    assert.same({ "3.59", 59, 59 }, { settled.text, settled.minor, settled.most })
  end)

  it("is what the refusal says where the documents still offer what was refused", function()
    assert.equal("3.59", assert(again(session "3.0 3.70")).text)
  end)

  it("is a newer one where the documents were out of reach and 3.0 was refused", function()
    local old = { text = "3.0", minor = 0 }
    assert.equal("3.70", assert(again(session "3.27 3.99", old, refusal "no")).text)
    assert.equal("3.70", assert(again(session(nil), old, refusal("Version 3.0 is not supported by "
      .. "the API. Minimum is 3.27 and maximum is 3.99."))).text)
  end)

  it("is unsupported where it was pinned, and both ranges are said", function()
    local none, err = again(session("3.0 3.59", "3.70"))
    assert.is_nil(none)
    assert.equal("unsupported", err.kind)
    assert.matches("3.70 is not offered: the service has 3.0 to 3.59", err.message, 1, true)
  end)

  it("is 3.0 where neither says what there is", function()
    assert.equal("3.0", assert(again(session(nil), REFUSED, refusal "Not Acceptable")).text)
  end)

  it("is the refusal itself where there is no other", function()
    local err = refusal "Not Acceptable"
    assert.same({ nil, err }, { again(session "3.0 3.70", REFUSED, err) })
    assert.same({ nil, err }, { again(session(nil), { text = "3.0", minor = 0 }, err) })
  end)

  it("may put the project into the URL, which newer ones do without", function()
    local found = { endpoint = "http://c/v3", place = { url = "http://c/v3", version = 3,
      region = "R" },
      api_version = 3, project_id = "p", region = "R", settled = REFUSED }
    local given = assert(service.find_again(session "3.0 3.59", found, math.huge, refusal()))
    assert.same({ "http://c/v3/p", 3, "R", "p", "3.59" }, { given.endpoint, given.api_version,
      given.region, given.project_id, given.settled.text })
    assert.equal("http://c/v3", assert(service.find_again(session "3.0 3.68", found, math.huge,
      refusal())).endpoint)
    local err = refusal ""
    assert.same({ nil, err }, { service.find_again(session "3.0 3.70", found, math.huge, err) })
  end)

  it("is not taken from words that name no range", function()
    for _, words in ipairs { "", "Minimum is and maximum is .", "minimum is 3 and maximum is 4",
      "Minimum is 3.x and maximum is 3.y" } do
      assert.is_nil((again(session "3.0 3.70", REFUSED, refusal(words))))
    end
  end)
end)
