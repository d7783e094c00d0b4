--- The code blocks of a Markdown file.
local process = require "spec.support.process"

local blocks = {}

-- The lines of a text, without their ends.
local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    lines[#lines + 1] = line
  end
  return lines
end

-- Does a list item begin here? Indented lines below one belong to it, and are not code.
local function begins_item(line)
  return line:find "^%s*[-*] " or line:find "^%s*%d+%. "
end

local Reader = {}
Reader.__index = Reader

function Reader:add(language, first, lines)
  while lines[#lines] == "" do
    lines[#lines] = nil
  end
  self.found[#self.found + 1] = { path = self.path, line = first, language = language,
    text = table.concat(lines, "\n") .. "\n" }
end

-- Reads a block between fences from the line after the first one; gives the line after the last.
function Reader:fenced(i, indent, language)
  local first, body = i, {}
  while not self.lines[i]:find "^%s*```%s*$" do
    body[#body + 1] = self.lines[i]:gsub("^" .. indent, "")
    i = i + 1
    assert(self.lines[i], ("%s:%d: this block has no end"):format(self.path, first - 1))
  end
  self:add(language, first, body)
  return i + 1
end

-- Reads a block that is indented by four; gives the line after it.
function Reader:indented(i)
  local first, body = i, {}
  while self.lines[i] and (self.lines[i]:find "^    " or self.lines[i] == "") do
    body[#body + 1] = self.lines[i]:gsub("^    ", "")
    i = i + 1
  end
  self:add("", first, body)
  return i
end

function Reader:run()
  local i, in_item = 1, false
  while self.lines[i] do
    local line = self.lines[i]
    local indent, language = line:match "^(%s*)```(%S*)%s*$"
    if indent then
      i = self:fenced(i + 1, indent, language)
    elseif line:find "^    %S" and not in_item and (self.lines[i - 1] or "") == "" then
      i = self:indented(i)
    else
      in_item = begins_item(line) and true or in_item and (line == "" or line:find "^%s" ~= nil)
      i = i + 1
    end
  end
  return self.found
end

--- The blocks of a Markdown text, in order: `path`, `line` (of the first line of code), `language`
-- ("" where it is indented instead of fenced), `text`.
function blocks.of(path, text)
  return setmetatable({ path = path, lines = lines_of(text), found = {} }, Reader):run()
end

--- All files with documentation.
function blocks.files()
  local files = { "README.md", "SECURITY.md", "CHANGELOG.md" }
  if process.exists "CONTRIBUTING.md" then
    files[#files + 1] = "CONTRIBUTING.md"
  end
  for path in process.run("ls docs/*.md"):gmatch "[^\n]+" do
    files[#files + 1] = path
  end
  return files
end

--- The blocks of all of them.
function blocks.all()
  local all = {}
  for _, path in ipairs(blocks.files()) do
    for _, block in ipairs(blocks.of(path, process.read(path))) do
      all[#all + 1] = block
    end
  end
  return all
end

--- The same blocks, with all Lua blocks of each of these pages as one.
-- @tparam table all
-- @tparam table pages true by path
function blocks.joined(all, pages)
  local found, first = {}, {}
  for _, block in ipairs(all) do
    local one = block.language == "lua" and pages[block.path] and first[block.path]
    if one then -- where it is on the page, so that an error names the page's line
      local lines = select(2, one.text:gsub("\n", "\n"))
      one.text = one.text .. ("\n"):rep(block.line - one.line - lines) .. block.text
    else
      found[#found + 1] = block
      first[block.path] = first[block.path] or block.language == "lua" and block or nil
    end
  end
  return found
end

--- Does a printed line match the documented one? "…" stands for anything.
function blocks.fits(printed, wanted)
  local pattern = wanted:gsub("%p", "%%%0"):gsub("…", "\0"):gsub("%z", ".*")
  return printed:find("^" .. pattern .. "$") ~= nil
end

return blocks
