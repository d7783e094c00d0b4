--- The reference as Markdown, from the comments in the sources: `ldoc --filter
-- docs.site.reference.write .` writes a file per module and class into SITE_REFERENCE.
local reference = {}

-- What a page is called, where that is not its module's name; what is added to another page.
local PAGES = { ["rsnapshots.retention"] = "retention", ["rsnapshots.simulator"] = "simulator",
  ["rsnapshots.simulator.population"] = "simulator" }

-- These have pages of their own that say more.
local ELSEWHERE = { ["rsnapshots.error"] = true }

-- Types that have a page.
local TYPES = { Client = "Client.md", Pager = "Pager.md", Group = "Group.md" }
local OWN_PAGES = { Snapshot = "../docs/snapshot.md", Error = "../docs/errors.md" }

-- What the other pages are called.
local TITLES = {}
for _, section in ipairs(require "docs.site.pages") do
  for _, page in ipairs(section) do
    TITLES[page.source] = page.title
  end
end

-- ------------------------------------------------------------------- texts

-- Comments begin their lines with a blank; code in them is indented by four more.
local function text_of(text)
  text = ("\n" .. (text or "")):gsub("\n ", "\n"):gsub("^%s+", "", 1):gsub("%s+$", "")
  return (text:gsub("docs/[%w-]+%.md", function(path)
    return ("[%s](../%s)"):format(TITLES[path] or path, path)
  end))
end

local function one_line(text)
  return (text_of(text):gsub("%s*\n%s*", " "):gsub("|", "\\|"))
end

-- "table|string" -> links, where there are pages
local function type_of(name)
  local parts = {}
  for part in name:gmatch "[^|]+" do
    local bare = part:gsub("^%?", "")
    local page = TYPES[bare] or OWN_PAGES[bare]
    parts[#parts + 1] = page and ("[%s](%s)"):format(part, page) or part
  end
  return table.concat(parts, " or ")
end

-- ------------------------------------------------------------------- items

local function parameters(item)
  local lines = {}
  for i, name in ipairs(item.params or {}) do
    local mods = item.modifiers[item.parameter][i] or {}
    lines[#lines + 1] = ("| `%s` | %s%s | %s |"):format(name, type_of(mods.type or ""),
      mods.opt and " (optional)" or "", one_line(item.params.map[name]))
  end
  if #lines == 0 then
    return ""
  end
  return "\n| | | |\n|---|---|---|\n" .. table.concat(lines, "\n") .. "\n"
end

-- "Returns a Snapshot: usually still CREATING; or nil and an error."
local function result(one)
  local kind = one.type and one.type ~= "" and type_of(one.type) or ""
  local text = one_line(one.text):gsub("; nil and an", "; or nil and an")
  local between = kind == "" and "" or text:find "^nil and an" and ", or " or text ~= "" and ": "
  return "Returns " .. kind .. (between or "") .. text .. "."
end

local function results(item)
  local lines = {}
  for _, group in ipairs(item.retgroups or {}) do
    for _, one in ipairs(group) do
      lines[#lines + 1] = result(one)
    end
  end
  return #lines > 0 and "\n" .. table.concat(lines, "\n\n") .. "\n" or ""
end

local function signature(item)
  local name = item.name:gsub("^Population:", "Simulator:")
  return name .. (item.type == "function" and item.args or "")
end

local function item_text(item)
  local title = item.name:match "[%w_]+$"
  local description = text_of(item.description)
  return ("## %s\n\n```text\n%s\n```\n\n%s\n%s%s%s"):format(title, signature(item),
    text_of(item.summary), description ~= "" and "\n" .. description .. "\n" or "",
    parameters(item), results(item))
end

-- ------------------------------------------------------------------- pages

local function page_text(module, is_first)
  local parts = {}
  if is_first then
    parts[1] = ("# %s\n\n%s\n\n%s\n"):format(module.name, text_of(module.summary),
      text_of(module.description))
  end
  for item in module.items:iter() do
    parts[#parts + 1] = item_text(item)
  end
  return table.concat(parts, "\n")
end

--- Writes the pages. Called by ldoc with its modules.
function reference.write(modules)
  local folder, pages, order = os.getenv "SITE_REFERENCE", {}, {}
  for module in modules:iter() do
    if not ELSEWHERE[module.name] and not module.name:find "^rsnapshots%.loop" then
      local name = PAGES[module.name] or module.name
      if not pages[name] then
        order[#order + 1] = name
      end
      pages[name] = (pages[name] or "") .. page_text(module, not pages[name]) .. "\n"
    end
  end
  for _, name in ipairs(order) do
    local file = assert(io.open(("%s/%s.md"):format(folder, name), "wb"))
    assert(file:write(pages[name]))
    assert(file:close())
  end
end

return reference
