-- Kind: a service ignores the order that is asked for, so the client sorts the rows. A listing that
-- went on by the token asked the service again for what comes after that row, in the service's own
-- order, and ended early: rows were missing.
local connect = require "spec.support.connect"
local ids_of = require "spec.support.ids"

for _, quirk in ipairs { "sort_ignored", "sort_refused" } do
  for _, sort in ipairs { "created_at:desc", "size:desc,created_at:desc", "name,id" } do
    describe(("a listing by %s where the service has %s"):format(sort, quirk), function()
      local client, sim

      before_each(function()
        client, sim = connect.new({}, { quirks = { quirk } })
        sim:add_snapshots(8)
      end)

      after_each(function()
        client:close()
        sim:close()
      end)

      it("goes on by its token, whatever was given out before", function()
        local all = ids_of(client:list({ sort = sort }):all())
        for given = 0, #all do
          local pager, found = client:list { sort = sort }, {}
          for i = 1, given do
            found[i] = pager:next().id
          end
          local token = pager:token()
          local untouched = client:list { sort = sort, token = token }
          assert.equal(token, untouched:token())
          for _, id in ipairs(ids_of(untouched:all())) do
            found[#found + 1] = id
          end
          assert.same(all, found)
        end
      end)
    end)
  end
end
