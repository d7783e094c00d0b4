local errors = require "rsnapshots.error"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"

describe("an error", function()
  local function not_found(fields)
    return errors.new("not_found", "Snapshot x could not be found.", fields)
  end

  local WHOLE = { status = 404, code = "itemNotFound", request_id = "req-1", method = "GET",
    url = "http://h:8776/v3/p/snapshots/x?limit=1" }

  it("is a text of what is known of it", function()
    assert.equal("not_found: Snapshot x could not be found.", tostring(not_found()))
    assert.equal("not_found: Snapshot x could not be found. (HTTP 404 itemNotFound, request req-1)",
      tostring(not_found { status = 404, code = "itemNotFound", request_id = "req-1" }))
    assert.equal("not_found: Snapshot x could not be found. (HTTP 404)",
      tostring(not_found { status = 404 }))
    assert.equal("not_found: Snapshot x could not be found. (request req-1)",
      tostring(not_found { request_id = "req-1" }))
  end)

  it("tells the request, in front of what has always been the end", function()
    assert.equal("not_found: Snapshot x could not be found. [GET /v3/p/snapshots/x] "
      .. "(HTTP 404 itemNotFound, request req-1)", tostring(not_found(WHOLE)))
    assert.equal("not_found: Snapshot x could not be found. [POST /]",
      tostring(not_found { method = "POST", url = "https://h" }))
    assert.equal("not_found: Snapshot x could not be found. [POST /]",
      tostring(not_found { method = "POST", url = "https://h?x=/y//z" }))
    assert.equal("not_found: Snapshot x could not be found.",
      tostring(not_found { method = "GET" }))
  end)

  it("tells the beginning of a long path, and no half escape", function()
    local function path_of(path)
      return tostring(not_found { method = "GET", url = "http://h" .. path }):match "%[GET (.-)%]"
    end
    local path = "/" .. ("a"):rep(199)
    assert.equal(path, path_of(path))
    assert.equal(path .. "...", path_of(path .. "b"))
    assert.equal("/" .. ("a"):rep(198) .. "...", path_of("/" .. ("a"):rep(198) .. "%41"))
    assert.equal("/" .. ("a"):rep(197) .. "...", path_of("/" .. ("a"):rep(197) .. "%41"))
    assert.equal("/" .. ("a"):rep(196) .. "%41...", path_of("/" .. ("a"):rep(196) .. "%41b"))
  end)

  it("is joined with text by ..", function()
    local err, text = not_found(), "not_found: Snapshot x could not be found."
    assert.equal(text .. "!", err .. "!")
    assert.equal("oh: " .. text, "oh: " .. err)
    assert.equal(text .. text, err .. err)
    assert.equal("1" .. text .. "2", 1 .. err .. 2)
    for _, other in ipairs { false, {}, print } do
      assert.error_matches(function() return err .. other end,
        "^attempt to concatenate a " .. type(other))
      assert.error_matches(function() return other .. err end, "attempt to concatenate a ")
    end
    local _, problem = pcall(function() return err .. nil end)
    assert.matches("error_spec%.lua:%d+: attempt to concatenate a nil value", problem)
  end)

  it("is told from all else", function()
    assert.is_true(rsnapshots.is_error(not_found()))
    for _, other in ipairs { "text", 5, true, {}, setmetatable({}, { __name = "rsnapshots.Error" }),
      io.stdout } do
      assert.is_false(rsnapshots.is_error(other))
    end
    assert.is_false(rsnapshots.is_error(nil))
  end)
end)

