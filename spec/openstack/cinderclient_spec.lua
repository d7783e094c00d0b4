local cjson = require "cjson"
local cloud = require "spec.openstack.support"

-- The oracle: what OpenStack's own client says of the same snapshots.
describe("python-cinderclient and this library #openstack", function()
  local PROGRESS = "os-extended-snapshot-attributes:progress"
  local PROJECT = "os-extended-snapshot-attributes:project_id"

  -- our field -> the attribute, where they differ
  local FIELDS = {
    id = "id", name = "name", description = "description", size = "size",
    volume_id = "volume_id", metadata = "metadata", created_at = "created_at",
    updated_at = "updated_at", project_id = PROJECT, progress = PROGRESS,
    user_id = "user_id", group_snapshot_id = "group_snapshot_id",
    consumes_quota = "consumes_quota",
  }

  local project

  local function fill()
    local volume = project:volume { size = 3 }
    project:fill(volume, {
      { name = "plain", description = "as it is", metadata = { a = "1", b = "two words" } },
      { name = "été à Zürich", description = "日本語", metadata = { ["clé"] = "🚀" } },
      { name = "🚀👩‍🚀", description = [["quoted" \ 'and' / escaped]] },
      { name = "", description = "" }, {},
      { name = "sized", size = 1000, status = "error", consumes_quota = false },
      { name = "grouped", group_snapshot_id = "22222222-2222-4222-8222-222222222222" },
      { name = "no fraction", created_at = "2026-02-28 23:59:59.000000" },
      { name = ("é"):rep(255), description = ("ス"):rep(255) },
    })
    project:fill(volume, 1100)
    local client = project:connect()
    cloud.ready(client, { volume_id = volume, name = "by the library", metadata = { k = "v" } })
    local failing = assert(client:create { volume_id = volume, name = "rc_create_fail=1" })
    assert.equal("failed", select(2, failing:wait_until_complete(cloud.quick)).kind)
    local slow = assert(client:create { volume_id = volume,
      name = "rc_create_sleep=120 rc_progress=17%" })
    repeat
      slow = assert(slow:refresh())
    until slow.progress == "17%"
  end

  local function theirs(microversion, ...)
    return cjson.decode(cloud.python("rc_cinderclient.py", cloud.env().OS_AUTH_URL, project.name,
      project.password, project.name, microversion, ...))
  end

  local function plain(value)
    if value ~= cjson.null then
      return value
    end
  end

  local function assert_agree(ours, others)
    assert.equal(#others, #ours)
    for i, snapshot in ipairs(ours) do
      local other = others[i]
      for field, attribute in pairs(FIELDS) do
        assert.same(plain(other[attribute]), snapshot[field], field .. " of " .. snapshot.id)
      end
      assert.equal(other.status:upper(), snapshot.status)
      for attribute, value in pairs(other) do
        if attribute ~= "status" and attribute ~= "metadata" then
          assert.equal(plain(value), snapshot[attribute], attribute .. " of " .. snapshot.id)
        end
      end
    end
  end

  local installed

  lazy_setup(function()
    installed = pcall(cloud.python, "rc_cinderclient.py")
    if installed then
      project = cloud.project()
      fill()
    end
  end)

  lazy_teardown(function()
    if project then
      project:forget()
    end
  end)

  for _, microversion in ipairs { "3.0", "3.41", "3.65", "3.70" } do
    it("agree on every field of every snapshot at " .. microversion, function()
      if not installed then
        return pending "python3-cinderclient is not installed"
      end
      local client = project:connect { microversion = microversion }
      local ours = assert(client:list():all())
      assert.equal(1112, #ours)
      assert_agree(ours, theirs(microversion))
    end)
  end

  it("agree on what a filter finds", function()
    if not installed then
      return pending "python3-cinderclient is not installed"
    end
    local client = project:connect()
    assert_agree(assert(client:list({ name = "été à Zürich" }):all()),
      theirs("3.70", "name=été à Zürich"))
    assert_agree(assert(client:list({ status = "error" }):all()), theirs("3.70", "status=error"))
  end)
end)
