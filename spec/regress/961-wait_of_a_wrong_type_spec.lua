-- Kind: an option of a wrong type was called by another name: `wait = "x"` gave "options must be a
-- table".
local connect = require "spec.support.connect"

describe("wait of a wrong type", function()
  local client, sim

  setup(function()
    client, sim = connect.new()
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  for verb, call in pairs {
    create = function(wait) client:create { volume_id = "v", wait = wait } end,
    create_all = function(wait) client:create_all({ { volume_id = "v" } }, { wait = wait }) end,
    restore = function(wait) client:restore("s", { wait = wait }) end,
    revert = function(wait) client:revert("s", { wait = wait }) end,
  } do
    it("is named by " .. verb, function()
      sim:clear_requests()
      for _, value in ipairs { "60", print } do
        assert.error_matches(function() call(value) end, ("rsnapshots: %s: wait must be true, a "
          .. "number of seconds, or a table of options, not a %s"):format(verb, type(value)))
      end
      assert.equal(0, #sim.requests)
    end)
  end
end)
