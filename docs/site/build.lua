--- Builds the site: scripts/site. Every page by pandoc, the reference by ldoc, then everything is
-- checked.
local check = require "docs.site.check"
local sections = require "docs.site.pages"

local REPOSITORY = "https://github.com/rsnapshots/rsnapshots/blob/main/"

local OUTPUT = assert(arg[1], "usage: scripts/site FOLDER")

local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function run(command)
  local ok, _, status = os.execute(command)
  if ok ~= true and ok ~= 0 then
    io.stderr:write("scripts/site: this failed: ", command, "\n")
    os.exit(type(status) == "number" and status or 1)
  end
end

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a"
  return text, file and file:close()
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

local function temporary()
  local pipe = assert(io.popen "mktemp -d")
  local folder = pipe:read "*l"
  pipe:close()
  return folder
end

-- ------------------------------------------------------------ what there is

local work = temporary()

-- Where the Markdown of a page is.
local function path_of(source)
  return source:find "^reference/" and work .. "/" .. source or source
end

local function write_reference()
  run(("mkdir -p %s/reference && SITE_REFERENCE=%s/reference ldoc --fatalwarnings --filter "
    .. "docs.site.reference.write . >/dev/null"):format(work, work))
end

-- The pages that are there, in order.
local function pages_of()
  local pages = {}
  for _, section in ipairs(sections) do
    for _, page in ipairs(section) do
      page.markdown = read(path_of(page.source))
      if page.markdown then
        pages[#pages + 1] = page
      else
        io.stderr:write("scripts/site: there is no ", page.source, "\n")
      end
    end
  end
  return pages
end

-- Files of the repository that pages link to are copied beside them.
local function linked_files(pages)
  local files = {}
  for _, page in ipairs(pages) do
    local folder = page.source:match "^(.*/)" or ""
    for target in page.markdown:gmatch "%]%(([^)#%s]+)" do
      local path = (folder .. target):gsub("[^/]+/%.%./", "")
      local is_text = not target:find "^%a+:" and not path:find "%.md$" and read(path)
      if is_text then
        files[path] = true
      end
    end
  end
  return files
end

-- -------------------------------------------------------------- the pages

local function navigation(current, there)
  local lines = {}
  for _, section in ipairs(sections) do
    lines[#lines + 1] = ("<h2>%s</h2>\n<ul>"):format(section.title)
    for _, page in ipairs(section) do
      if there[page.target] then
        lines[#lines + 1] = ('<li><a href="%s"%s>%s</a></li>'):format(page.target,
          page == current and ' aria-current="page"' or "", page.title)
      end
    end
    lines[#lines + 1] = "</ul>"
  end
  return table.concat(lines, "\n")
end

local function write_targets(pages, files)
  local lines = { ("return { repository = %q, pages = {"):format(REPOSITORY) }
  for _, page in ipairs(pages) do
    lines[#lines + 1] = ("[%q] = %q,"):format(page.source, page.target)
  end
  lines[#lines + 1] = "}, titles = {"
  for _, page in ipairs(pages) do
    lines[#lines + 1] = ("[%q] = %q,"):format(page.source, page.title)
  end
  lines[#lines + 1] = "}, files = {"
  for path in pairs(files) do
    lines[#lines + 1] = ("[%q] = true,"):format(path)
  end
  lines[#lines + 1] = "} }"
  write(work .. "/targets.lua", table.concat(lines, "\n"))
end

local function has_contents(page)
  return select(2, page.markdown:gsub("\n##+ ", "")) > 3 and page.target ~= "index.html"
end

local function convert(page, template, there)
  local own = template:gsub("@NAVIGATION@", function() return navigation(page, there) end)
  write(work .. "/template.html", own)
  run(("SITE_SOURCE=%s SITE_TARGETS=%s/targets.lua pandoc --from gfm --to html5 --wrap preserve "
    .. "--template %s/template.html --lua-filter docs/site/filter.lua %s --output %s %s"):format(
    quote(page.source), work, work, has_contents(page) and "--toc --toc-depth 2" or "",
    quote(OUTPUT .. "/" .. page.target), quote(path_of(page.source))))
end

local function copy(files)
  for path in pairs(files) do
    local folder = OUTPUT .. "/files/" .. (path:match "^(.*)/" or "")
    run(("mkdir -p %s && cp %s %s"):format(quote(folder), quote(path),
      quote(OUTPUT .. "/files/" .. path)))
  end
end

write_reference()
local pages = pages_of()
local files, there, sources = linked_files(pages), {}, {}
for _, page in ipairs(pages) do
  there[page.target], sources[page.target] = true, page.markdown
end
run("mkdir -p " .. quote(OUTPUT))
run(("cp docs/site/style.css %s"):format(quote(OUTPUT .. "/style.css")))
copy(files)
write_targets(pages, files)
local template = read "docs/site/template.html"
for _, page in ipairs(pages) do
  convert(page, template, there)
end
local problems = check.site(OUTPUT, sources)
for _, problem in ipairs(problems) do
  io.stderr:write(problem, "\n")
end
run("rm -rf " .. quote(work))
print(("%d pages, %d problems"):format(#pages, #problems))
os.exit(#problems == 0 and 0 or 1)
