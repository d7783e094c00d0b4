local cloud = require "spec.openstack.support"

-- The marker of the next page is the last snapshot of this one: a deleted one is no marker.
describe("a listing whose snapshots go away meanwhile #openstack", function()
  local project, client, volume
  local COUNT, PAGE = 16, 4
  local QUICK = { interval = 0.02, timeout = 30 }

  before_each(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
    project:fill(volume, COUNT)
  end)

  after_each(function()
    project:forget()
  end)

  local function rest_of(list, from)
    local rest = {}
    for i = from, #list do
      rest[#rest + 1] = list[i]
    end
    return rest
  end

  local function delete(snapshots)
    for _, snapshot in ipairs(snapshots) do
      assert(snapshot:delete())
    end
    for _, snapshot in ipairs(snapshots) do
      assert(snapshot:wait_until_deleted(QUICK))
    end
  end

  -- Lists, calling `between(seen, page, number)` after each page; every one must come once.
  local function assert_complete(between)
    local seen, number = {}, 0
    for page in client:list({ page_size = PAGE }):pages() do
      local these = {}
      number = number + 1
      for i = 1, #page do
        seen[#seen + 1], these[i] = page[i], page[i]
      end
      between(seen, these, number)
    end
    local names = {}
    for i, snapshot in ipairs(seen) do
      names[i] = snapshot.name
    end
    local expected = {}
    for i = COUNT - 1, 0, -1 do
      expected[#expected + 1] = ("bulk-%05d"):format(i)
    end
    assert.same(expected, names)
  end

  it("gives every one once when each is deleted as it comes", function()
    local seen = {}
    for snapshot in client:list { page_size = PAGE } do
      seen[#seen + 1] = snapshot.name
      delete { snapshot }
    end
    assert.equal(COUNT, #seen)
    assert.equal(0, client:count())
  end)

  it("gives every one once when whole pages are deleted", function()
    assert_complete(function(_, page)
      delete(page)
    end)
  end)

  it("gives every one once when only the markers are deleted", function()
    assert_complete(function(_, page)
      delete { page[#page] }
    end)
  end)

  it("gives every one once when all but the first of a page are deleted", function()
    assert_complete(function(_, page)
      delete(rest_of(page, 2))
    end)
  end)

  it("gives every one once when everything so far is deleted late", function()
    assert_complete(function(seen, _, number)
      if number == 3 then
        delete(seen)
      end
    end)
  end)

  it("gives every one once when most of what came so far is deleted late", function()
    assert_complete(function(seen, _, number)
      if number == 3 then
        delete(rest_of(seen, PAGE + 1))
      end
    end)
  end)

  it("leaves out those that are made meanwhile, being newer", function()
    assert_complete(function(_, _, number)
      cloud.ready(client, { volume_id = volume, name = "newcomer " .. number })
    end)
  end)

  it("goes on from a token whose snapshot was deleted, or says not_found", function()
    local pager = client:list { page_size = PAGE }
    local last
    for _ = 1, PAGE + 2 do
      last = assert(pager:next())
    end
    delete { last }
    local all, err = client:list({ token = pager:token() }):all()
    assert.is_nil(all)
    assert.equal("not_found", err.kind)
    assert.matches(last.id, err.message, 1, true)
  end)
end)
