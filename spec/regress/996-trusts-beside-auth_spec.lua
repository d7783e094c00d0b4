-- A trust_id or passcode in a cloud is refused, because without it the snapshots would be somebody
-- else's; but only in `auth`. Beside it, where openstacksdk finds credentials too, they were left
-- aside without a word. A null in `auth`, which means none, was refused.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local settings = require "rsnapshots.connect.settings"

describe("a cloud of clouds.yaml", function()
  local folder

  before_each(function()
    folder = environment.replace_with_folder()
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.json" }
  end)

  after_each(environment.restore)

  -- What comes of these further members in auth, and beside it.
  local function gather(within, beside)
    process.write(folder .. "/clouds.json", ('{"clouds": {"c": {"auth": {"auth_url": '
      .. '"https://k/v3", "username": "u", "password": "pppp"%s}%s}}}'):format(within, beside))
    return settings.gather { cloud = "c" }
  end

  it("with a trust or a passcode is refused, wherever that is", function()
    for _, key in ipairs { "trust_id", "trust-id", "passcode" } do
      local more = (', "%s": "s3cret"'):format(key)
      for _, found in ipairs { { gather(more, "") }, { gather("", more) } } do
        assert.is_nil(found[1])
        assert.equal("config", found[2].kind)
        assert.matches(key:gsub("-", "_") .. " of cloud 'c'", found[2].message, 1, true)
        assert.matches("is not supported", found[2].message, 1, true)
        assert.is_nil(found[2].message:find("s3cret", 1, true))
      end
    end
  end)

  it("with a null for one has none", function()
    for _, key in ipairs { "trust_id", "passcode" } do
      local null = (', "%s": null'):format(key)
      assert.equal("u", assert(gather(null, "")).username)
      assert.equal("u", assert(gather("", null)).username)
    end
  end)
end)
