-- Kind: a service that ignores or refuses the order, or filters: the newest was not the newest.
local compat = require "rsnapshots.support.compat"
local simulator = require "rsnapshots.simulator"

for api_version = 1, 3 do
  describe("with version " .. api_version .. ", a listing", function()
    local client, sim

    local function open(...)
      sim = assert(simulator.new { quirks = { ... } })
      local list = {}
      for i = 1, 7 do
        list[i] = { name = "s" .. i, age = i * 60, status = i % 2 == 0 and "error" or nil,
          metadata = { parity = tostring(i % 2) } }
      end
      sim:add_snapshots(list)
      client = assert(sim:connect { api_version = api_version })
    end

    after_each(function()
      client:close()
      sim:close()
    end)

    local function names(filters)
      local found = {}
      for i, snapshot in ipairs(assert(client:list(filters):all())) do
        found[i] = snapshot.name
      end
      return table.concat(found, " ")
    end

    for _, quirks in ipairs { {}, { "sort_ignored" }, { "sort_refused" }, { "filters_ignored" },
      { "filters_refused" }, { "sort_refused", "filters_refused" },
      { "sort_ignored", "filters_ignored" } } do
      it("is right in spite of: " .. table.concat(quirks, ", "), function()
        open(compat.unpack(quirks))
        assert.equal("s1", names { sort = "created_at:desc", max = 1 })
        assert.equal("s7", names { sort = "created_at:asc", max = 1 })
        assert.equal("s7 s6 s5", names { sort = "created_at:asc", max = 3 })
        assert.equal("s7 s6 s5 s4 s3 s2 s1", names { sort = "name:desc", page_size = 2 })
        assert.equal("s2 s4 s6", names { status = "ERROR", sort = "created_at:desc" })
        if api_version > 1 then -- which shows no metadata
          assert.equal("s1 s3 s5 s7", names { metadata = { parity = "1" }, sort = "name" })
        end
        assert.equal("s4", names { name = "s4" })
        assert.equal(3, (client:count { status = "error" }))
        assert.equal("s4", assert(client:find "s4").name)
        local some = assert(client:find("s4", { most_recent = true }))
        assert.equal("s4", some.name)
      end)
    end
  end)
end
