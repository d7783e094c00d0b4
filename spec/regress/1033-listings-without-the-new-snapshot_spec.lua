-- Kind: listings show snapshots otherwise than a GET does: without metadata, or without their
-- volume. rotate did not find its own snapshot again: each run of a slot made another one, none was
-- ever removed, and all of that was "made" with exit status 0.
local json = require "rsnapshots.simulator.text.json"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

describe("rotate where listings show snapshots", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  -- Changes the rows of every listing of snapshots.
  local function change_rows(change)
    cloud.sim.quirks[1] = shown.pages(function(body)
      body:set("snapshots", change(body:get "snapshots"))
    end)
  end

  local function without(key)
    return function(rows)
      for _, row in ipairs(rows) do
        row:set(key, nil)
      end
      return rows
    end
  end

  for what, change in pairs {
    ["without metadata"] = without "metadata",
    ["without their volume"] = without "volume_id",
  } do
    it(what .. ", it says that nobody will find the new one", function()
      cloud:nights(3)
      change_rows(change)
      local out, err, status = cloud:run "rotate --volume web --keep-last 1"
      assert.equal(1, status)
      assert.matches("snapshot %x[%x-]+ was made, but listings show it without its volume or "
        .. "its metadata: no other run will find it, and nothing will remove it", err)
      assert.matches("^web: made rotate[^,]*, nothing removed, failed\n", out)
    end)
  end

  it("but for one now and then, it says nothing", function()
    local listings = 0
    change_rows(function(rows)
      listings = listings + 1
      return listings == 3 and json.array() or rows -- the one before it prunes
    end)
    local _, err, status = cloud:run "rotate --volume web --keep-last 1"
    assert.same({ 0, "" }, { status, err })
    assert.equal(4, listings)
  end)

  it("late, it says nothing, since the next run will find the new one", function()
    cloud:nights(3)
    change_rows(function(rows)
      local old = json.array()
      for _, row in ipairs(rows) do
        old[#old + 1] = row:get("name"):find "^n%d$" and row or nil
      end
      return old
    end)
    local _, err, status = cloud:run "rotate --volume web --keep-last 1"
    assert.same({ 0, "" }, { status, (err:gsub("^[^\n]*no policy here[^\n]*\n", "")) })
  end)
end)
