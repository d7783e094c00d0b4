local cloud = require "spec.openstack.support"
local versions = require "spec.support.versions"

describe("listing 2,500 snapshots #openstack", function()
  local project, client, spy, expected
  local COUNT = 2500

  lazy_setup(function()
    project = cloud.project()
    project:fill(project:volume(), COUNT)
    spy = cloud.spy()
    client = project:connect { on_request = spy.listen }
    expected = {} -- newest first
    for i = COUNT - 1, 0, -1 do
      expected[#expected + 1] = ("bulk-%05d"):format(i)
    end
  end)

  lazy_teardown(function()
    project:forget()
  end)

  before_each(function()
    spy.reset()
  end)

  local function names(snapshots, into)
    into = into or {}
    for i = 1, #snapshots do
      into[#into + 1] = snapshots[i].name
    end
    return into
  end

  local function part(from, to)
    return { versions.unpack(expected, from, to) }
  end

  local function listings()
    return spy.count("^GET .*/snapshots")
  end

  it("gives every one exactly once, in order, over the service's own pages", function()
    local seen = {}
    for snapshot in client:list() do
      seen[#seen + 1] = snapshot.name
    end
    assert.same(expected, seen)
    assert.equal(3, listings())
  end)

  it("gives the same over pages of any size", function()
    for _, size in ipairs { 1000, 7 } do
      assert.same(expected, names(assert(client:list({ page_size = size }):all())))
    end
  end)

  it("gives the same for more than the service puts on a page", function()
    assert.same(expected, names(assert(client:list({ page_size = 5000 }):all())))
  end)

  it("gives the same without details, which have no progress", function()
    local all = assert(client:list({ detailed = false }):all())
    assert.same(expected, names(all))
    assert.is_nil(all[1].progress)
    assert.equal(COUNT, spy.count("/snapshots%?") > 0 and #all)
  end)

  it("has every field with details", function()
    local snapshot = assert(client:list({ max = 1 }):next())
    assert.equal("bulk-02499", snapshot.name)
    assert.equal("number 2499 of 2500", snapshot.description)
    assert.equal("AVAILABLE", snapshot.status)
    assert.equal("100%", snapshot.progress)
    assert.equal(project.id, snapshot.project_id)
    assert.equal(project.user_id, snapshot.user_id)
    assert.equal(1, snapshot.size)
    assert.is_true(snapshot.consumes_quota)
  end)

  it("stops at max, and asks for no more than that", function()
    for _, case in ipairs { { 1 }, { 1001 }, { 15, 7 }, { 14, 7 } } do
      local max, size = case[1], case[2]
      assert.same(part(1, max),
        names(assert(client:list({ max = max, page_size = size }):all())))
    end
    spy.reset()
    assert(client:list({ max = 10 }):all())
    assert.equal(1, listings())
    assert.equal(1, spy.count("limit=10$"))
    assert.same({}, assert(client:list({ max = 0 }):all()))
  end)

  it("begins after a marker, or at an offset", function()
    local first = assert(client:list({ max = 20 }):all())
    assert.same(part(21, COUNT), names(assert(client:list({ marker = first[20].id }):all())))
    assert.same(part(1201, 1230),
      names(assert(client:list({ offset = 1200, max = 30, page_size = 7 }):all())))
    assert.same({}, assert(client:list({ offset = COUNT }):all()))
  end)

  it("with a marker that is not there is not_found", function()
    local all, err = client:list({ marker = "11111111-1111-4111-8111-111111111111" }):all()
    assert.is_nil(all)
    assert.equal("not_found", err.kind)
  end)

  it("gives pages, whole ones as the service has them", function()
    local sizes, seen = {}, {}
    for page in client:list():pages() do
      sizes[#sizes + 1] = #page
      names(page, seen)
    end
    assert.same({ 1000, 1000, 500 }, sizes)
    assert.same(expected, seen)
  end)

  it("gives pages to a function, until that has enough", function()
    local seen = {}
    assert.is_true(client:list({ page_size = 100 }):each_page(function(page)
      names(page, seen)
      return #seen < 300
    end))
    assert.same(part(1, 300), seen)
  end)

  it("goes on later from a token, wherever it was taken", function()
    for _, given in ipairs { 0, 1, 7, 8, 20, 1000, 2499, 2500 } do
      local size = given < 100 and 7 or 1000
      local pager = client:list { page_size = size }
      local seen = {}
      for _ = 1, given do
        seen[#seen + 1] = assert(pager:next()).name
      end
      local rest = client:list { token = pager:token() }
      assert.same(expected, names(assert(rest:all()), seen))
    end
  end)

  it("goes on from a token in another client, at another version", function()
    local pager = client:list { page_size = 100 }
    for _ = 1, 150 do
      assert(pager:next())
    end
    local other = project:connect { microversion = "3.0" }
    assert.same(part(151, COUNT), names(assert(other:list({ token = pager:token() }):all())))
  end)

  it("counts them with one request, or by listing where the service does not count", function()
    local fresh = project:connect { on_request = spy.listen } -- with no page on its way
    assert.equal(COUNT, fresh:count())
    assert.equal(1, listings())
    assert.equal(COUNT, project:connect({ microversion = "3.0" }):count())
    assert.equal(100, client:count { max = 100 })
    assert.equal(COUNT - 20, client:count { offset = 20 })
  end)

  it("leaves other projects' out, whatever is asked for", function()
    local stranger = cloud.project():connect()
    assert.same({}, assert(stranger:list():all()))
    assert.same({}, assert(stranger:list({ all_projects = true }):all()))
    assert.equal(0, stranger:count())
  end)
end)
