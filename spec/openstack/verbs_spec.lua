--- Every verb at the ends and the turns of the microversions, on a real Cinder; also by URLs that
-- name no project, for an administrator of the system.

local cloud = require "spec.openstack.support"
local verbs = require "spec.support.verbs"

describe("every verb #openstack", function()
  local project, client, admin, volume, in_use
  local names = 0

  setup(function()
    project = cloud.project()
    volume, in_use = project:volume(), project:volume_in_use()
  end)

  local function works_on()
    return {
      client = client, admin = admin, volume = volume, volume_in_use = in_use,
      quick = cloud.quick, host = "rsnapshots@nothing#nothing",
      ready = function(options)
        options = options or {}
        options.volume_id, options.metadata = options.volume_id or volume, { x = "y" }
        return cloud.ready(client, options)
      end,
      unique = function()
        names = names + 1
        return "name-" .. names
      end,
    }
  end

  for _, case in ipairs {
    { "3.0", 0 }, { "3.66", 66 }, { "3.67", 67 }, { nil, 70 },
    { "3.0", 0, bare = true }, { nil, 70, bare = true, system = true },
  } do
    describe(("at %s%s%s"):format(case[1] or "the newest",
      case.bare and " without a project" or "", case.system and ", for the system" or ""),
      function()
        setup(function()
          local options = { microversion = case[1],
            endpoint = case.bare and cloud.env().RC_CINDER_URL .. "/v3" or nil }
          client = project:connect(options)
          if case.system then
            options.project_name, options.system_scope = false, "all"
          end
          admin = cloud.admin(options)
        end)

        teardown(function()
          client:close()
          admin:close()
        end)

        it("has that microversion", function()
          assert.equal("3." .. case[2], client.microversion)
          assert.equal(case.bare and case[2] >= 67 or false,
            not client.endpoint:find(project.id, 1, true))
        end)

        verbs.describe(it, assert, works_on, 3, case[2])
      end)
  end
end)
