-- A finalizer of the host may run wherever Lua makes a value: here between finding a listing's row
-- and copying it. One that read the same listing on freed the page under the row.
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local versions = require "spec.support.versions"

local SIZE = 300000 -- of a page whose memory goes back to the system at once

local LINK = ',"snapshots_links":[{"rel":"next","href":"?marker=a"}]'

local function page(letter, link)
  return ('{"snapshots":[{"id":"%s","name":"%s"}]%s}'):format(letter, letter:rep(SIZE), link)
end

describe("a listing that a finalizer reads while it is read", function()
  local server, client, is_down

  before_each(function()
    is_down = false
    server = raw_server.new(function(request)
      local body = request.path:find "/snapshots/x" and '{"snapshot":{"id":"x"}}'
        or request.path:find "marker" and page("b", "") or page("a", LINK)
      local status = is_down and request.path:find "detail" and 403 or 200
      return { bytes = raw_server.answer(status, body), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { token = "t", endpoint = server.url .. "/v2/p",
      max_connections = 1, wait = server.wait })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  -- Waits for the page that was asked for: a get goes on the same connection behind it.
  local function wait()
    assert(client:get "x")
  end

  -- Reads a listing that has a page with `read`, and has a finalizer call `act` meanwhile.
  local function read_while(read, act)
    finally(versions.collect_in_one_step())
    for _ = 1, 50 do
      local pager, hit, reading = client:list(), false, false
      core.begin(pager)
      wait()
      collectgarbage "stop"
      compat.object { __gc = function()
        if reading then
          reading, hit = false, true
          act(pager)
        end
      end }
      reading = true
      local ok, value = pcall(read, pager)
      reading = false
      if hit then
        return ok, value, pager
      end
    end
    assert.is_false(versions.integers) -- older ones run them at other moments
  end

  -- The collector goes on at the next allocation, which is in the core.
  local reads = {
    take = function(pager) collectgarbage "restart" return core.take(pager) end,
    take_page = function(pager) collectgarbage "restart" return core.take_page(pager) end,
    token = function(pager) collectgarbage "restart" return pager:token() end,
  }

  -- Adds the name of a row, or of a page's only one.
  local function add_name(found, value)
    if value then
      found[#found + 1] = (value[1] or value).name
    end
  end

  for _, name in ipairs { "take", "take_page" } do
    it("gives each row once: " .. name, function()
      local found = {}
      local ok, value, pager = read_while(reads[name], function(pager)
        found = {}
        add_name(found, core[name](pager))
        wait()
        add_name(found, core[name](pager))
      end)
      if not pager then
        return
      end
      assert.is_true(ok, value)
      add_name(found, value)
      assert.is_true(found[1] == ("a"):rep(SIZE) and found[2] == ("b"):rep(SIZE))
      assert.equal(2, #found)
    end)
  end

  for name, read in pairs(reads) do
    it("can be freed: " .. name, function()
      local ok, message, pager = read_while(read, function(pager)
        debug.getmetatable(pager).__gc(pager)
      end)
      if pager and (versions.integers or not ok) then -- 5.2 may run it later
        assert.is_false(ok)
        assert.matches("this is not a listing", message)
      end
    end)
  end

  it("keeps why it failed", function()
    is_down = true
    local ok, value, pager = read_while(function(pager)
      collectgarbage "restart" return { core.take(pager) }
    end, function(pager) pager:close() end)
    if pager then
      assert.is_true(ok, value)
      assert.is_true(value[1] == false or value[2].status == 403)
    end
  end)
end)
