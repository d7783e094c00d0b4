--- The picture as one page that loads nothing: no script, no font, no image, no address.
--
-- For screen readers, tables say in words what the squares show.
-- @module rsnapshots.cli.picture.html

local calendar = require "rsnapshots.retention.calendar"
local model = require "rsnapshots.cli.picture.model"

local html = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

local function escape(text)
  text = tostring(text):gsub("[%z\1-\8\11\12\14-\31\127]", " ")
  return (text:gsub("[&<>\"']", ENTITIES))
end

local STYLE = [[
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --faint: #59636e;
  --line: #d1d9e0; --kept: #1a7f37; --removed: #9a6700; --failed: #cf222e; --busy: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --ink: #e6edf3;
  --faint: #9198a1; --line: #3d444d; --kept: #3fb950; --removed: #d29922; --failed: #f85149;
  --busy: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .faint { color: var(--faint); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: left; color: var(--faint); padding-bottom: .25rem; }
th, td { text-align: left; font-weight: normal; }
.picture th, .picture td { padding: 0; }
.picture tbody th { padding-right: .75rem; white-space: nowrap; position: sticky; left: 0;
  z-index: 1; background: var(--ground); max-width: 12rem; overflow: hidden;
  text-overflow: ellipsis; }
.picture thead th { font-size: .75rem; color: var(--faint); white-space: nowrap; max-width: 1rem;
  overflow: visible; direction: rtl; }
.picture td { width: 1.1rem; min-width: 1.1rem; height: 1.5rem; text-align: center;
  position: relative; }
.kept { color: var(--kept); } .removed, .mixed { color: var(--removed); }
.failed { color: var(--failed); } .busy { color: var(--busy); } .missing { color: var(--faint); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0;
  margin: .75rem 0; }
.list { width: 100%; font-size: .9rem; }
.list tbody tr { border-top: 1px solid var(--line); }
.list th, .list td { padding: .3rem .75rem .3rem 0; vertical-align: top;
  overflow-wrap: anywhere; }
.list td:nth-child(1), .list td:nth-child(3) { white-space: nowrap; }
.list td:nth-child(2) { min-width: 19rem; max-width: 24rem; }
.list .faint { display: block; font-size: .8rem; }
.list thead th { color: var(--faint); }
@media (max-width: 40rem) { body { padding: .75rem; }
  .scroll { direction: rtl; } .picture { direction: ltr; margin-right: auto; }
  .picture tbody th { max-width: 7rem; }
  .list thead { display: none; } .list tr { display: block; padding: .5rem 0; }
  .list td { display: block; padding: 0; }
  .list td:nth-child(2) { max-width: none; }
  .list td::before { content: attr(data-label) ": "; color: var(--faint); } }
@media print { .scroll { overflow: visible; } }
]]

local SIGNS = { kept = "■", removed = "□", mixed = "◧", failed = "✗", busy = "◌", missing = "·" }

local LEGEND = { { "kept", "kept" }, { "removed", "to be removed" },
  { "mixed", "some kept, some to be removed" }, { "failed", "failed" }, { "busy", "in progress" },
  { "missing", "none that day" } }

local function sign(state)
  return ('<span class="%s" aria-hidden="true">%s</span>'):format(state, SIGNS[state])
end

-- ------------------------------------------------------------------ the picture

local function cell(one)
  return ('<td title="%s: %s">%s<span class="hidden">%s</span></td>'):format(one.day,
    model.words(one), sign(one.state), model.words(one))
end

local function picture_row(row)
  local cells = {}
  for i, one in ipairs(row.cells) do
    cells[i] = cell(one)
  end
  return ('<tr><th scope="row" title="%s">%s</th>%s</tr>'):format(escape(row.id),
    escape(row.name or row.id), table.concat(cells))
end

