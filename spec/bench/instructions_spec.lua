-- How many instructions the paths that matter take, beside what is kept in bench/instructions.json.
-- scripts/lua bench/keep.lua writes that anew.
local cjson = require "cjson"
local instructions = require "bench.instructions"
local process = require "spec.support.process"

local MOST = 1.1 -- of what is kept

describe("the number of instructions #slow #separate", function()
  local kept = cjson.decode(process.read "bench/instructions.json")
  local counted

  lazy_setup(function()
    counted = instructions.is_there() and instructions.count "build"
  end)

  for name, words in pairs { decode = "of reading a page into records",
    row = "of a row of a listing", get = "of one GET" } do
    it(words .. " has not grown by more than a tenth", function()
      if not counted then
        return pending "valgrind or nginx is not installed"
      end
      assert.is_true(counted[name] <= kept[name] * MOST,
        ("%d, and %d is kept"):format(counted[name], kept[name]))
    end)
  end
end)
