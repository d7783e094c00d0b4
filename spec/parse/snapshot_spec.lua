-- A Snapshot: what the service said at one moment, field by field.
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"
local versions = require "spec.support.versions"

local EXTENDED = "os-extended-snapshot-attributes:"

local TODAY = [[{ "id": "0f1e2d3c", "volume_id": "5aa119a8", "name": "nightly",
  "description": "Daily \u00fcber \"backup\"", "status": "available", "size": 10,
  "os-extended-snapshot-attributes:progress": "100%",
  "os-extended-snapshot-attributes:project_id": "acme",
  "metadata": {"keep": "7", "a\nb": "\u20ac"},
  "created_at": "2013-02-25T07:30:12.500000", "updated_at": "2013-02-25T07:30:13.000000",
  "user_id": "me", "group_snapshot_id": "g1", "consumes_quota": true,
  "os-extended-volume-attributes:x": {"y": [1, null, 2.5]}, "count": 3, "none": null }]]

local FIRST = [[{"id":"0f1e2d3c","display_name":"nightly","display_description":"Daily",
  "volume_id":"5aa119a8","status":"creating","size":100,"created_at":"2012-02-29T03:50:07Z"}]]

local function snapshot(object, client)
  return assert(core.snapshot('{"snapshot":' .. object .. "}", client))
end

--- A snapshot with an id and this one member.
local function with(name, value)
  return snapshot(('{"id":"i","%s":%s}'):format(name, value))
end

