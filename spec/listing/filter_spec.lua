-- What a listing's filters mean where the services differ; what filter_property_spec.lua found.
local connect = require "spec.support.connect"
local ids_of = require "spec.support.ids"

local function from(list, first, last)
  local part = {}
  for i = first, last or #list do
    part[#part + 1] = list[i]
  end
  return part
end

for version = 1, 3 do
  describe("filters with version " .. version, function()
    local client, sim, ids -- newest first

    before_each(function()
      client, sim = connect.new({ api_version = version })
      local made = sim:add_snapshots(12, { prefix = "s" })
      ids = {}
      for i, id in ipairs(made) do
        ids[13 - i] = id
      end
      sim:clear_requests()
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function change(name, values)
      for i, id in ipairs(ids) do
        sim:find_snapshot(id)[name] = values[(i - 1) % #values + 1] or nil
      end
    end

    local function list(filters)
      return ids_of(assert(client:list(filters):all()))
    end

    local function queries()
      local all = {}
      for _, request in ipairs(sim.requests) do
        all[#all + 1] = request.query
      end
      return table.concat(all, " ")
    end

    it("lose no snapshot without a name, or with an empty one, however small the pages", function()
      change("name", { false, "", "b", "B" })
      for _, sort in ipairs { "name:asc", "name:desc", "size:desc,name", "description,name" } do
        local whole = list { sort = sort }
        assert.equal(12, #whole)
        for size = 1, 5 do
          assert.same(whole, list { sort = sort, page_size = size }, sort)
        end
      end
      local names = {}
      for snapshot in client:list { sort = "name" } do
        names[#names + 1] = snapshot.name or "-"
      end
      assert.equal("- - -    B B B b b b", table.concat(names, " "))
    end)

    it("sort by bytes, whatever the locale", function()
      change("name", { "été", "zoo", "Zoo", "a-b", "ab" })
      local whole = list { sort = "name,id" }
      local setlocale = os.setlocale
      os.setlocale = function() return "xx_XX.UTF-8" end -- luacheck: ignore 122
      local ok, again = pcall(list, { sort = "name,id" })
      os.setlocale = setlocale -- luacheck: ignore 122
      assert.is_true(ok, tostring(again))
      assert.same(whole, again)
      assert.equal("Zoo", client:get(whole[1]).name)
      assert.equal("été", client:get(whole[12]).name)
    end)

    it("sort what is equal by its time, in the first key's direction", function()
      change("name", { "b", "a" })
      assert.same(ids, list { sort = "size:desc" })
      local reversed = {}
      for i, id in ipairs(ids) do
        reversed[13 - i] = id
      end
      assert.same(reversed, list { sort = "size:asc" })
      local expected = {}
      for i = 12, 2, -2 do
        expected[#expected + 1] = ids[i]
      end
      for i = 11, 1, -2 do
        expected[#expected + 1] = ids[i]
      end
      assert.same(expected, list { sort = "name:asc" })
    end)

    it("take a sort key once", function()
      assert.same(list { sort = "name:asc" }, list { sort = "name:asc,size,name:desc,name" })
    end)

    it("begin after a marker in the order that is asked for", function()
      change("name", { "c", "a", "b", false })
      for _, sort in ipairs { "name", "name:desc", "created_at", "size", "id:desc" } do
        local whole = list { sort = sort }
        for _, place in ipairs { 1, 5, 12 } do
          local filters = { sort = sort, marker = whole[place], page_size = 5 }
          assert.same(from(whole, place + 1), list(filters), sort)
          assert.equal(12 - place, client:count(filters))
          filters.offset = 2
          assert.same(from(whole, place + 3), list(filters), sort)
          filters.max = 3
          assert.same(from(whole, place + 3, math.min(12, place + 5)), list(filters), sort)
        end
      end
    end)

    it("begin after a marker that the filters leave out", function()
      change("name", { "x", "y", "x" })
      local marker = ids[5] -- a y
      for _, sort in ipairs { "name:desc", "created_at:desc" } do
        local found = list { sort = sort, marker = marker, name = "x" }
        assert.equal(sort == "name:desc" and 8 or 5, #found)
      end
    end)

    it("begin after no marker that is unknown, sorted or not", function()
      for _, sort in ipairs { "name", "created_at" } do
        local found, err = client:list({ sort = sort,
          marker = "00000000-0000-4000-8000-000000000000" }):all()
        assert.is_nil(found)
        assert.equal("not_found", err.kind)
      end
    end)

    it("leave out as many as the offset says, of those that pass", function()
      change("name", { "x", "y", "x" })
      for _, filters in ipairs { { name = "x" }, { name_like = "x" }, { status = "available" },
        { created_after = 0 }, { sort = "name", name = "x" } } do
        local whole = list(filters)
        filters.page_size = 3
        for _, offset in ipairs { 0, 2, 5, #whole, 13 } do
          filters.offset = offset
          assert.same(from(whole, offset + 1), list(filters))
          assert.equal(math.max(0, #whole - offset), client:count(filters))
        end
      end
    end)

    it("take whole numbers that come out of a division", function()
      assert.same(from(ids, 4, 8), list { max = 10 / 2, offset = 6 / 2, page_size = 4 / 2 })
      local pager = client:list { offset = 6 / 2, max = 4 / 2, page_size = 10 / 2 }
      assert.equal(2, #pager:all())
      assert.same(from(ids, 6), list { token = pager:token() })
      assert.same(from(ids, 4), list { token = client:list({ offset = 6 / 2 }):token() })
      assert.same({}, list { offset = 1e9 })
      assert.is_nil(queries():find("%d%.%d") or queries():find("e+", 1, true))
    end)

    it("leave out as many after a marker", function()
      assert.same(from(ids, 7), list { marker = ids[4], offset = 2, page_size = 3 })
    end)

    it("give a token that is right before the first snapshot, too", function()
      for _, begin in ipairs { { offset = 3 }, { marker = ids[3] }, { marker = ids[2], offset = 1 },
        { offset = 3, name_like = "s" }, { offset = 3, sort = "created_at:desc" } } do
        local token = client:list(begin):token()
        assert.same(from(ids, 4),
          list { token = token, name_like = begin.name_like, sort = begin.sort })
      end
    end)

    it("give a token wherever a sorted listing is", function()
      change("name", { "c", "a", "b", false, "" })
      for _, sort in ipairs { "name:desc", "size,name", "updated_at" } do
        local whole = list { sort = sort }
        for taken = 0, 12 do
          local pager = client:list { sort = sort, page_size = 5 }
          for _ = 1, taken do
            pager:next()
          end
          local token = pager:token()
          local rest = client:list { sort = sort, token = token }
          assert.equal(token, rest:token())
          assert.same(from(whole, taken + 1), ids_of(rest:all()))
        end
      end
    end)

    it("that no snapshot can have are not sent, and give nothing", function()
      for _, text in ipairs { "\255", "a\195", "\237\160\128", "\195\226\130\172\160",
        ("x"):rep(20000) } do
        for _, filters in ipairs { { name = text }, { status = text }, { volume_id = text },
          { metadata = { k = text } }, { metadata = { [text] = "v" } } } do
          sim:clear_requests()
          assert.same({}, list(filters))
          assert.equal(0, client:count(filters))
          assert.is_nil(queries():find("name=", 1, true) or queries():find("status=", 1, true)
            or queries():find("volume_id=", 1, true) or queries():find("metadata=", 1, true))
        end
      end
    end)

    it("do not ask for single rows on the way to where a listing begins", function()
      list { marker = ids[10], max = 1 }
      assert.is_true(#sim.requests <= 2)
    end)
  end)
end

describe("a count", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    sim:add_snapshots(5, { name = "Night" })
    sim:add_snapshots(5, { name = "night", metadata = { k = "v" } })
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function asked_for_count()
    return sim.requests[1].query:find("with_count", 1, true) ~= nil
  end

  it("is the service's where no database could count more than is listed", function()
    for _, filters in ipairs { {}, { status = "Available" }, { volume_id = sim.volume_id },
      { consumes_quota = true }, { all_projects = true } } do
      sim:clear_requests()
      assert.equal(10, client:count(filters))
      assert.is_true(asked_for_count())
      assert.equal(1, #sim.requests)
    end
  end)

  it("is made by listing for names and metadata, which many databases compare loosely", function()
    for _, filters in ipairs { { name = "night" }, { metadata = { k = "v" } } } do
      sim:clear_requests()
      assert.equal(5, client:count(filters))
      assert.is_false(asked_for_count())
    end
  end)
end)

describe("a listing sorted here", function()
  it("is in the order of time, however the service writes it", function()
    local client, sim = connect.new { api_version = 1 } -- which sorts nothing itself
    local TIMES = { false, "no time", "2013-02-25T07:30:12.5Z", "2013-02-25T07:30:12Z",
      "2013-02-25 07:30:13", "2013-02-25T07:30:11.999999", "2013-02-25T07:30:14" }
    local items = {}
    for i, time in ipairs(TIMES) do
      items[i] = ('{"id": "%d", "created_at": %s}'):format(i, time and '"' .. time .. '"' or "null")
    end
    local page = '{"snapshots": [' .. table.concat(items, ",") .. "]}"
    for sort, order in pairs { ["created_at:asc"] = "1 2 6 4 3 5 7",
      ["created_at:desc"] = "7 5 3 4 6 2 1", ["size:asc"] = "1 2 6 4 3 5 7" } do
      sim:fault { path = "/snapshots", status = 200, body = page, times = 1 }
      sim:fault { path = "/snapshots", status = 204, times = 1 }
      assert.equal(order, table.concat(ids_of(client:list({ sort = sort }):all()), " "), sort)
    end
    client:close()
    sim:close()
  end)
end)
