--- Pages of a listing, as a service sends them: newest first, a link on each full page, and one
-- that is empty at the end. One file per page, by the marker that asks for it.
local process = require "spec.support.process"

local pages = {}

pages.ROWS = 1000

local NEWEST = 1790000000 -- Unix seconds
local APART = 61 -- seconds between two

local ROW = '{"id": "%s", "created_at": "%s.197971", "updated_at": "%s.293777", '
  .. '"name": "nightly-%d", "description": null, '
  .. '"volume_id": "00ff3a53-e345-4a45-a3d5-%012x", "status": "available", "size": %d, '
  .. '"metadata": {"kept": "weekly"}, '
  .. '"os-extended-snapshot-attributes:project_id": "fac500a528da4b01b35e42a0e0d8478f", '
  .. '"os-extended-snapshot-attributes:progress": "100%%"}'

local LINK = ', "snapshots_links": [{"rel": "next", "href": "%s/snapshots/detail?limit=%d&marker=%s"}]'

local function id_of(number)
  return ("%08x-3f18-422e-8278-%012x"):format(number * 2654435761 % 4294967296, number)
end

local function row(number)
  local made = os.date("!%Y-%m-%dT%H:%M:%S", NEWEST - number * APART)
  return ROW:format(id_of(number), made, made, number, number % 500, number % 13 * 10 + 1)
end

local function page(endpoint, first)
  local rows = {}
  for i = 1, pages.ROWS do
    rows[i] = row(first + i)
  end
  return ('{"snapshots": [%s]%s}'):format(table.concat(rows, ", "),
    LINK:format(endpoint, pages.ROWS, id_of(first + pages.ROWS)))
end

local function write(path, text)
  process.write(path, text)
  return #text
end

--- Writes `count` full pages and the empty one into a folder; the number of bytes.
function pages.write(folder, endpoint, count)
  local bytes, marker = 0, "first"
  for i = 0, count - 1 do
    bytes = bytes + write(("%s/%s.json"):format(folder, marker), page(endpoint, i * pages.ROWS))
    marker = id_of((i + 1) * pages.ROWS)
  end
  return bytes + write(("%s/%s.json"):format(folder, marker), '{"snapshots": []}')
end

--- A single snapshot's answer.
function pages.snapshot()
  return ('{"snapshot": %s}'):format(row(1))
end

--- Its id.
function pages.id()
  return id_of(1)
end

return pages
