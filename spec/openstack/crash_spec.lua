--- The command on a real Cinder, killed (-9) after some of its requests: a sample of what
-- spec/cli/crash_spec.lua does after each one.
local cloud = require "spec.openstack.support"
local process = require "spec.support.process"
local served = require "spec.support.served_command"

-- The command reports every request on standard error; the shell that reads that kills it.
local KILLED_AFTER = [[
cd %s
mkfifo said
%s %s/bin/rsnapshots %s --debug 2>said >out &
pid=$! count=0
while read -r line; do
  count=$((count + 1))
  [ $count -ne %d ] || kill -9 $pid
done <said
rm said
wait $pid
]]

local here = process.run("pwd"):match "[^\n]+"

describe("a rotate on a real Cinder that is killed #openstack", function()
  local project, client, environment, folder

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    folder = process.directory()
    environment = ("%sexport XDG_RUNTIME_DIR=%s\n"):format(project:environment(), folder)
  end)

  lazy_teardown(function()
    process.run("rm -rf " .. folder)
  end)

  -- A volume with four nights, and a policy that keeps three.
  local function volume(name)
    local id, rows = project:volume { name = name }, {}
    for i = 1, 4 do
      rows[i] = { name = "night" .. i, metadata = { ["rsnapshots:policy"] = "nightly" },
        created_at = os.date("!%Y-%m-%d %H:%M:%S", os.time() - (5 - i) * 86400) }
    end
    project:fill(id, rows)
    process.write(folder .. "/policy.lua",
      ('return { name = "nightly", volumes = { %q }, keep_last = 3 }'):format(name))
    return id
  end

  local function good(id)
    local names = {}
    local listing = client:list { volume_id = id, status = "available" }
    for _, snapshot in ipairs(assert(listing:all())) do
      names[#names + 1] = snapshot.name:gsub("%d%d%d%d%-%d%d%-%d%dT%d%d", "HOUR")
    end
    table.sort(names)
    return names
  end

  local function run(script)
    return process.run(environment .. script)
  end

  for _, count in ipairs { 3, 7, 8, 10, 12, 14 } do
    it(("after %d requests loses and doubles nothing"):format(count), function()
      served.within_one_slot()
      local id = volume("web" .. count)
      local _, status = run(KILLED_AFTER:format(folder, process.interpreter(), here,
        "rotate policy.lua", count))
      assert.equal(137, status)
      assert.is_true(#good(id) >= 3)
      local output, ended = run(("cd %s; %s %s/bin/rsnapshots rotate policy.lua"):format(folder,
        process.interpreter(), here))
      assert.equal(0, ended, output)
      assert.same({ "night3", "night4", "nightly-HOUR" }, good(id), output)
    end)
  end
end)
