--- `rsnapshots simulate -- COMMAND`: runs a command with a simulated cloud in its environment.
--
-- The cloud runs in its own process, so that the command has the terminal to itself. The cloud's
-- standard input is a pipe from this process. When this process ends, the pipe ends, and so does
-- the cloud.
-- @module rsnapshots.cli.simulate_command

local simulate_command = {}

local FAILED = 1

-- Quotes a word for the shell.
local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function join(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = quote(word)
  end
  return table.concat(quoted, " ")
end

-- The words that started this process, without its arguments.
local function own_words()
  local first, words = 0, {}
  while arg[first - 1] do
    first = first - 1
  end
  for i = first, 0 do
    words[#words + 1] = arg[i]
  end
  return words
end

local SINGLE = { "port", "latency", "create-seconds", "delete-seconds", "volumes", "snapshots" }
local REPEATED = { "api", "fault", "quirk" }

-- The command line of the cloud. Its log is dropped, because it would mix with the command's
-- output.
local function cloud_words(options)
  local words = own_words()
  words[#words + 1] = "simulate"
  for _, name in ipairs(SINGLE) do
    local value = options[name:gsub("-", "_")]
    if value then
      words[#words + 1] = ("--%s=%s"):format(name, value)
    end
  end
  for _, name in ipairs(REPEATED) do
    for _, value in ipairs(options[name] or {}) do
      words[#words + 1] = ("--%s=%s"):format(name, value)
    end
  end
  words[#words + 1] = "--until-eof"
  words[#words + 1] = "--quiet"
  return words
end

-- Makes a folder that only this user can read, with a pipe in it; nil if that fails.
local function make_folder()
  local pipe = assert(io.popen("folder=$(mktemp -d) && mkfifo \"$folder/out\" && echo \"$folder\""))
  local folder = pipe:read("*l")
  pipe:close()
  return folder
end

local function remove_folder(folder)
  os.remove(folder .. "/out")
  os.remove(folder .. "/environment")
  os.remove(folder)
end

-- Writes what the cloud prints into a file for the shell, because arguments would show the password
-- to everybody. Returns whether the cloud got ready.
local function keep_environment(folder, ready)
  local out = assert(io.open(folder .. "/out"))
  local file = assert(io.open(folder .. "/environment", "w"))
  local line
  repeat
    line = out:read("*l")
    file:write(line or "", "\n")
  until not line or line == ready
  file:close()
  out:close()
  return line == ready
end

-- The exit status from `os.execute`: Lua 5.1 returns wait's number, later versions say whether it
-- was an exit or a signal.
local function status_of(first, what, code)
  if type(first) == "number" then
    return first % 256 == 0 and first / 256 or 128 + first % 128
  end
  return what == "signal" and 128 + code or code
end

--- Runs a command and its cloud.
-- @tparam table options those of `simulate`; `command` has the words of the command
-- @string ready the last line that the cloud prints before it serves
-- @param context of the command
-- @treturn int the command's exit status
function simulate_command.run(options, ready, context)
  local folder = make_folder()
  if not folder then
    context:warn("cannot make a temporary folder with a pipe in it")
    return FAILED
  end
  local cloud = assert(io.popen(("exec %s >%s"):format(join(cloud_words(options)),
    quote(folder .. "/out")), "w"))
  local status = FAILED
  if keep_environment(folder, ready) then
    status = status_of(os.execute((". %s; exec %s"):format(quote(folder .. "/environment"),
      join(options.command))))
  end
  cloud:close()
  remove_folder(folder)
  return status
end

return simulate_command
