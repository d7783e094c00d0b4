-- Kind: `rsnapshots get X` asked "did you mean 'set'?", which changes snapshots. Other words that
-- people know from cinder and restic, such as `snapshot-list` and `forget`, got no hint at all.
local command = require "spec.support.command"

describe("a command that others call otherwise", function()
  it("is told by its name here", function()
    for word, name in pairs { get = "show", ["snapshot-list"] = "list", forget = "prune",
      snapshots = "list", rm = "delete", lst = "list" } do
      local out, err, status = command.run(word)
      assert.same({ "", 2 }, { out, status })
      assert.equal(("rsnapshots: there is no command '%s'; did you mean '%s'?\nrsnapshots: see "
        .. "'rsnapshots --help'\n"):format(word, name), err)
    end
  end)
end)
