-- Kind: a service is rolled back while a listing is read. The page ahead was refused with 406
-- before anybody asked for it, and the listing ended with that; only a page that was waited for
-- made the client settle on another microversion.
local connect = require "spec.support.connect"
local served = require "spec.support.served_command"

describe("a page ahead that is refused with 406", function()
  it("is asked for again with another microversion", function()
    for _, read in ipairs {
      function(pager)
        local ids = {}
        for snapshot in pager do
          ids[#ids + 1] = snapshot.id
        end
        return ids
      end,
      function(pager) return assert(pager:all()) end,
      function(pager)
        local rows = {}
        assert(pager:each_page(function(page)
          for i = 1, #page do
            rows[#rows + 1] = page[i].id
          end
        end))
        return rows
      end,
    } do
      local client, sim = connect.new({}, { page_limit = 3, quirks = { "rolled_back" } })
      sim:add_snapshots(8)
      local pager = client:list()
      assert(pager:next())
      for _ = 1, 100 do -- the page ahead comes, and nobody waits for it
        sim:step(0)
        client:step()
      end
      assert.equal(7, #read(pager))
      assert.equal("3.59", client.microversion)
      client:close()
      sim:close()
    end
  end)

  it("is one for the command, too", function()
    local cloud = served.cloud { page_limit = 3, quirks = { "rolled_back" } }
    cloud:nights(7)
    local out, err, status = cloud:run "list -f value -c name"
    assert.same({ 0, "" }, { status, err })
    assert.equal(7, select(2, out:gsub("\n", "")))
    cloud:close()
  end)

  it("is an error where there is no other microversion", function()
    local client, sim = connect.new({ microversion = "3.70" }, { page_limit = 3,
      quirks = { "rolled_back" } })
    sim:add_snapshots(8)
    local pager = client:list()
    assert(pager:next())
    for _ = 1, 100 do
      sim:step(0)
      client:step()
    end
    local all, err = pager:all()
    assert.is_nil(all)
    assert.equal(406, err.status)
    client:close()
    sim:close()
  end)
end)
