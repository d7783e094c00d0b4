--- What the pages for operators tell people to type is right.
local commands = require "rsnapshots.cli.commands"
local common = require "rsnapshots.cli.arguments.common"
local parser = require "rsnapshots.cli.arguments.parser"
local process = require "spec.support.process"
local versions = require "spec.support.versions"

local PAGES = "docs/*.md README.md examples/cron examples/systemd/* examples/policy.lua"

-- The words of a command line, up to a pipe and the like. What is in quotes is one word.
local function words_of(line)
  local words = {}
  local quoted = line:gsub("%$%b()", "x"):gsub("(['\"])(.-)%1", function(_, text)
    return (text:gsub("[%s|;&<>]", "_"))
  end)
  for word in quoted:gsub("%s[|;&<>#].*$", ""):gsub("%).*$", ""):gmatch "%S+" do
    words[#words + 1] = word
  end
  return words
end

-- Every line that begins with the command, after a prompt, variables or a time of cron's; lines
-- that end with a backslash are one.
local function lines()
  local found = {}
  local text = process.run(("cat %s"):format(PAGES)):gsub("\\\n%s*", "")
  for line in text:gmatch "[^\n]+" do
    local rest = line:match "^%s*%$? ?rsnapshots (.*)$" or line:match "^%-%-     rsnapshots (.*)$"
      or line:match "^[%d* ]+ rsnapshots (.*)$" or line:match "OS_CLOUD=backups rsnapshots (.*)$"
      or (line:match "=%$(%b())" or ""):match "^%(rsnapshots (.*)%)$"
      or line:match "^ExecStart=%S+/rsnapshots (.*)$"
    if rest and not rest:find "[%[…]" and not rest:find "^COMMAND" then
      found[#found + 1] = rest
    end
  end
  return found
end

describe("what the pages tell people to type", function()
  it("is what the commands take", function()
    local checked = 0
    for _, line in ipairs(lines()) do
      local name, rest = parser.split(common.ALWAYS, words_of(line))
      if name and commands.has(name) then
        local options, problem = parser.parse(common.declared(commands.get(name)), rest)
        assert.is_truthy(options, ("rsnapshots %s: %s"):format(line, tostring(problem)))
        checked = checked + 1
      end
    end
    assert.is_true(checked >= 15, checked)
  end)

  it("has units that systemd takes", function()
    local _, missing = process.run "command -v systemd-analyze"
    if missing ~= 0 then
      return pending "no systemd here"
    end
    local folder = process.directory()
    finally(function() process.run("rm -rf " .. folder) end)
    -- it looks for the command, and for the man page
    process.run(("cp examples/systemd/* %s; sed -i 's,/usr/local/bin/rsnapshots,/bin/true,; "
      .. "/^Documentation/d' %s/*"):format(folder, folder))
    local output, status = process.run(("systemd-analyze verify %s/*.timer %s/*.service"):format(
      folder, folder))
    assert.same({ "", 0 }, { output, status })
  end)

  it("has a policy that is data", function()
    local policy = assert(versions.load(process.read "examples/policy.lua"))()
    assert.same({ "nightly", { "web", "db" }, 2, 7 },
      { policy.name, policy.volumes, policy.keep_last, policy.keep_daily })
  end)

  it("has alerts on what there is to measure", function()
    local rules = process.read "examples/prometheus/rsnapshots.rules.yml"
    local seen = {}
    for metric in rules:gmatch "rsnapshots_[%l_]+" do
      seen[metric] = true
    end
    assert.same({ rsnapshots_newest_good_timestamp_seconds = true, rsnapshots_check_status = true,
      rsnapshots_last_check_timestamp_seconds = true }, seen)
  end)
end)
