-- Kind: a service keeps the mark of `once`, and not as it was written: in capitals, or cut. The
-- snapshot was taken for another create's, and was made twice. On version 1 the same happened with
-- names: without the blanks around them, in capitals, cut, or left out.
local connect = require "spec.support.connect"

describe("a mark of `once` that the service alters", function()
  local client, sim

  after_each(function()
    client:close()
    sim:close()
  end)

  local function open(version, key, change)
    client, sim = connect.new { api_version = version }
    sim.quirks[1] = { before = function(_, request)
      if request.method == "POST" then
        request.body = request.body:gsub('("' .. key .. '": ?)"(.-)"', function(before, value)
          return before .. '"' .. change(value) .. '"'
        end)
      end
    end }
  end

  local function create(cut, name)
    sim:fault { method = "POST", path = "/snapshots", cut = cut, times = 1 }
    return client:create { volume_id = sim.volume_id, name = name, once = true }
  end

  local function check_uncertain(snapshot, err)
    assert.is_nil(snapshot)
    assert.equal("uncertain", err.kind)
    local all = assert(client:list():all())
    assert.equal(1, #all)
    assert.same({ all[1].id }, err.matches)
  end

  local function half(text) return text:sub(1, math.floor(#text / 2)) end
  local function none() return "" end

  for what, change in pairs { ["in capitals"] = string.upper, ["cut"] = half } do
    it("is never made twice: " .. what, function()
      open(3, "rsnapshots:once", change)
      check_uncertain(create("after", "nightly"))
    end)
  end

  for what, change in pairs { ["in capitals"] = string.upper, ["cut"] = half, ["left out"] = none }
  do
    it("is never made twice on version 1, its name " .. what, function()
      open(1, "display_name", change)
      check_uncertain(create("after", "nightly-of-the-web-server-and-its-data"))
    end)

    it("leaves what a create before made out of it: " .. what, function()
      open(1, "display_name", change)
      assert(client:create { volume_id = sim.volume_id, name = "nightly-1" })
      assert(create("before", "nightly-1"))
      assert.equal(2, client:count())
    end)
  end

  it("is not seen in a short name with which the name begins", function()
    open(1, "no such key", half)
    local handle, posts = sim.handle, 0
    function sim:handle(request)
      posts = posts + (request.method == "POST" and 1 or 0)
      if posts == 1 then -- another client's, meanwhile
        posts = 2
        sim:add_snapshots(1, { volume_id = sim.volume_id, name = "once-1" })
      end
      return handle(self, request)
    end
    assert(create("before", "once-15"))
    assert.equal(2, client:count())
  end)

  it("is found on version 1 where the blanks around its name are left out", function()
    open(1, "display_name", function(name) return (name:match "^ *(.-) *$") end)
    assert.equal("nightly", assert(create("after", " nightly ")).name)
    assert.equal(1, client:count())
  end)

  it("is not looked for among others where one of them has a whole mark", function()
    open(3, "no such key", half)
    assert(client:create { volume_id = sim.volume_id, name = "before", once = true })
    sim:add_snapshots(1, { volume_id = sim.volume_id, name = "nightly" })
    sim:add_snapshots(1, { volume_id = sim.volume_id, name = "" })
    assert(create("before", "nightly"))
    assert.equal(4, client:count())
  end)

  it("of another create is no doubt", function()
    open(3, "no such key", half)
    assert(client:create { volume_id = sim.volume_id, name = "nightly", once = true })
    assert(create("before", "nightly"))
    assert.equal(2, client:count())
  end)
end)
