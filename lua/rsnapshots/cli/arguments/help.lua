--- The text of --help, from what the commands declare.
-- @module rsnapshots.cli.arguments.help

local commands = require "rsnapshots.cli.commands"
local common = require "rsnapshots.cli.arguments.common"

local help = {}

local WIDTH, INDENT = 80, 28

-- Breaks a text into lines of at most `width` bytes.
local function wrap(text, width)
  local lines, line = {}, ""
  for word in text:gmatch "%S+" do
    if line ~= "" and #line + 1 + #word > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function paragraph(text)
  return table.concat(wrap(text, WIDTH), "\n")
end

-- Writes a term and its meaning side by side.
local function entry(term, text)
  local lines, pad = wrap(text, WIDTH - INDENT), (" "):rep(INDENT)
  local head = "  " .. term
  if #head < INDENT - 1 then
    head = head .. pad:sub(#head + 1)
  else
    head = head .. "\n" .. pad
  end
  return head .. table.concat(lines, "\n" .. pad)
end

--- An option as people write it: `-f, --format FORMAT`.
function help.term(option)
  local term = table.concat(option, ", ")
  if option.value then
    term = term .. (option.optional and ("[=%s]"):format(option.value) or " " .. option.value)
  end
  return option.negatable and term .. ", " .. option[#option]:gsub("^%-%-", "--no-") or term
end

local function argument(item)
  local word = item[1] .. (item.many and " …" or "")
  return item.optional and ("[%s]"):format(word) or word
end

--- The usage line.
function help.usage(command)
  local parts = { "rsnapshots", command.name, "[options]" }
  for _, option in ipairs(command.options or {}) do
    if option.required then
      parts[#parts + 1] = ("%s %s%s"):format(option[#option], option.value,
        option.many and " …" or "")
    end
  end
  for _, item in ipairs(command.arguments or {}) do
    parts[#parts + 1] = argument(item)
  end
  return table.concat(parts, " ")
end

local function section(lines, title, options)
  if options and #options > 0 then
    lines[#lines + 1] = "\n" .. title .. ":"
    for _, option in ipairs(options) do
      lines[#lines + 1] = entry(help.term(option), option.help)
    end
  end
end

--- The help of one command.
function help.of_command(command)
  local lines = { "usage: " .. help.usage(command), "", paragraph(commands.summary(command.name)) }
  if command.description then
    for text in (command.description .. "\n\n"):gmatch "(.-)\n\n" do
      lines[#lines + 1] = "\n" .. paragraph(text)
    end
  end
  if command.arguments and #command.arguments > 0 then
    lines[#lines + 1] = "\narguments:"
    for _, item in ipairs(command.arguments) do
      lines[#lines + 1] = entry(item[1], item.help)
    end
  end
  section(lines, "options", command.options)
  section(lines, "output options", command.output and common.OUTPUT)
  section(lines, "common options", common.ALWAYS)
  for i, example in ipairs(command.examples or {}) do
    lines[#lines + 1] = (i == 1 and "\nexamples:\n" or "") .. "  " .. example[1]
      .. "\n      " .. example[2]
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The help of the program: the list of its commands.
function help.of_all()
  local lines = { "usage: rsnapshots COMMAND [options] [arguments]", "",
    "Snapshots of block storage volumes: OpenStack (Cinder) and Rackspace.", "", "commands:" }
  for _, name in ipairs(commands.names) do
    lines[#lines + 1] = entry(name, commands.summary(name))
  end
  section(lines, "common options", common.ALWAYS)
  lines[#lines + 1] = "\n" .. paragraph("The cloud comes from the variables OS_* or RS_*, or from "
    .. "clouds.yaml (OS_CLOUD, --os-cloud). 'rsnapshots COMMAND --help' explains a command; "
    .. "'man rsnapshots' explains all of them.")
  return table.concat(lines, "\n") .. "\n"
end

return help
