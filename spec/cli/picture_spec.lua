--- A policy at work, as a picture on the terminal and as a page.
local html = require "rsnapshots.cli.picture.html"
local model = require "rsnapshots.cli.picture.model"
local retention_model = require "spec.support.retention_model"
local text = require "rsnapshots.cli.picture.text"

local at = retention_model.at
local NOW = at "2026-03-14T12"

local function entry(time, keep, fields)
  local snapshot = { id = "id " .. tostring(time), name = "n", status = "AVAILABLE",
    created_time = time and at(time) }
  for name, value in pairs(fields or {}) do
    snapshot[name] = value
  end
  return { snapshot = snapshot, keep = keep, reasons = { keep and "daily snapshot" or "last: 3" } }
end

local ROWS = {
  { id = "v-1", name = "web", entries = {
    entry("2026-03-14T02", true), entry("2026-03-13T02", true), entry("2026-03-12T14", true),
    entry("2026-03-12T02", false), entry("2026-03-11T02", false),
    entry("2026-03-10T02", true, { status = "ERROR" }),
    entry("2026-03-08T02", true, { status = "CREATING" }), entry("2026-01-01", true),
    entry(nil, true) } },
  { id = "v-2", name = "a database with a long name", entries = {} },
}

local function build(days, offset)
  return model.build(ROWS, { now = NOW, days = days, offset = offset or 0 })
end

local function states(row)
  local list = {}
  for i, cell in ipairs(row.cells) do
    list[i] = cell.state
  end
  return list
end

describe("the picture's model", function()
  it("has a row for each volume and a cell for each day, the last one today", function()
    local picture = build(8)
    assert.equal("2026-03-07", picture.days[1].name)
    assert.equal("2026-03-14", picture.days[8].name)
    assert.same({ "missing", "busy", "missing", "failed", "removed", "mixed", "kept", "kept" },
      states(picture.rows[1]))
    assert.same({ kept = 5, removed = 2, failed = 1, busy = 1 }, picture.rows[1].count)
    assert.same({ 1, 1 }, { picture.rows[1].outside, picture.rows[1].undated })
    assert.same({ "missing" }, { states(picture.rows[2])[1] })
    assert.same({}, picture.rows[2].count)
  end)

  it("has days on the clock that is asked for", function()
    local picture = build(3, 13 * 3600)
    assert.equal("2026-03-15", picture.days[3].name)
    assert.same({ "kept", "kept", "missing" }, states(build(3, -3 * 3600).rows[1]))
  end)

  it("puts a failure before all else in a day", function()
    local picture = model.build({ { id = "v", entries = { entry("2026-03-14T01", true),
      entry("2026-03-14T02", true, { status = "ERROR" }) } } }, { now = NOW, days = 1,
      offset = 0 })
    assert.equal("failed", picture.rows[1].cells[1].state)
    assert.equal("1 kept, 1 failed", model.words(picture.rows[1].cells[1]))
  end)
end)

describe("the picture on a terminal", function()
  local function view(more)
    local all = { ascii = true, visible = function(name) return name end,
      width = function(name) return #name end,
      cut = function(name, columns) return name:sub(1, columns) end }
    for name, value in pairs(more or {}) do
      all[name] = value
    end
    return all
  end

  it("is a line for each volume", function()
    assert.equal([[
                             2026-02        2026-03
                             14     21     28     07     14
web                          ......................?.X-%##  ]] -- luacheck: no max line length
      .. [[5 kept, 2 to be removed, 1 failed, 1 in progress (1 of other days) (1 without a time)
a database with a long name  .............................  no snapshot

# kept   - to be removed   % some of each   X failed   ? in progress   . none that day
]], text.draw(build(29), view()))
  end)

  it("names a month only where there is room for its name", function()
    local drawn = text.draw(build(20), view())
    assert.equal((" "):rep(35) .. "2026-03", drawn:match "^[^\n]*")
  end)

  it("fits the terminal: names are cut, what is said of a row goes below it", function()
    local drawn = text.draw(build(8), view { columns = 40 })
    assert.truthy(drawn:find("\na database with a long name   ........\n", 1, true) == nil)
    assert.truthy(drawn:find("web +%.%?%.X%-%%##\n  5 kept, 2 to be removed"), drawn)
    drawn = text.draw(build(8), view { columns = 30 })
    assert.truthy(drawn:find("a database with a lo  ........", 1, true), drawn)
    assert.equal(26, text.days_for(40, 90))
    assert.equal(30, text.days_for(120, 30))
    assert.equal(1, text.days_for(5, 30))
  end)

  it("has signs of Unicode, and colours where they carry meaning", function()
    local drawn = text.draw(build(8), view { ascii = false, colours = true })
    assert.truthy(drawn:find("\27[31m✗\27[0m", 1, true))
    assert.truthy(drawn:find("\27[33m□\27[0m\27[33m◧\27[0m■■", 1, true))
    assert.is_nil(text.draw(build(8), view { ascii = false }):find "\27")
  end)
end)

-- ------------------------------------------------------------------- the page

local function page(rows)
  return html.page(model.build(rows or ROWS, { now = NOW, days = 30, offset = 3600 }),
    { title = "Snapshots of nightly", policy = "nightly" })
end

describe("the page", function()
  it("is whole: no script, and nothing from elsewhere", function()
    local text_ = page()
    assert.equal("<!doctype html>", text_:sub(1, 15))
    for _, pattern in ipairs { "<script", "https?:", "<link", "<img", "@import", "url%(", "src=",
      "<iframe", "onerror" } do
      assert.is_nil(text_:find(pattern), pattern)
    end
    local open = {}
    for closing, tag in text_:gmatch "<(/?)(%l%w*)[^>]*>" do -- every tag is closed in its turn
      if tag ~= "meta" and closing == "" then
        open[#open + 1] = tag
      elseif tag ~= "meta" then
        assert.equal(table.remove(open), tag)
      end
    end
    assert.same({}, open)
  end)

  it("shows names as names, whatever is in them", function()
    local text_ = page { { id = 'v"1', name = "<b>&'\27[31m", entries = {
      entry("2026-03-14T02", true, { name = "<script>alert(1)</script>" }) } } }
    assert.is_nil(text_:find("<script", 1, true))
    assert.is_nil(text_:find("\27", 1, true))
    assert.truthy(text_:find("&lt;b&gt;&amp;&#39; [31m", 1, true))
    assert.truthy(text_:find('title="v&quot;1"', 1, true))
  end)

  it("says in words what the squares show", function()
    local text_ = page()
    assert.truthy(text_:find('title="2026-03-12: 1 kept, 1 to be removed"><span class="mixed" '
      .. 'aria-hidden="true">◧</span><span class="hidden">1 kept, 1 to be removed</span>', 1, true))
    assert.truthy(text_:find("2026-02-13 to 2026-03-14 (UTC+01:00), made 2026-03-14 13:00, by the "
      .. "policy &quot;nightly&quot;", 1, true))
    assert.truthy(text_:find('<td data-label="Made">2026-03-14 03:00</td>', 1, true))
    assert.truthy(text_:find('<td data-label="Made">unknown</td>', 1, true))
    assert.truthy(text_:find("<p>There is no snapshot.</p>", 1, true))
  end)
end)
