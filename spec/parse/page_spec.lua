-- A Page: a read-only sequence of Snapshots.
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"
local versions = require "spec.support.versions"
local ids_of = require "spec.support.ids"

--- A listing's body of so many snapshots: s1, s2, ...
local function body(count, more)
  local objects = {}
  for i = 1, count do
    objects[i] = ('{"id":"s%d","name":"n%d","size":%d}'):format(i, i, i)
  end
  return '{"snapshots":[' .. table.concat(objects, ",") .. "]" .. (more or "") .. "}"
end

local function page_of(count, more, client)
  return assert(core.page(body(count, more), client))
end

describe("a Page", function()
  it("has a length and elements", function()
    local page = page_of(3)
    assert.equal(3, #page)
    assert.same({ "s1", "s2", "s3" }, ids_of(page))
    assert.equal(2, page[2].size)
    assert.equal(0, #page_of(0))
  end)

  it("has nothing out of its range", function()
    local page = page_of(3)
    for _, index in ipairs { 0, -1, 4, 100, versions.greatest, versions.least, math.huge,
      -math.huge, 0 / 0, 2 ^ 53, 2 ^ 64, -2 ^ 64 } do
      assert.is_nil(page[index])
    end
    assert.is_nil(page_of(0)[1])
  end)

  it("has nothing between its elements", function()
    local page = page_of(3)
    for _, index in ipairs { 0.5, 1.5, 2.9999999, 3.1, 1 + 2 ^ -52 } do
      assert.is_nil(page[index])
    end
    assert.equal("s2", page[2.0].id)
  end)

  it("has nothing under other keys", function()
    local page = page_of(3, ',"count":9')
    for _, key in ipairs { "1", "", "id", "length", "total\0", "next_link\0x", true, {} } do
      assert.is_nil(page[key])
    end
  end)

  it("is walked by its indices", function()
    local page, seen = page_of(4), {}
    for i = 1, #page do
      seen[i] = page[i].id
    end
    assert.same({ "s1", "s2", "s3", "s4" }, seen)
  end)

  it("is walked by ipairs", function()
    if not versions.ipairs then
      return
    end
    local seen = {}
    for i, snapshot in ipairs(page_of(4)) do
      seen[i] = snapshot.id
    end
    assert.same({ "s1", "s2", "s3", "s4" }, seen)
  end)

  it("is walked by pairs", function()
    if not versions.pairs then
      return
    end
    local seen = {}
    for i, snapshot in pairs(page_of(4)) do
      assert.equal(versions.number_type(1), versions.number_type(i))
      seen[i] = snapshot.id
    end
    assert.same({ "s1", "s2", "s3", "s4" }, seen)
    for _ in pairs(page_of(0)) do
      error "there is nothing"
    end
  end)

  it("ends a walk that goes on from anywhere", function()
    local page = page_of(2)
    local following = debug.getmetatable(page).__pairs(page)
    assert.equal(2, (following(page, 1)))
    for _, from in ipairs { 2, 3, -1, 0.5, 1e300, -1e300, math.huge, -math.huge, 0 / 0,
      versions.greatest, versions.least } do
      assert.is_nil((following(page, from)))
    end
    assert.has_error(function() following(page, "x") end)
    assert.has_error(function() following({}, 1) end)
  end)

  it("gives equal snapshots for the same place", function()
    local page = page_of(2)
    assert.equal(page[1], page[1])
    assert.not_equal(page[1], page[2])
  end)

  it("gives snapshots that outlive it", function()
    local last
    do
      local page = page_of(50)
      last = page[50]
    end
    collectgarbage()
    collectgarbage()
    assert.equal("n50", last.name)
  end)

  it("is read-only", function()
    local page = page_of(2)
    for _, key in ipairs { 1, 3, "name", "total" } do
      local ok, problem = pcall(function()
        page[key] = "x"
      end)
      assert.is_false(ok)
      assert.is_truthy(problem:find("read%-only"))
    end
    assert.is_false(getmetatable(page))
    assert.has_error(function() setmetatable(page, {}) end)
    assert.has_error(function() table.insert(page, "x") end)
    assert.same({ "s1", "s2" }, ids_of(page))
  end)

  it("says in a string what it is", function()
    assert.equal("rsnapshots.Page: 2 snapshots", tostring(page_of(2)))
  end)

  it("hands its client on to its snapshots", function()
    local client = { endpoint = "http://a" }
    assert.equal(client, core.client_of(page_of(2, nil, client)[2]))
    assert.is_nil(core.client_of(page_of(2)[2]))
  end)

  it("knows the service's count", function()
    assert.equal(41, page_of(2, ',"count":41').total)
    assert.equal(0, page_of(0, ',"count":0').total)
    assert.is_nil(page_of(2, ',"count":null').total)
    assert.equal(41, page_of(2, ',"count":"41"').total)
    assert.is_nil(page_of(2, ',"count":-1').total)
    assert.is_nil(page_of(2, ',"count":"many"').total)
    assert.is_nil(page_of(2).total)
  end)

  it("knows the next page's link", function()
    local function link_of(links)
      return page_of(1, ',"snapshots_links":' .. links).next_link
    end
    assert.equal("http://h/?a=1&b=2",
      link_of [=[[{"rel":"prev","href":"x"},{"rel":"next","href":"http:\/\/h\/?a=1\u0026b=2"}]]=])
    assert.equal("h", link_of '[{"href":"h","rel":"next","type":"x"}]')
    assert.is_nil(link_of "[]")
    assert.is_nil(link_of "null")
    assert.is_nil(link_of '[{"rel":"self","href":"x"}]')
    for _, odd in ipairs { "{}", "7", '"x"', "[7]", "[{}]", '[{"rel":"next"}]',
      '[{"rel":"next","href":""}]', '[{"rel":"next","href":null}]',
      '[{"rel":"next","href":["x"]}]', '[{"rel":null,"href":"x"}]' } do
      assert.is_nil(link_of(odd))
    end
    assert.is_nil(page_of(1).next_link)
  end)

  it("holds more snapshots than services send at once", function()
    for _, count in ipairs { 1023, 1024, 1025, 3000 } do
      local page = page_of(count, ',"count":7,"snapshots_links":[{"rel":"next","href":"h"}]')
      assert.equal(count, #page)
      assert.equal("s" .. count, page[count].id)
      assert.equal("s1", page[1].id)
      assert.equal("h", page.next_link)
      assert.equal(7, page.total)
    end
  end)

  it("leaves out what is null", function()
    local page = core.page '{"snapshots":[null,{"id":"a"},null,{"id":"b"},null]}'
    assert.same({ "a", "b" }, ids_of(page))
    assert.equal(0, #core.page '{"snapshots":[null]}')
    assert.equal(0, #core.page '{"snapshots":null}')
  end)

  it("takes the last of several lists", function()
    local page = core.page '{"snapshots":[{"id":"a"},{"id":"b"}],"snapshots":[{"id":"c"}]}'
    assert.same({ "c" }, ids_of(page))
  end)
end)

describe("extract_snapshots", function()
  it("decodes a body that came from elsewhere", function()
    local page = assert(rsnapshots.extract_snapshots(body(2)))
    assert.same({ "s1", "s2" }, ids_of(page))
  end)

  local WRONG = {
    [""] = "invalid JSON at byte 0: unexpected end of text",
    ["<html><title>502</title></html>"] = "invalid JSON at byte 0: unexpected character",
    ["[]"] = "expected an object, got an array",
    ['"snapshots"'] = "expected an object, got a string",
    ["{}"] = "snapshots: missing",
    ['{"snapshot":{"id":"a"}}'] = "snapshots: missing",
    ['{"snapshots":{"id":"a"}}'] = "snapshots: expected an array, got an object",
    ['{"snapshots":["a"]}'] = "snapshots[0]: expected an object, got a string",
    ['{"snapshots":[[]]}'] = "snapshots[0]: expected an object, got an array",
    ['{"snapshots":[{"id":"a"},{}]}'] = "snapshots[1].id: missing",
    ['{"snapshots":[{"id":"a"},{"id":[7]}]}'] =
      "snapshots[1].id: expected a string, got an array",
    ['{"snapshots":[null,{"name":"n"}]}'] =
      'snapshots[1].id: missing (the snapshot named "n")',
    ['{"snapshots":[{"id":"a","size":1O}]}'] =
      "invalid JSON at byte 32: unexpected character",
    ['{"snapshots":[{"id":"a"},'] = "invalid JSON at byte 25: unexpected end of text",
    ['{"snapshots":[{"id":"a"}]'] = "invalid JSON at byte 25: unexpected end of text",
    ['{"snapshots":[{"id":"a"},]}'] = "invalid JSON at byte 25: unexpected character",
    ['{"snapshots":[]}{}'] = "invalid JSON at byte 16: text after the value",
    ['{"snapshots":[],"snapshots_links":[{"more":{"a":[1}}]}'] =
      "invalid JSON at byte 50: unexpected character",
  }

  for text, problem in pairs(WRONG) do
    it("refuses " .. (text == "" and "nothing" or text), function()
      local page, err = rsnapshots.extract_snapshots(text)
      assert.is_nil(page)
      assert.is_true(rsnapshots.is_error(err))
      assert.equal("decode", err.kind)
      assert.equal(problem, err.message)
    end)
  end

  it("refuses a page cut anywhere", function()
    local text = body(3, ',"count":3')
    for size = 0, #text - 1 do
      local page, err = rsnapshots.extract_snapshots(text:sub(1, size))
      assert.is_nil(page)
      assert.equal("decode", err.kind)
    end
  end)

  it("refuses a link that is too long for a request", function()
    local function linked(size)
      return body(0, ',"snapshots_links":[{"rel":"next","href":"' .. ("h"):rep(size) .. '"}]')
    end
    assert.equal(16384, #rsnapshots.extract_snapshots(linked(16384)).next_link)
    local _, err = rsnapshots.extract_snapshots(linked(16385))
    assert.equal("snapshots_links: the next page's link is longer than 16 KiB", err.message)
  end)

  it("raises for what is no string", function()
    for _, value in ipairs { {}, true, 12 } do
      assert.has_error(function() rsnapshots.extract_snapshots(value) end)
    end
    assert.has_error(function() rsnapshots.extract_snapshots() end)
  end)
end)
