-- A filter for pandoc: links lead to the site's pages, wide tables can be scrolled, and a page's
-- title is its first heading.
--
-- SITE_SOURCE is the file that is read, SITE_TARGETS a Lua file with the table of targets.
-- luacheck: globals pandoc PANDOC_READER_OPTIONS Meta
local source = os.getenv "SITE_SOURCE"
local targets = dofile(os.getenv "SITE_TARGETS")
local folder = source:match "^(.*/)" or ""

-- docs/../README.md -> README.md
local function plain(path)
  local before
  repeat
    before = path
    path = path:gsub("[^/]+/%.%./", "", 1):gsub("^%./", "")
  until path == before
  return path
end

local function target_of(link)
  if link:find "^%a+:" or link:find "^#" then
    return link
  end
  local path, anchor = link:match "^([^#]*)(.*)$"
  path = plain((folder .. path):gsub("/$", ""))
  return targets.pages[path] and targets.pages[path] .. anchor
    or targets.files[path] and "files/" .. path
    or targets.repository .. path
end

local function link(element)
  element.target = target_of(element.target)
  return element
end

local function scrolled(element)
  return pandoc.Div({ element }, pandoc.Attr("", { "table" }))
end

local function title_of(document)
  for _, block in ipairs(document.blocks) do
    if block.t == "Header" and block.level == 1 then
      return pandoc.utils.stringify(block.content)
    end
  end
  return source
end

local function page(document)
  local title = title_of(document)
  document.meta.pagetitle = title == "rsnapshots" and title or title .. " - rsnapshots"
  return document
end

return { { Link = link, Table = scrolled, Pandoc = page } }
