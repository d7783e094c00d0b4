-- Kind: `list --volume web --volume db` listed the snapshots of db only, and said nothing, although
-- other commands take several volumes. So did two names, statuses and projects.
local parser = require "rsnapshots.cli.arguments.parser"

describe("a filter that takes one value", function()
  local function parse(command, ...)
    return parser.parse(require("rsnapshots.cli." .. command), { ... })
  end

  it("is refused if it is given twice", function()
    for _, option in ipairs { "--name", "--name-like", "--status", "--project", "--volume" } do
      local options, problem = parse("list", option, "a", option .. "=b")
      assert.is_nil(options)
      assert.equal(option .. " can be given only once", problem)
    end
    assert.equal("--status can be given only once",
      select(2, parse("timeline", "--status", "a", "--status", "a")))
  end)

  it("is not where it takes several", function()
    assert.same({ "a", "b" }, parse("timeline", "--volume", "a", "--volume", "b").volume)
    assert.same({ k = "v", l = "w" },
      parse("list", "--property", "k=v", "--property", "l=w").property)
  end)
end)
