--- The table of options, and what the documentation says of it.
local options = require "rsnapshots.connect.options"
local process = require "spec.support.process"
local profiles = require "rsnapshots.connect.profiles"
local settings_of = require "rsnapshots.connect.settings"

local DOC = process.read "docs/connecting.md"
local TABLE = DOC:match "\n## Options\n(.-)\n## "

local KINDS = { string = true, names = true, version = true, seconds = true, boolean = true,
  bytes = true, count = true, whole = true, ["function"] = true }

-- Calls a function with each variable and its option.
local function each_variable(visit)
  for _, option in ipairs(options.list) do
    for _, kind in ipairs { "variables", "rackspace", "bare" } do
      for _, name in ipairs(option[kind] or {}) do
        visit(name, option)
      end
    end
  end
end

describe("every option", function()
  it("has a name of its own and a type", function()
    local seen = {}
    for _, option in ipairs(options.list) do
      assert.is_true(KINDS[option.type], option.name)
      for _, name in ipairs { option.name, (option.aliases or {})[1] } do
        assert.is_nil(seen[name], name)
        seen[name] = true
      end
    end
  end)

  it("has variables of its own", function()
    local seen = {}
    each_variable(function(name)
      assert.is_nil(seen[name], name)
      seen[name] = true
      assert.matches("^[OR]S_[A-Z0-9_]+$", name)
    end)
  end)

  it("is documented, with its aliases and its default", function()
    for _, option in ipairs(options.list) do
      local row = TABLE:match("\n(|[^\n|]*`" .. option.name .. "`[^\n]*)")
      assert.is_truthy(row, option.name)
      for _, alias in ipairs(option.aliases or {}) do
        assert.is_truthy(row:find("`" .. alias .. "`", 1, true), alias)
      end
      local default = option.default
      if type(default) == "number" and option.type ~= "bytes" or type(default) == "boolean" then
        assert.is_truthy(row:gsub("`", ""):find("| " .. tostring(default) .. " |", 1, true), row)
      end
    end
  end)

  -- `OS_VOLUME_API_VERSION` is documented as `OS_…_API_VERSION`, and VOLUME below the table.
  it("is documented with its variables", function()
    local services = DOC:match "\nThe `…` stands for a name of the service: ([^.]+)"
    each_variable(function(name, option)
      for service in services:gmatch "`([A-Z0-9_]+)`" do
        name = name:gsub("^OS_" .. service .. "_", "OS_…_")
      end
      assert.is_truthy(DOC:find("\n|[^\n|]*`" .. name .. "`[^\n|]*| `" .. option.name .. "` |"),
        name)
    end)
  end)

  it("is completed by its default, and by nothing that was said", function()
    local settings = assert(settings_of.gather { endpoint = "http://h/v3/p", auth_type = "none",
      retries = 0, verify = false })
    assert.same({ 0, false, 60, "public" }, { settings.retries, settings.verify, settings.timeout,
      settings.interface })
  end)
end)

describe("every profile", function()
  it("is documented", function()
    for name, facts in pairs(profiles) do
      local row = DOC:match("\n| `" .. name:gsub("%-", "%%-") .. "`([^\n]*)")
      assert.is_truthy(row, name)
      assert.is_truthy(row:find("| " .. table.concat(facts.regions, ", ") .. " |", 1, true), name)
      assert.equal(facts.domain ~= nil, row:find "^ %*" ~= nil, name)
      if facts.auth_url then
        assert.is_truthy(row:find("`" .. facts.auth_url:gsub("region_name", "region") .. "`", 1,
          true), name)
      end
    end
  end)
end)
