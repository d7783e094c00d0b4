-- Kind: a token of version 1 was an offset alone. What was created since came again, and what was
-- deleted since made the listing miss other snapshots.
local connect = require "spec.support.connect"
local ids_of = require "spec.support.ids"

describe("a token of version 1", function()
  local client, sim

  local function begin(quirk)
    client, sim = connect.new({ api_version = 1 }, { page_limit = 4, quirks = { quirk } })
    sim:add_snapshots(10)
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Gives out so many, then changes something, and goes on by the token.
  local function continue(filters, given, change)
    local pager, found = client:list(filters), {}
    for i = 1, given do
      found[i] = pager:next().id
    end
    local token = pager:token()
    change(found)
    local rest = {}
    for key, value in pairs(filters) do
      rest[key] = value
    end
    rest.token = token
    local all, err = client:list(rest):all()
    for _, id in ipairs(ids_of(all or {})) do
      found[#found + 1] = id
    end
    return found, err
  end

  local FILTERS = { {}, { page_size = 1 }, { status = "available", prefetch = false } }

  for given = 1, 10 do
    it(("goes on after the row that was given out (%d)"):format(given), function()
      begin()
      for _, filters in ipairs(FILTERS) do
        local all = ids_of(client:list():all())
        assert.same(all, (continue(filters, given, function()
          sim:advance(60)
          sim:add_snapshots(2)
        end)))
      end
    end)
  end

  it("misses nothing after deletes", function()
    begin()
    for _, given in ipairs { 3, 5 } do
      local all = ids_of(client:list():all())
      assert.same(all, (continue({}, given, function(found)
        assert(client:delete(found[1]))
        assert(client:delete(found[2]))
        sim:advance(60)
      end)))
    end
  end)

  it("does not depend on rows that did not pass", function()
    client, sim = connect.new({ api_version = 1 }, { page_limit = 4 })
    local records = {}
    for i = 12, 1, -1 do -- the oldest first
      records[#records + 1] = { age = i, status = i % 4 == 1 and "available" or "error" }
    end
    sim:add_snapshots(records)
    local all = ids_of(client:list():all())
    for _, given in ipairs { 1, 2 } do
      local wanted = ids_of(client:list({ status = "available" }):all())
      assert.equal(3, #wanted)
      assert.same(wanted, (continue({ status = "available", prefetch = false }, given, function()
        assert(client:delete(all[given * 4]))
        sim:advance(60)
      end)))
    end
  end)

  it("whose snapshot was deleted gives not_found", function()
    begin()
    local _, err = continue({}, 5, function(found)
      assert(client:delete(found[5]))
      sim:advance(60)
    end)
    assert.equal("not_found", err.kind)
  end)

  for _, quirk in ipairs { "v1_offset_ignored", "v1_paging_ignored", "list_204", "nulls_between",
      "v1_past_end_404" } do
    it("brings every row once from a service with the quirk " .. quirk, function()
      begin(quirk)
      local all = ids_of(client:list():all())
      for given = 0, #all do
        assert.same(all, (continue({}, given, function() end)))
      end
    end)
  end

  -- the same page comes again and again, until a larger one is asked for
  it("says no place that is none", function()
    begin "v1_offset_ignored"
    local all = ids_of(client:list():all())
    local pager, found = client:list { page_size = 4, prefetch = false }, {}
    for i = 1, 4 do
      found[i] = pager:next().id
    end
    sim:fault { method = "GET", path = "/snapshots", query = "^limit=1000$", status = 400 }
    assert.is_nil((pager:next()))
    sim:clear_faults()
    assert.equal("row:0:" .. found[4], pager:token())
    assert.equal(#all - 4, #client:list({ token = pager:token() }):all())
  end)

  it("costs one request where nothing has changed", function()
    begin()
    continue({ prefetch = false }, 6, function() sim:clear_requests() end)
    assert.equal("limit=1000&offset=5", sim.requests[1].query)
    assert.is_true(#sim.requests <= 3)
  end)
end)
