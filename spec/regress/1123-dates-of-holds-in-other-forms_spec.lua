-- Kind: `set NAME --hold 31.12.2099` said that the date is one argument too many, and not that it
-- is no date: the option takes a word only if it looks like one.
local parser = require "rsnapshots.cli.arguments.parser"
local set = require "rsnapshots.cli.set"

describe("a hold until a day", function()
  local function problem_of(...)
    return select(2, parser.parse(set, { ... }))
  end

  it("that is not written as one is told how", function()
    assert.equal("'31.12.2099' is one argument too many; the value of --hold is written "
      .. "--hold=DATE", problem_of("name", "--hold", "31.12.2099"))
    assert.matches("^%-%-hold: must be a day such as 2026%-11%-23, .*not '31%.12%.2099'",
      problem_of("name", "--hold=31.12.2099"))
  end)

  it("is not mentioned where it has a value, or is not given", function()
    assert.equal("'more' is one argument too many", problem_of("name", "more"))
    assert.equal("'more' is one argument too many", problem_of("name", "more", "--hold=forever"))
  end)
end)
