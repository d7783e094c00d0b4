-- Kind: what somebody else wrote looks like our own lines. A name, a description or a service's
-- words with a line's end, a terminal's commands or Unicode's further line ends must not make a
-- second line of a message, nor change how it is shown.
local check = require "rsnapshots.support.check"
local connect = require "spec.support.connect"
local errors = require "rsnapshots.error"

local FORGERIES = { "x\nserver: all is lost", "x\r\nserver: all is lost", "x\27[2Kall is well",
  "x\194\133all is lost", "x\226\128\168all is lost", "x\226\128\174tsol si lla", "x\0y\127" }

local function assert_one_line(text)
  assert.is_nil(text:find "[%z\1-\31\127]")
  assert.is_nil(text:find("\194\133", 1, true))
  assert.is_nil(text:find "\226\128[\168-\174]")
end

describe("a forged line", function()
  it("is none in an error's message and text", function()
    for _, text in ipairs(FORGERIES) do
      local err = errors.new("ambiguous", text, { method = "GET", url = "http://h/" .. text,
        status = 404, code = text, request_id = text })
      assert_one_line(err.message)
      assert_one_line(tostring(err))
      err.message = text
      assert_one_line("" .. err)
    end
  end)

  it("is none in the message of a wrong call", function()
    for _, text in ipairs(FORGERIES) do
      local _, message = pcall(check.keys, { [text] = 1 }, {}, "create")
      assert_one_line(message)
      assert.matches("there is no option 'x", message, 1, true)
    end
  end)

  it("is none in the failures of a client", function()
    local client, sim = connect.new()
    for _, text in ipairs(FORGERIES) do
      local snapshot, err = client:find(text)
      assert.is_nil(snapshot)
      assert_one_line(tostring(err))
      for _ = 1, 2 do
        sim:add_snapshots(1, { volume_id = sim.volume_id, name = text })
      end
      snapshot, err = client:find(text)
      assert.is_nil(snapshot)
      assert.equal("ambiguous", err.kind)
      assert_one_line(tostring(err))
    end
    client:close()
    sim:close()
  end)
end)
