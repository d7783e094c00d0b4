-- docs/simulator.md: its blocks run as printed, and its table of quirks is complete.

local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"
local simulator = require "rsnapshots.simulator"
local versions = require "spec.support.versions"

local TEXT = process.read "docs/simulator.md"

describe("docs/simulator.md", function()
  local count = 0
  for block in TEXT:gmatch "```lua\n(.-)```" do
    count = count + 1
    it(("has a block %d that runs on %s"):format(count, compat.name), function()
      assert(versions.load(block))()
    end)
  end

  it("has blocks", function()
    assert.is_true(count >= 6, tostring(count))
  end)

  it("shows every quirk, with the sentence that the command prints", function()
    local rows = {}
    for name, sentence in TEXT:gmatch "\n| `([%w_]+)` | ([^\n]+) |" do
      rows[name] = sentence
    end
    for _, pair in ipairs(simulator.quirks()) do
      assert.equal(pair[2], rows[pair[1]], pair[1])
    end
  end)

  it("names every method", function()
    local sim = assert(simulator.new())
    local internal = { handle = true, serve = true, route = true, find_fault = true,
      remember = true, note = true }
    for name, method in pairs(getmetatable(sim)) do
      if type(method) == "function" and not internal[name] then
        assert.matches("sim:" .. name, TEXT, 1, true)
      end
    end
    sim:close()
  end)
end)
