--- Checks the site: links that lead nowhere, and code or words that the conversion damaged.
local check = {}

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local ENTITIES = { lt = "<", gt = ">", amp = "&", quot = '"', ["#39"] = "'" }

-- The text of a piece of HTML, with single blanks.
local function text_of(html)
  local text = html:gsub("<[^>]*>", ""):gsub("&(#?%w+);", ENTITIES)
  return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- ------------------------------------------------------------------- links

local function anchors_of(html)
  local found = { [""] = true }
  for id in html:gmatch 'id="([^"]+)"' do
    found[id] = true
  end
  return found
end

local function check_link(site, name, target, report)
  local file, anchor = target:match "^([^#]*)#?(.*)$"
  local there = site.html[file == "" and name or file]
  if there and not anchors_of(there)[anchor] then
    report(("%s: there is no #%s in %s"):format(name, anchor, file))
  elseif not there and not io.open(site.folder .. "/" .. file) then
    report(("%s: nothing is at %s"):format(name, target))
  end
end

local function check_links(site, report)
  for name, html in pairs(site.html) do
    for target in html:gmatch 'href="([^"]*)"' do
      if not target:find "^%a+:" then -- others' pages are not looked at
        check_link(site, name, (target:gsub("&amp;", "&")), report)
      end
    end
  end
end

-- -------------------------------------------------------------------- code

-- What a Markdown text has in backquotes, and its blocks.
local function code_in(markdown)
  local found = {}
  local rest = ("\n" .. markdown):gsub("\n%s*```[^\n]*\n(.-)\n%s*```", function(block)
    found[#found + 1] = block
    return "\n"
  end)
  rest = rest:gsub("\n\n    [^\n]+", "\n\n")
  for line in (rest:gsub("\n\n", "\0")):gmatch "%Z+" do
    for ticks, code in line:gmatch "(`+)(.-)%1" do
      if ticks == "`" then
        found[#found + 1] = line:find "^%s*|" and code:gsub("\\|", "|") or code
      end
    end
  end
  return found, rest
end

local function squeezed(code)
  return (code:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function check_code(page, markdown, html, report)
  local there = {}
  for code in html:gmatch "<code[^>]*>(.-)</code>" do
    there[text_of(code)] = true
  end
  local wanted, prose = code_in(markdown)
  for _, code in ipairs(wanted) do
    if not there[squeezed(code)] then
      report(("%s: this code is not on the page as written: %s"):format(page, code))
    end
  end
  return prose
end

-- ------------------------------------------------------------------- words

-- Emphasis and dashes that nobody wrote.
local function check_words(page, prose, html, report)
  for words in html:gmatch "<em>(.-)</em>" do
    local text = text_of(words)
    if not text:find "^%w" or not prose:gsub("%s+", " "):find("*" .. text .. "*", 1, true) then
      report(("%s: nobody wrote *%s*"):format(page, text))
    end
  end
  local body = html:gsub("<code[^>]*>.-</code>", "")
  for _, dash in ipairs { "–", "—", "“", "”", "’" } do
    if body:find(dash, 1, true) and not prose:find(dash, 1, true) then
      report(("%s: nobody wrote %s"):format(page, dash))
    end
  end
  if body:find "%f[%w_]%u%u_%*" then
    report(page .. ": a name such as OS_* is not marked as code")
  end
end

--- Checks all pages.
-- @string folder where the site is
-- @tparam table sources the Markdown of each page, by its name
-- @treturn table what is wrong, a text each
function check.site(folder, sources)
  local problems = {}
  local function report(problem)
    problems[#problems + 1] = problem
  end
  local site = { folder = folder, html = {} }
  for name in pairs(sources) do
    site.html[name] = read(folder .. "/" .. name)
  end
  check_links(site, report)
  for name, markdown in pairs(sources) do
    local prose = check_code(name, markdown, site.html[name], report)
    check_words(name, prose, site.html[name]:match "<main.*</main>", report)
  end
  table.sort(problems)
  return problems
end

return check