describe("rsnapshots.assert", function()
  local err = errors.new("server", "out of order", { status = 503 })

  it("gives back what it gets where that is no failure", function()
    assert.same({ n = 3, 1, nil, "x" }, (function(...)
      return { n = select("#", ...), ... }
    end)(rsnapshots.assert(1, nil, "x")))
    assert.equal(1, select("#", rsnapshots.assert(true)))
  end)

  it("raises the error object itself", function()
    for _, nothing in ipairs { false, "nil" } do
      local ok, caught = pcall(rsnapshots.assert, nothing == false and false or nil, err)
      assert.is_false(ok)
      assert.is_true(rawequal(err, caught))
    end
  end)

  it("raises it within coroutines and xpcall, too", function()
    local _, caught = coroutine.resume(coroutine.create(rsnapshots.assert), nil, err)
    assert.is_true(rawequal(err, caught))
    _, caught = xpcall(function() rsnapshots.assert(nil, err) end, function(e) return e end)
    assert.is_true(rawequal(err, caught))
  end)

  it("is assert for all else", function()
    for _, problem in ipairs { "a text", 5, true } do
      local ok, caught = pcall(rsnapshots.assert, nil, problem)
      assert.is_false(ok)
      assert.equal(problem, caught)
    end
    local _, caught = pcall(rsnapshots.assert, false)
    assert.equal("assertion failed!", caught)
  end)

  -- What the interpreter says of a program that ends by it.
  local function run(body)
    local program = ([[
      package.path, package.cpath = %q, %q
      local rsnapshots = require "rsnapshots"
      local err = require "rsnapshots.error".new("server", "out of order", { status = 503 })
      %s]]):format(package.path, package.cpath, body)
    local path = os.tmpname()
    process.write(path, program)
    local output, status = process.run(process.quote(process.interpreter()) .. " " .. path)
    os.remove(path)
    return output, status
  end

  it("shows its text where nothing catches it", function()
    for _, body in ipairs {
      "rsnapshots.assert(nil, err)",
      "local function f() rsnapshots.assert(nil, err) end f() print 'no tail call'",
      "local function f() return rsnapshots.assert(nil, err) end return f()",
    } do
      local output, status = run(body)
      assert.equal(1, status)
      assert.matches("server: out of order (HTTP 503)", output, 1, true)
    end
  end)

  it("leaves it an object where something catches it", function()
    for _, body in ipairs {
      "print(rsnapshots.is_error(select(2, pcall(rsnapshots.assert, nil, err))))",
      "pcall(function() local _, e = pcall(function() rsnapshots.assert(nil, err) end)"
        .. " print(rsnapshots.is_error(e)) end)",
      "local ok, e = xpcall(function() rsnapshots.assert(nil, err) end, function(e) return e end)"
        .. " print(rsnapshots.is_error(e))",
      "local ok, e = coroutine.resume(coroutine.create(function() rsnapshots.assert(nil, err) end))"
        .. " print(rsnapshots.is_error(e))",
    } do
      local output, status = run(body)
      assert.equal(0, status)
      assert.equal("true\n", output)
    end
  end)
end)

describe("rsnapshots.status", function()
  it("has each status by its name", function()
    local names = {}
    for name, value in pairs(rsnapshots.status) do
      names[#names + 1] = name
      assert.equal(value, rsnapshots.status[name])
    end
    table.sort(names)
    assert.equal("AVAILABLE BACKING_UP CREATING DELETED DELETE_ERROR DELETING ERROR ERROR_DELETING "
      .. "RESTORING UNMANAGING", table.concat(names, " "))
  end)

  it("raises for a name that is none, with the nearest", function()
    for name, hint in pairs { AVAILBLE = "AVAILABLE", available = "AVAILABLE", EROR = "ERROR",
      ["BACKING-UP"] = "BACKING_UP" } do
      assert.error_matches(function() return rsnapshots.status[name] end,
        ("^rsnapshots: there is no status '%s'; did you mean '%s'"):format(
          name:gsub("%-", "%%-"), hint))
    end
    local _, problem = pcall(function() return rsnapshots.status.COLOUR end)
    assert.matches("error_spec%.lua:%d+: rsnapshots: there is no status 'COLOUR'$", problem)
    assert.error_matches(function() return rsnapshots.status[nil] end, "no status 'nil'$")
  end)
end)
