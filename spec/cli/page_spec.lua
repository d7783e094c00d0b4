--- The page of a policy at work, read in a browser as a person would, at two widths, in light and
-- in dark.
local cjson = require "cjson"
local html = require "rsnapshots.cli.picture.html"
local model = require "rsnapshots.cli.picture.model"
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local retention_model = require "spec.support.retention_model"

local NOW = retention_model.at "2026-03-06T12"

-- What a person would see, written into the page's title by the browser itself.
local PROBE = [[<script>
function luminance(colour) {
  const part = colour.match(/[\d.]+/g).slice(0, 3).map(Number).map(c => c / 255)
    .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
}
function contrast(element) {
  const pair = [getComputedStyle(element).color, getComputedStyle(document.body).backgroundColor]
    .map(luminance).sort((a, b) => b - a);
  return (pair[0] + .05) / (pair[1] + .05);
}
function all(selector) { return [...document.querySelectorAll(selector)]; }
const cells = all('.picture tbody tr:first-child td');
const scroll = document.querySelector('.scroll');
top.document.title = 'PROBE' + JSON.stringify({
  width: innerWidth, overflow: document.documentElement.scrollWidth - innerWidth,
  rows: all('.picture tbody tr').length, cells: cells.length,
  heads: all('.picture thead th').map(th => th.firstChild.textContent),
  first: cells.map(td => td.querySelector('.hidden').textContent),
  names: all('.picture tbody th').map(th => th.textContent),
  nameLeft: document.querySelector('.picture tbody th').getBoundingClientRect().left,
  lastRight: cells[cells.length - 1].getBoundingClientRect().right,
  room: scroll.getBoundingClientRect().right,
  covered: all('.picture tbody th').filter(th => {
    const box = th.getBoundingClientRect();
    return document.elementFromPoint(box.left + 4, box.top + box.height / 2) !== th;
  }).length,
  headRight: (head => { const range = document.createRange(); range.selectNodeContents(head);
    return range.getBoundingClientRect().right; })(
    document.querySelector('.picture thead th:last-child span[aria-hidden]')),
  foreign: all('script[src], link, img, iframe, object, [style*=url]').length,
  ids: all('table.list .faint').map(id => id.textContent),
  lists: all('table.list').map(t => t.caption.textContent),
  whys: all('table.list tbody td:last-child').map(td => td.textContent),
  contrast: Math.min(...all('.picture tbody span[aria-hidden], .list td, .faint, caption')
    .map(contrast)),
  dark: luminance(getComputedStyle(document.body).backgroundColor) < .1,
}) + 'END';
</script>]]

local function snapshots(volume, skip)
  local list = {}
  for day = 0, 40 do
    if day % 9 ~= skip then
      list[#list + 1] = { id = volume .. day, name = "nightly-" .. day, volume_id = volume,
        status = day % 11 == 3 and "ERROR" or "AVAILABLE", size = 10,
        created_time = NOW - day * 86400 - 36000, metadata = retention.mark "nightly" }
    end
  end
  return list
end

local function page()
  local rows = {}
  for i, name in ipairs { "web", "database of the shop in the second hall", "mail" } do
    rows[i] = { id = "v" .. i, name = name, entries = assert(retention.plan(snapshots("v" .. i, i),
      { name = "nightly", keep_daily = 7, keep_weekly = 4, now = NOW })) }
  end
  return html.page(model.build(rows, { now = NOW, days = 45, offset = 0 }),
    { title = "Snapshots of nightly", policy = "nightly" })
end

local browser = process.run("command -v chromium || command -v chromium-browser || true")
  :match "%S+"

-- In a frame, since a browser's own window has a least width.
local function framed(text, width)
  return ('<!doctype html><title>frame</title><iframe width="%d" height="800" '
    .. 'style="border: 0" srcdoc="%s"></iframe>'):format(width,
    text:gsub("&", "&amp;"):gsub('"', "&quot;"))
end

-- What the browser sees.
local function look(width, dark)
  local path = os.tmpname()
  os.remove(path)
  local text = page():gsub("</body>", function() return PROBE .. "</body>" end)
  process.write(path .. ".html", width < 500 and framed(text, width) or text)
  local output = process.run(("%s --headless --no-sandbox --disable-gpu --window-size=%d,900 "
    .. "--user-data-dir=%s.profile --blink-settings=preferredColorScheme=%d --dump-dom "
    .. "file://%s.html 2>/dev/null; rm -rf %s.profile"):format(browser,
    math.max(width, 500), path,
    dark and 0 or 1, path, path))
  os.remove(path .. ".html")
  local json = assert(output:match "<title>PROBE(.-)END</title>", output):gsub("&lt;", "<")
    :gsub("&gt;", ">"):gsub("&amp;", "&")
  return cjson.decode(json)
end

describe("the page in a browser #slow", function()
  if not browser then
    pending "needs Chromium"
    return
  end

  it("shows a row for each volume and a cell for each day, which can be heard, too", function()
    local seen = look(1200)
    assert.same({ 3, 45 }, { seen.rows, seen.cells })
    assert.same({ "web", "database of the shop in the second hall", "mail" }, seen.names)
    assert.equal("Volume", seen.heads[1])
    assert.equal("2026-03-06", seen.heads[46])
    assert.equal("1 kept", seen.first[45])
    assert.equal("no snapshot", seen.first[44])
    assert.equal("1 failed", seen.first[42])
    assert.equal(3, #seen.lists)
    assert.truthy(seen.lists[1]:find "^%d+ kept, %d+ to be removed, %d failed$")
    assert.truthy(table.concat(seen.whys, "\n"):find("daily snapshot; weekly snapshot", 1, true))
    assert.equal(0, seen.foreign)
  end)

  it("names with their ids the snapshots that reasons speak of", function()
    local seen, ids = look(1200), {}
    for _, id in ipairs(seen.ids) do
      ids[id] = true
    end
    local spoken = 0
    for id in table.concat(seen.whys, "\n"):gmatch "(%S+) is newer" do
      assert.is_true(ids[id], id)
      spoken = spoken + 1
    end
    assert.is_true(spoken > 10)
  end)

  for name, width in pairs { ["a desk"] = 1200, ["a phone"] = 390 } do
    it("fits " .. name .. ", with the newest day and the names in sight", function()
      local seen = look(width)
      assert.equal(width, seen.width)
      assert.equal(0, math.max(0, seen.overflow))
      assert.is_true(seen.nameLeft >= 0 and seen.nameLeft < 40)
      assert.is_true(seen.lastRight <= seen.room + 40, seen.lastRight .. " " .. seen.room)
      assert.is_true(seen.headRight <= seen.room + 1, seen.headRight .. " " .. seen.room)
      assert.equal(0, seen.covered) -- no cell lies on a name
    end)
  end

  it("can be read in light and in dark", function()
    local light, dark = look(800), look(800, true)
    assert.is_false(light.dark)
    assert.is_true(dark.dark)
    assert.is_true(light.contrast >= 4.5, light.contrast)
    assert.is_true(dark.contrast >= 4.5, dark.contrast)
  end)
end)