describe("a Snapshot", function()
  describe("has the fields", function()
    it("of today's spelling", function()
      local snap = snapshot(TODAY)
      assert.equal("0f1e2d3c", snap.id)
      assert.equal("5aa119a8", snap.volume_id)
      assert.equal("nightly", snap.name)
      assert.equal('Daily über "backup"', snap.description)
      assert.equal(rsnapshots.status.AVAILABLE, snap.status)
      assert.equal(10, snap.size)
      assert.equal(versions.number_type(10), versions.number_type(snap.size))
      assert.equal("100%", snap.progress)
      assert.equal("acme", snap.project_id)
      assert.same({ keep = "7", ["a\nb"] = "€" }, snap.metadata)
      assert.equal("2013-02-25T07:30:12.500000", snap.created_at)
      assert.equal("2013-02-25T07:30:13.000000", snap.updated_at)
      assert.equal(1361777412.5, snap.created_time)
      assert.equal(1361777413, snap.updated_time)
      assert.equal("me", snap.user_id)
      assert.equal("g1", snap.group_snapshot_id)
      assert.is_true(snap.consumes_quota)
    end)

    it("of the first version's spelling", function()
      local snap = snapshot(FIRST)
      assert.equal("nightly", snap.name)
      assert.equal("Daily", snap.description)
      assert.equal("CREATING", snap.status)
      assert.equal(100, snap.size)
      assert.equal(1330487407, snap.created_time)
      assert.is_nil(snap.progress)
      assert.is_nil(snap.project_id)
      assert.is_nil(snap.updated_at)
      assert.is_nil(snap.updated_time)
      assert.is_nil(snap.user_id)
      assert.is_nil(snap.group_snapshot_id)
      assert.is_nil(snap.consumes_quota)
      assert.same({}, snap.metadata)
    end)

    it("of whichever spelling has a value", function()
      local snap = snapshot [[{"id":"i","name":null,"display_name":"a",
        "display_description":null,"description":"b"}]]
      assert.equal("a", snap.name)
      assert.equal("b", snap.description)
    end)

    it("as nil where the service says null", function()
      for _, name in ipairs { "volume_id", "name", "display_name", "description", "status",
        "size", EXTENDED .. "progress", EXTENDED .. "project_id", "created_at", "updated_at",
        "user_id", "group_snapshot_id", "consumes_quota", "anything" } do
        local snap = with(name, "null")
        assert.is_nil(snap[name])
        assert.is_nil(snap[name:gsub("^.*:", ""):gsub("^display_", "")])
      end
      assert.same({}, with("metadata", "null").metadata)
      assert.is_nil(with("created_at", "null").created_time)
    end)

    it("with false that is no nil", function()
      assert.is_false(with("consumes_quota", "false").consumes_quota)
      assert.is_false(with("other", "false").other)
    end)

    it("with empty strings that are no nil", function()
      local snap = snapshot [[{"id":"i","name":"","description":"","created_at":""}]]
      assert.equal("", snap.name)
      assert.equal("", snap.description)
      assert.equal("", snap.created_at)
      assert.is_nil(snap.created_time)
    end)

    it("with any size that 64 bits hold", function()
      assert.equal(0, with("size", "0").size)
      assert.equal(versions.greatest, with("size", "9223372036854775807").size)
    end)

    it("with every byte that a string can mean", function()
      assert.equal("a\0b\31\127", with("name", [["a\u0000b\u001f]] .. "\127\"").name)
      assert.equal("😀", with("name", [["\ud83d\ude00"]]).name)
      local long = with("description", '"' .. ("\\n"):rep(5000) .. '"').description
      assert.equal(("\n"):rep(5000), long)
    end)

    it("under keys that are spelled with escapes", function()
      local snap = snapshot [[{"\u0069d":"i","stat\u0075s":"error","di\u0073play_name":"n"}]]
      assert.equal("i", snap.id)
      assert.equal("ERROR", snap.status)
      assert.equal("n", snap.name)
    end)
  end)

  describe("has a status", function()
    it("that compares with the constants", function()
      for wire, constant in pairs {
        creating = "CREATING", available = "AVAILABLE", deleting = "DELETING", error = "ERROR",
        error_deleting = "DELETE_ERROR", ["backing-up"] = "BACKING_UP", restoring = "RESTORING",
        unmanaging = "UNMANAGING", deleted = "DELETED",
      } do
        assert.equal(rsnapshots.status[constant], with("status", '"' .. wire .. '"').status)
        assert.equal(rsnapshots.status[constant], with("status", '"' .. wire:upper() .. '"').status)
      end
    end)

    it("in upper case however it is spelled", function()
      assert.equal("AVAILABLE", with("status", [["\u0061vailable"]]).status)
      assert.equal("BACKING/UP", with("status", [["backing\/up"]]).status)
    end)

    it("in upper case however long it is", function()
      for _, size in ipairs { 63, 64, 65, 1000, 5000 } do
        assert.equal(("A"):rep(size), with("status", '"' .. ("a"):rep(size) .. '"').status)
      end
    end)

    it("in which only ASCII has cases", function()
      assert.equal("GELöSCHT", with("status", '"gelöscht"').status)
      assert.equal("A{|}~_`[@Z", with("status", '"a{|}~_`[@z"').status)
    end)
  end)

  describe("has times", function()
    local FORMS = {
      ["2012-02-29T03:50:07Z"] = 1330487407,
      ["2012-02-29t03:50:07z"] = 1330487407,
      ["2013-02-25T07:30:12.000000"] = 1361777412,
      ["2013-02-25T07:30:12.25"] = 1361777412.25,
      ["2013-02-25T07:30:12.250000Z"] = 1361777412.25,
      ["2012-02-14T20:53:07"] = 1329252787,
      ["2013-02-25 07:30:12"] = 1361777412,
      ["2013-02-25 07:30:12.5"] = 1361777412.5,
      ["2013-02-25T07:30:12+02:00"] = 1361770212,
      ["2013-02-25T07:30:12-0930"] = 1361811612,
      ["1970-01-01T00:00:00"] = 0,
      ["1969-12-31T23:59:59"] = -1,
    }

    it("out of every form that services send", function()
      for text, seconds in pairs(FORMS) do
        assert.equal(seconds, with("created_at", '"' .. text .. '"').created_time)
        assert.equal(seconds, with("updated_at", '"' .. text .. '"').updated_time)
        assert.equal(text, with("created_at", '"' .. text .. '"').created_at)
      end
    end)

    it("however the string is spelled", function()
      local snap = with("created_at", [["2013\u002d02-25T07:30:12"]])
      assert.equal("2013-02-25T07:30:12", snap.created_at)
      assert.equal(1361777412, snap.created_time)
    end)

    it("that are nil when they cannot be read", function()
      for _, text in ipairs { "yesterday", "2013-02-30T00:00:00", "2013-02-25", "1361777412",
        "2013-02-25T07:30:12 UTC", "", "2013-02-25T25:00:00" } do
        local snap = with("created_at", '"' .. text .. '"')
        assert.is_nil(snap.created_time)
        assert.equal(text, snap.created_at)
      end
      assert.is_nil(with("created_at", '"' .. ("\\n"):rep(3000) .. '"').created_time)
    end)
  end)

  it("gives a copy of its metadata every time", function()
    local snap = snapshot(TODAY)
    local metadata = snap.metadata
    metadata.keep = nil
    assert.is_nil(metadata.keep)
    assert.same({ keep = "7", ["a\nb"] = "€" }, snap.metadata)
    assert.not_equal(snap.metadata, snap.metadata)
    local mine = snap:to_table().metadata
    mine.mine = "x"
    assert.is_nil(getmetatable(mine))
    assert.is_nil(snap.metadata.mine)
  end)

  it("says that adding to its metadata changes nothing", function()
    local snap = snapshot(TODAY)
    for _, key in ipairs { "x", 1, true } do
      local ok, problem = pcall(function() snap.metadata[key] = "1" end)
      assert.is_false(ok)
      assert.matches("snapshot:set_metadata", problem, 1, true)
      assert.matches("snapshot:to_table().metadata", problem, 1, true)
    end
    local count = 0
    for _ in pairs(snap.metadata) do
      count = count + 1
    end
    assert.equal(2, count)
    assert.is_not_nil(next(snap.metadata))
  end)

  it("leaves nulls out of its metadata", function()
    assert.same({ b = "c" }, with("metadata", '{"a":null,"b":"c"}').metadata)
  end)

  it("gives any other attribute by its wire name", function()
    local snap = snapshot(TODAY)
    assert.same({ y = { 1, core.null, 2.5 } }, snap["os-extended-volume-attributes:x"])
    assert.equal(3, snap.count)
    assert.equal("100%", snap[EXTENDED .. "progress"])
    assert.equal("nightly", snapshot(FIRST).display_name)
    assert.is_nil(snap.none)
    assert.is_nil(snap.nothing)
    assert.is_nil(snap[1])
    assert.is_nil(snap[{}])
    assert.is_nil(snap[true])
  end)

  it("gives any attribute as it came by its wire name", function()
    local snap = snapshot(TODAY)
    assert.equal("available", snap:raw "status")
    assert.equal(10, snap:raw "size")
    assert.same({ y = { 1, core.null, 2.5 } }, snap:raw "os-extended-volume-attributes:x")
    assert.is_nil(snap:raw "none")
    assert.is_nil(snap:raw "nothing")
    assert.is_nil(snap:raw "project_id")
    assert.same({ 1 }, with("metadata", "[1]"):raw "metadata")
    assert.equal("b", snapshot [[{"id":"i","x":"a","\u0078":"b"}]]:raw "x")
    assert.has_error(function() snap:raw() end)
    assert.has_error(function() snap:raw(1) end)
  end)

  -- What pairs does from 5.2 on.
  local function fields_of(snap)
    return debug.getmetatable(snap).__pairs(snap)
  end

  it("is walked by pairs, without what it has not", function()
    local walk = versions.pairs and pairs or fields_of
    local names, values = {}, {}
    for name, value in walk(snapshot(TODAY)) do
      names[#names + 1] = name
      values[name] = value
    end
    assert.same({ "id", "volume_id", "name", "description", "status", "size", "progress",
      "project_id", "metadata", "created_at", "updated_at", "user_id", "group_snapshot_id",
      "consumes_quota", "created_time", "updated_time" }, names)
    assert.equal("AVAILABLE", values.status)
    names = {}
    for name in walk(snapshot '{"id":"i","consumes_quota":false,"x":1}') do
      names[#names + 1] = name
    end
    assert.same({ "id", "metadata", "consumes_quota" }, names)
  end)

  it("is walked by two loops at once", function()
    local count = 0
    for _ in fields_of(snapshot(FIRST)) do
      for _ in fields_of(snapshot(FIRST)) do
        count = count + 1
      end
    end
    assert.equal(9 * 9, count)
  end)

  it("has a table of its fields, which every Lua walks", function()
    local names = {}
    for name in pairs(snapshot(FIRST):to_table()) do
      names[name] = true
    end
    for name in fields_of(snapshot(FIRST)) do
      assert.is_true(names[name], name)
    end
  end)

  it("belongs to a table or to nobody", function()
    local text = '{"snapshot":{"id":"i"}}'
    local owner = {}
    assert.equal(owner, core.client_of(core.snapshot(text, owner)))
    assert.is_nil(core.client_of(core.snapshot(text, nil)))
    assert.is_nil(core.client_of(core.snapshot(text)))
    for _, value in ipairs { 5, "x", true, false, print, core.null, core.snapshot(text) } do
      assert.error_matches(function() core.snapshot(text, value) end, "expected a table")
      assert.error_matches(function()
        core.page('{"snapshots":[{"id":"i"}]}', value)
      end, "expected a table")
    end
  end)

  it("says in a string which one it is", function()
    assert.equal('rsnapshots.Snapshot: 0f1e2d3c ("nightly", AVAILABLE)', tostring(snapshot(TODAY)))
    assert.equal("rsnapshots.Snapshot: i (no status)", tostring(snapshot '{"id":"i"}'))
    assert.equal('rsnapshots.Snapshot: i ("", no status)', tostring(with("name", '""')))
    assert.equal("rsnapshots.Snapshot: i (ERROR)", tostring(with("status", '"error"')))
  end)

  it("says so on one line, whatever the service sent", function()
    assert.equal([[rsnapshots.Snapshot: i ("a\nrsnapshots.Snapshot: j", no status)]],
      tostring(with("name", [["a\nrsnapshots.Snapshot: j"]])))
    assert.equal([[rsnapshots.Snapshot: i ("\u001b[2J\u009b\u007f é\"\\", no status)]],
      tostring(with("name", '"\\u001b[2J\\u009b\127 é\\"\\\\"')))
    assert.equal([[rsnapshots.Snapshot: i\r (NEW\nLINE)]],
      tostring(snapshot [[{"id":"i\r","status":"new\nline"}]]))
    local long = tostring(with("name", '"x' .. ("é"):rep(5000) .. '"'))
    assert.equal('rsnapshots.Snapshot: i ("x' .. ("é"):rep(511) .. '...", no status)', long)
  end)

  describe("equals", function()
    local here, there = { endpoint = "http://a/v3" }, { endpoint = "http://b/v3" }

    it("one of the same id and endpoint, whatever else they say", function()
      assert.equal(snapshot(TODAY), snapshot(FIRST))
      assert.equal(snapshot(TODAY, here), snapshot(FIRST, here))
      assert.equal(snapshot(TODAY, here), snapshot(TODAY, { endpoint = "http://a/v3" }))
      assert.equal(with("x", "1"), snapshot [[{"id":"\u0069"}]])
    end)

    it("no other", function()
      assert.not_equal(snapshot '{"id":"a"}', snapshot '{"id":"b"}')
      assert.not_equal(snapshot(TODAY, here), snapshot(TODAY, there))
      assert.not_equal(snapshot(TODAY, here), snapshot(TODAY))
      assert.not_equal(snapshot(TODAY), "0f1e2d3c")
      assert.is_false(snapshot(TODAY) == io.stderr)
      assert.is_false(io.stderr == snapshot(TODAY))
      assert.is_false(snapshot(TODAY) == core.null)
    end)
  end)

  it("becomes a plain table", function()
    assert.same({
      id = "0f1e2d3c", volume_id = "5aa119a8", name = "nightly",
      description = 'Daily über "backup"', status = "AVAILABLE", size = 10, progress = "100%",
      project_id = "acme", metadata = { keep = "7", ["a\nb"] = "€" },
      created_at = "2013-02-25T07:30:12.500000", updated_at = "2013-02-25T07:30:13.000000",
      created_time = 1361777412.5, updated_time = 1361777413.0, user_id = "me",
      group_snapshot_id = "g1", consumes_quota = true, count = 3,
      ["os-extended-volume-attributes:x"] = { y = { 1, core.null, 2.5 } },
    }, snapshot(TODAY):to_table())
    assert.same({ id = "i", name = "n", metadata = {} }, with("display_name", '"n"'):to_table())
    assert.is_nil(getmetatable(snapshot(TODAY):to_table()))
  end)

  it("becomes the JSON that came, byte for byte", function()
    for _, object in ipairs { TODAY, FIRST, '{"id":"i"}', '{ "id" :\t"\\u0069" , "size":1 }' } do
      assert.equal(object, snapshot(object):to_json())
    end
    local page = assert(core.page(('{"snapshots":[ %s ,%s]}'):format(TODAY, FIRST)))
    assert.equal(TODAY, page[1]:to_json())
    assert.equal(FIRST, page[2]:to_json())
  end)

  describe("is not assigned to:", function()
    for _, name in ipairs { "name", "status", "metadata", "new", "to_json" } do
      it(name, function()
        local snap = snapshot(TODAY)
        local ok, problem = pcall(function()
          snap[name] = "x"
        end)
        assert.is_false(ok)
        assert.is_truthy(problem:find("'" .. name .. "'", 1, true))
        assert.is_truthy(problem:find("update", 1, true))
        assert.equal("nightly", snap.name)
      end)
    end

    it("with a key that is no string", function()
      assert.has_error(function() snapshot(TODAY)[1] = "x" end)
      assert.has_error(function() snapshot(TODAY)[{}] = "x" end)
    end)

    it("nor to its metatable", function()
      local snap = snapshot(TODAY)
      assert.is_false(getmetatable(snap))
      assert.has_error(function() setmetatable(snap, {}) end)
    end)
  end)

  it("refuses to be another userdata's method", function()
    local snap = snapshot(TODAY)
    assert.has_error(function() snap.to_json(io.stderr) end)
    assert.has_error(function() snap.to_table {} end)
    assert.has_error(function() snap.to_json() end)
  end)

  it("remembers its client, and holds nothing else", function()
    local client = { endpoint = "http://a" }
    local snap = snapshot(FIRST, client)
    assert.equal(client, core.client_of(snap))
    assert.is_nil(core.client_of(snapshot(FIRST)))
    assert.is_true(core.is_snapshot(snap))
    assert.is_false(core.is_snapshot(io.stderr))
    assert.is_false(core.is_snapshot {})
    local weak = setmetatable({ client }, { __mode = "v" })
    client, snap = nil, nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)
end)

describe("extract_snapshot", function()
  it("decodes a body that came from elsewhere", function()
    local snap = assert(rsnapshots.extract_snapshot('{"x":[],"snapshot":' .. FIRST .. "}\n"))
    assert.equal("nightly", snap.name)
    assert.is_nil(core.client_of(snap))
  end)

  it("takes the last of several", function()
    local snap = rsnapshots.extract_snapshot '{"snapshot":{"id":"a"},"snapshot":{"id":"b"}}'
    assert.equal("b", snap.id)
  end)

  local WRONG = {
    [""] = "invalid JSON at byte 0: unexpected end of text",
    ["<html><body>502</body></html>"] = "invalid JSON at byte 0: unexpected character",
    ["null"] = "expected an object, got null",
    ["[]"] = "expected an object, got an array",
    ["{}"] = "snapshot: missing",
    ['{"snapshots":[]}'] = "snapshot: missing",
    ['{"snapshot":null}'] = "snapshot: expected an object, got null",
    ['{"snapshot":[]}'] = "snapshot: expected an object, got an array",
    ['{"snapshot":"a"}'] = "snapshot: expected an object, got a string",
    ['{"snapshot":{}}'] = "snapshot.id: missing",
    ['{"snapshot":{"name":"n"}}'] = 'snapshot.id: missing (the snapshot named "n")',
    ['{"snapshot":{"id":null}}'] = "snapshot.id: missing",
    ['{"snapshot":{"id":""}}'] = "snapshot.id: empty",
    ['{"snapshot":{"id":{"a":7}}}'] = "snapshot.id: expected a string, got an object",
    ['{"snapshot":{"id":[7],"display_name":"a\\nb"}}'] =
      'snapshot.id: expected a string, got an array (the snapshot named "a\\nb")',
    ['{"snapshot":{"id":true}}'] = "snapshot.id: expected a string, got a boolean",
    ['{"snapshot":{"id":"i"'] = "invalid JSON at byte 21: unexpected end of text",
    ['{"snapshot":{"id":"i"}'] = "invalid JSON at byte 22: unexpected end of text",
    ['{"snapshot":{"id":"i"}} x'] = "invalid JSON at byte 24: text after the value",
    ['{"snapshot":{"id":"\255}}'] = "invalid JSON at byte 22: unexpected end of text",
  }

  for text, problem in pairs(WRONG) do
    it("refuses " .. (text == "" and "nothing" or text:gsub("\255", "\\xFF")), function()
      local snap, err = rsnapshots.extract_snapshot(text)
      assert.is_nil(snap)
      assert.is_true(rsnapshots.is_error(err))
      assert.equal("decode", err.kind)
      assert.equal(problem, err.message)
    end)
  end

  it("raises for what is no string", function()
    for _, value in ipairs { {}, true, 12, io.stderr } do
      local ok, problem = pcall(rsnapshots.extract_snapshot, value)
      assert.is_false(ok)
      assert.is_truthy(tostring(problem):find("json", 1, true))
    end
    assert.has_error(function() rsnapshots.extract_snapshot() end)
  end)
end)
