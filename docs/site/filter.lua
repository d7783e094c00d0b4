-- A filter for pandoc: links lead to the site's pages and are called as these are, wide tables can
-- be scrolled, and a page's title is its first heading.
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

local function target_of(path, anchor)
  return targets.pages[path] and targets.pages[path] .. anchor
    or targets.files[path] and "files/" .. path
    or targets.repository .. path
end

local function link(element)
  if element.target:find "^%a+:" or element.target:find "^#" then
    return element
  end
  local path, anchor = element.target:match "^([^#]*)(.*)$"
  path = plain((folder .. path):gsub("/$", ""))
  element.target = target_of(path, anchor)
  if targets.titles[path] and pandoc.utils.stringify(element.content):find "%.md$" then
    element.content = { pandoc.Str(targets.titles[path]) }
  end
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