-- Every day has a heading for screen readers; only every seventh is visible.
local function picture_head(days)
  local heads = {}
  for i, day in ipairs(days) do
    local shown = (#days - i) % 7 == 0 and day.name:sub(6) or ""
    heads[i] = ('<th scope="col"><span class="hidden">%s</span><span aria-hidden="true">%s</span>'
      .. "</th>"):format(day.name, shown)
  end
  return '<tr><th scope="col"><span class="hidden">Volume</span></th>' .. table.concat(heads)
    .. "</tr>"
end

local function legend()
  local items = {}
  for i, pair in ipairs(LEGEND) do
    items[i] = ("<li>%s %s</li>"):format(sign(pair[1]), pair[2])
  end
  return '<ul class="legend">' .. table.concat(items) .. "</ul>"
end

-- ------------------------------------------------------------------- the lists

local function time_of(snapshot, offset)
  local time = snapshot.created_time
  if not calendar.is_time(time) then
    return "unknown"
  end
  local hour = calendar.period.hourly(time, offset)
  return ("%s:%02d"):format(hour:gsub("T", " "), math.floor((time + offset) % 3600 / 60))
end

local function outcome(entry)
  local status = entry.snapshot.status
  if status == "ERROR" or status == "ERROR_DELETING" then
    return "failed", entry.keep and "failed" or "failed, to be removed"
  elseif not entry.keep then
    return "removed", "to be removed"
  end
  return "kept", "kept"
end

-- A snapshot's name and id. The reasons of other snapshots refer to the id.
local function named(snapshot)
  local id = escape(snapshot.id)
  return snapshot.name and ('%s <span class="faint">%s</span>'):format(escape(snapshot.name), id)
    or id
end

local function list_row(entry, offset)
  local snapshot = entry.snapshot
  local class, words = outcome(entry)
  return ('<tr><td data-label="Made">%s</td><td data-label="Snapshot">%s</td>'
    .. '<td data-label="Outcome" class="%s">%s</td><td data-label="Why">%s</td></tr>'):format(
    time_of(snapshot, offset), named(snapshot), class, words,
    escape(table.concat(entry.reasons, "; ")))
end

local function list_of(row, offset)
  if #row.entries == 0 then
    return ('<h2>%s</h2>\n<p>There is no snapshot.</p>'):format(escape(row.name or row.id))
  end
  local rows = {}
  for i, entry in ipairs(row.entries) do
    rows[i] = list_row(entry, offset)
  end
  return ('<h2>%s</h2>\n<table class="list"><caption>%s</caption><thead><tr><th scope="col">Made'
    .. '</th><th scope="col">Snapshot</th><th scope="col">Outcome</th><th scope="col">Why</th>'
    .. "</tr></thead>\n<tbody>\n%s\n</tbody></table>"):format(escape(row.name or row.id),
    model.words(row.count), table.concat(rows, "\n"))
end

-- -------------------------------------------------------------------- the page

local function offset_text(offset)
  local minutes = math.floor(math.abs(offset) / 60)
  return offset == 0 and "UTC" or ("UTC%s%02d:%02d"):format(offset < 0 and "-" or "+",
    math.floor(minutes / 60), minutes % 60)
end

local PAGE = [[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
%s</style>
</head>
<body>
<main>
<h1>%s</h1>
<p class="faint">%s</p>
<p class="faint">A row for each volume, a cell for each day.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Snapshots by volume and day">
<table class="picture" aria-label="Snapshots by volume and day">
<thead>%s</thead>
<tbody>
%s
</tbody>
</table>
</div>
%s
%s
</main>
</body>
</html>
]]

--- Writes the page.
-- @tparam table picture from rsnapshots.cli.picture.model
-- @tparam table words `title`, `policy` (its name, nil: none)
-- @treturn string
function html.page(picture, words)
  local rows, lists = {}, {}
  for i, row in ipairs(picture.rows) do
    rows[i], lists[i] = picture_row(row), list_of(row, picture.offset)
  end
  local days = picture.days
  local about = ("%s to %s (%s), made %s%s"):format(days[1].name, days[#days].name,
    offset_text(picture.offset), time_of({ created_time = picture.now }, picture.offset),
    words.policy and ', by the policy "' .. words.policy .. '"' or "")
  local title = escape(words.title)
  return PAGE:format(title, STYLE, title, escape(about), picture_head(days),
    table.concat(rows, "\n"), legend(), table.concat(lists, "\n"))
end

return html
