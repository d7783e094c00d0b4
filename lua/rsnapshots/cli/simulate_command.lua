--- `rsnapshots simulate -- COMMAND`: runs a command with a simulated cloud in its environment.
--
-- The cloud is a process of its own, so that the command has the terminal for itself. Its standard
-- input is a pipe from here: that ends with this process, however this ends, and the cloud with it.
-- @module rsnapshots.cli.simulate_command

local simulate_command = {}

local FAILED = 1

-- A word for the shell.
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

local SINGLE, REPEATED = { "port", "latency", "volumes", "snapshots" }, { "api", "fault", "quirk" }

-- The command line of the cloud. What it says of requests would go between what the command says.
local function cloud_words(options)
  local words = own_words()
  words[#words + 1] = "simulate"
  for _, name in ipairs(SINGLE) do
    if options[name] then
      words[#words + 1] = ("--%s=%s"):format(name, options[name])
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

-- A folder that only this user can look into, with a pipe in it; nil if there is none.
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

-- What the cloud prints until it is ready goes into a file, to be read by a shell: arguments would
-- show everybody the password. Whether it got ready.
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

-- The exit status of what `os.execute` ran: 5.1 has wait's number, later ones say what it was.
local function status_of(first, what, code)
  if type(first) == "number" then
    return first % 256 == 0 and first / 256 or 128 + first % 128
  end
  return what == "signal" and 128 + code or code
end

--- Runs a command and its cloud.
-- @tparam table options those of `simulate`; `command` is the words of the command
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
