-- Kind: rotate --dry-run of what would be refused, because too many snapshots would go, ended with
-- status 0, as if the real run would succeed; that of prune did not.
local served = require "spec.support.served_command"

describe("a dry run over the limit", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    for _, name in ipairs { "web", "db" } do
      cloud:nights(name == "web" and 6 or 2, { volume_id = cloud.sim:add_volume { name = name } })
    end
  end)

  after_each(function() cloud:close() end)

  local function status_of(arguments)
    local out, err, status = cloud:run(arguments)
    assert.equal("", err)
    assert.equal(0, cloud:changes())
    return status, out
  end

  it("ends with the status of the real run", function()
    local rotate = "rotate --dry-run --keep-last 2 --policy-name nightly --volume web"
    local status, out = status_of(rotate)
    assert.equal(1, status)
    assert.matches("^web: would make one for %S+, 2 kept, 5 removed; refused: [^\n]*\n"
      .. ("  remove  [^\n]*\n"):rep(5) .. "$", out)
    assert.equal(3, (status_of(rotate .. " --volume db")))
    assert.equal(0, (status_of(rotate .. " --volume db --max-remove 9")))
  end)
end)
