--- Runs a shell block of the documentation as it is printed, on a simulated cloud, in a copy of
-- this folder that is thrown away afterwards.
--
-- Only addresses and folders of the system are exchanged: https://keystone.example is the
-- simulated cloud, a port is any free one, and what is below /etc, /var/lib and /run is below the
-- copy. A `simulate`
-- that would serve until somebody stops it is stopped as soon as it is ready. Examples run as
-- they do where no cloud is named; what scripts/demo would install first is there already.
local blocks = require "spec.support.docs.blocks"
local cloud = require "spec.support.docs.cloud"
local command = require "spec.support.command"
local process = require "spec.support.process"
local socket = require "socket"

local shell_stage = {}

local LONGEST = 120 -- seconds

local PROGRAM = [==[
#!/bin/bash
if [ "$1" = simulate ] && [[ " $* " != *" -- "* ]] && [[ " $* " != *" list "* ]] &&
    [[ " $* " != *" --help "* ]]; then
    coproc SIM { exec LUA REPOSITORY/bin/rsnapshots "$@" --until-eof; }
    while read -r line; do
        echo "$line"
        [ "$line" != "# It is ready." ] || exit 0
    done <&"${SIM[0]}"
    exit 1
fi
exec LUA REPOSITORY/bin/rsnapshots "$@"
]==]

local SYSTEM = { "/etc/rsnapshots", "/etc/systemd", "/var/lib/prometheus", "/run/rsnapshots" }

local function environment(sim)
  local credentials = sim:credentials()
  local lines = { "unset ${!OS_*} ${!RS_*} NO_COLOR; export TZ=UTC TERM=dumb LC_ALL=C.UTF-8" }
  for name, variable in pairs { auth_url = "OS_AUTH_URL", username = "OS_USERNAME",
    password = "OS_PASSWORD", project_name = "OS_PROJECT_NAME",
    user_domain_name = "OS_USER_DOMAIN_NAME", project_domain_name = "OS_PROJECT_DOMAIN_NAME" } do
    lines[#lines + 1] = ("export %s=%s"):format(variable, process.quote(credentials[name]))
  end
  lines[#lines + 1] = "export OS_VOLUME_API_VERSION=3 OS_IDENTITY_API_VERSION=3"
  return table.concat(lines, "\n") .. "\n"
end

-- A folder with everything that is in this one, and a command `rsnapshots` in its bin.
local function copy()
  local folder = process.directory()
  local here = process.run("pwd"):match "[^\n]+"
  process.run(("ln -s %s/* %s && mkdir %s/programs"):format(here, folder, folder))
  for _, path in ipairs(SYSTEM) do
    process.run("mkdir -p " .. folder .. path)
  end
  process.run(("mkdir -p %s/var/lib/prometheus/node-exporter %s/etc/systemd/system"):format(folder,
    folder))
  process.run(("cp examples/policy.lua %s/etc/rsnapshots/policy.lua"):format(folder))
  process.run(("cp examples/policy.lua %s/policy.lua"):format(folder))
  local program = folder .. "/programs/rsnapshots"
  process.write(program, (PROGRAM:gsub("LUA", process.interpreter()):gsub("REPOSITORY", here)))
  process.run("chmod +x " .. program)
  return folder
end

local function exchange(text, sim, folder)
  for _, path in ipairs(SYSTEM) do
    text = text:gsub(path:gsub("%p", "%%%0"), folder .. path)
  end
  text = text:gsub("%-%-port %d+", "--port 0")
  text = text:gsub("scripts/demo", "scripts/lua examples/demo.lua")
  return (text:gsub("https://keystone%.example", sim.url .. "/identity"))
end

-- The variables that name the cloud, but not for examples, which bring their own.
local function variables_for(block, sim)
  if block.text:find "scripts/lua" or block.text:find "scripts/demo" then
    return "unset ${!OS_*} ${!RS_*}\n"
  end
  return environment(sim)
end

-- What a block has to print: the lines without a prompt. A block without a prompt says nothing of
-- that.
local function script_of(text)
  if not text:find "^%$ " then
    return text, nil
  end
  local commands, output = {}, {}
  for line in text:gmatch "([^\n]*)\n" do
    local typed = line:match "^%$ (.*)$"
    if typed then
      commands[#commands + 1] = typed
    else
      output[#output + 1] = line
    end
  end
  return table.concat(commands, "\n") .. "\n", output
end

-- A line without what differs from day to day: ids and numbers, and blanks at its end.
local function plain(line)
  return (command.normal(line):gsub("%d+", "0"):gsub("%s+$", ""))
end

-- Every printed line of the documentation is printed, in this order. A line "…" stands for any
-- number of lines.
local function check_output(block, wanted, printed)
  local lines, i = {}, 1
  for line in printed:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = plain(line)
  end
  for at, line in ipairs(wanted) do
    line = plain(line)
    if line == "…" then
      local after = wanted[at + 1] and plain(wanted[at + 1])
      while lines[i] and not (after and blocks.fits(lines[i], after)) do
        i = i + 1
      end
    else
      assert(lines[i] and blocks.fits(lines[i], line), ("%s:%d: wanted %q, and got %q in:\n%s")
        :format(block.path, block.line, line, tostring(lines[i]), printed))
      i = i + 1
    end
  end
end

local function serve(sim, base)
  local limit = socket.gettime() + LONGEST
  while not process.exists(base .. ".status") do
    sim:step(0.005)
    if socket.gettime() > limit then
      os.execute(("kill -- -%s"):format(process.read(base .. ".group"):match "%d+"))
      error "the block does not end"
    end
  end
  return process.read(base .. ".out"), tonumber(process.read(base .. ".status"))
end

local FRAME = [[
echo $$ >%s.group
%s
cd %s
export PATH="$PWD/programs:$PATH" HOME="$PWD"
bash -euo pipefail %s.sh >%s.out 2>&1 </dev/null
echo $? >%s.status.new
mv %s.status.new %s.status
]]

-- What changes this machine is for the list of what is not run.
local function check_harmless(block)
  for _, word in ipairs { "sudo", "apt install", "%-%-install", "luarocks", "systemctl" } do
    assert(not block.text:find(word), ("%s:%d: %s is not run here"):format(block.path, block.line,
      word))
  end
end

--- Runs a block. One that fails, or prints something else than it says, raises.
-- @tparam table block
function shell_stage.run(block)
  check_harmless(block)
  local place, folder = cloud.start(), copy()
  local base = folder .. "/block"
  local script, wanted = script_of(block.text)
  process.write(base .. ".sh", exchange(script, place.sim, folder))
  process.write(base .. ".frame", FRAME:format(base, variables_for(block, place.sim), folder, base,
    base, base, base, base))
  os.execute(("setsid bash %s.frame >/dev/null 2>&1 &"):format(base))
  local ok, printed, status = pcall(serve, place.sim, base)
  place.sim:close()
  local _, err = pcall(function()
    assert(ok, printed)
    assert(status == 0, ("%s:%d: status %s of\n%s\n%s"):format(block.path, block.line,
      tostring(status), block.text, printed))
    if wanted then
      check_output(block, wanted, printed)
    end
  end)
  process.run("rm -rf " .. folder)
  if err then
    error(err, 0)
  end
end

return shell_stage
