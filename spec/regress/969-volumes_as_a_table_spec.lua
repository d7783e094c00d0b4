-- Kind: a listing of volumes taken for a table looked like an empty one, in Lua 5.1 and LuaJIT: its
-- length was 0, and ipairs gave nothing. (So did ipairs in 5.2, and pairs everywhere.)
local connect = require "spec.support.connect"

describe("a listing of volumes", function()
  local client, sim

  setup(function()
    client, sim = connect.new()
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  for what, use in pairs {
    ["a length"] = function(volumes) return #volumes end,
    ["ipairs"] = function(volumes)
      for _ in ipairs(volumes) do
        error "there is something"
      end
    end,
    ["pairs"] = function(volumes)
      for _ in pairs(volumes) do
        error "there is something"
      end
    end,
    ["an index"] = function(volumes) return volumes[1] end,
  } do
    it("has not " .. what, function()
      assert.has_error(function() use(client:volumes()) end)
    end)
  end

  it("says how its methods are called", function()
    local volumes = client:volumes()
    for _, name in ipairs { "next", "all" } do
      assert.error_matches(function() volumes[name]() end, "call its methods with a colon")
      assert.error_matches(function() volumes[name] {} end, "call its methods with a colon")
    end
  end)
end)
