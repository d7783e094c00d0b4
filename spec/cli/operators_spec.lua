--- The way of docs/operators.md, walked: clouds.yaml, policy, cron and systemd as they are printed
-- there and in examples/, with nothing changed but addresses and folders.
local process = require "spec.support.process"
local served = require "spec.support.served_command"

local function slurp(path)
  return (process.read(path))
end

-- The first block of a language on a page that has these words.
local function block(page, language, words)
  for text in page:gmatch("\n```" .. language .. "\n(.-)```") do
    if text:find(words, 1, true) then
      return text
    end
  end
  error("there is no block of " .. language .. " with " .. words)
end

describe("the page for operators", function()
  local cloud, sim, etc
  local runs = 0

  -- /etc/rsnapshots with what the page says, for this cloud; a command of ours in PATH.
  before_each(function()
    cloud = served.cloud()
    sim, etc = cloud.sim, cloud.folder .. "/etc"
    process.run(("cd %s && mkdir -p etc/textfile etc/bin etc/home/.config/openstack etc/run")
      :format(cloud.folder))
    local credentials = sim:credentials()
    local yaml = block(slurp "docs/operators.md", "yaml", "clouds:")
      :gsub("https://keystone.example/v3", credentials.auth_url)
      :gsub("v3applicationcredential", "password")
      :gsub("application_credential_id: [^\n]*", "username: " .. credentials.username)
      :gsub("application_credential_secret: [^\n]*", "password: " .. credentials.password
        .. "\n      project_name: " .. credentials.project_name
        .. "\n      user_domain_name: Default\n      project_domain_name: Default")
    process.write(etc .. "/clouds.yaml", yaml)
    process.write(etc .. "/home/.config/openstack/clouds.yaml", yaml)
    process.run(("chmod 600 %s/clouds.yaml %s/home/.config/openstack/clouds.yaml"):format(etc, etc))
    process.write(etc .. "/bin/rsnapshots", ("#!/bin/sh\nexec %s %s \"$@\"\n"):format(
      process.interpreter(), served.PROGRAM))
    process.run("chmod +x " .. etc .. "/bin/rsnapshots")
    process.write(etc .. "/policy.lua", slurp "examples/policy.lua")
    for _, name in ipairs { "web", "db" } do
      sim:add_volume { name = name, metadata = { backup = "nightly" } }
    end
  end)

  after_each(function()
    cloud:close()
  end)

  -- Runs a line of the shell with nothing but these variables, while the cloud serves.
  local function sh(line, variables)
    line = line:gsub("/etc/rsnapshots", etc)
      :gsub("/var/lib/prometheus/node%-exporter", etc .. "/textfile")
    runs = runs + 1 -- the shell of the last one may still read its script
    process.write(etc .. "/line" .. runs, ([[
cd ETC
env -i TZ=UTC %s PATH=ETC/bin:/usr/bin:/bin HOME=ETC/home %s sh -c %s >out 2>err </dev/null
echo $? >status.new
mv status.new status]]):format(served.CLOCK, variables or "", process.quote(line)):gsub("ETC", etc))
    os.remove(etc .. "/status")
    os.execute(("bash %s/line%d &"):format(etc, runs))
    while not process.exists(etc .. "/status") do
      sim:step(0.005)
    end
    return slurp(etc .. "/out"), slurp(etc .. "/err"), tonumber(slurp(etc .. "/status"))
  end

  local CLOUD = "OS_CLIENT_CONFIG_FILE=%s/clouds.yaml OS_CLOUD=backups RUNTIME_DIRECTORY=%s/run"

  it("has a cloud and a policy that work, by volumes and by property", function()
    local cloud_of = CLOUD:format(etc, etc)
    local out, err, status = sh("rsnapshots list", cloud_of)
    assert.same({ "", "", 0 }, { out, err, status })
    out, err, status = sh("rsnapshots rotate /etc/rsnapshots/policy.lua --dry-run", cloud_of)
    assert.same({ "", 0, 0 }, { err, status, cloud:changes() })
    assert.matches("^web: would make one for %d%d%d%d%-%d%d%-%d%d, 1 kept, 0 removed\ndb: ", out)
    process.write(etc .. "/policy.lua", block(slurp "docs/operators.md", "lua", "volumes"))
    out, err, status = sh("rsnapshots rotate /etc/rsnapshots/policy.lua", cloud_of)
    assert.same({ "", 0, 2 }, { err, status, #sim.store.snapshots }, out)
    -- the commented lines of the example, as owners of volumes would have them
    process.write(etc .. "/policy.lua", (slurp "examples/policy.lua"
      :gsub("\n  volumes = [^\n]*", ""):gsub("%-%- (volume_property)", "%1")
      :gsub("\n  utc_offset = [^\n]*", ""))) -- as on the page: the same day, at any hour
    out, err, status = sh("rsnapshots rotate /etc/rsnapshots/policy.lua", cloud_of)
    assert.same({ "", 0, 2 }, { err, status, #sim.store.snapshots }, out)
    assert.matches("2 of 2 volumes done", out, 1, true)
  end)

  it("has a crontab whose lines run", function()
    local variables, lines = {}, 0
    for line in slurp "examples/cron":gmatch "[^\n]+" do
      local name, value = line:match "^([%u_]+)=(.*)$"
      local command = line:match "^[%d* ]+ (rsnapshots .*)$"
      if name and name ~= "PATH" then
        variables[#variables + 1] = ("%s=%s"):format(name, process.quote(value))
      elseif command then
        lines = lines + 1
        local out, err, status = sh(command, table.concat(variables, " ")
          .. " XDG_RUNTIME_DIR=" .. etc .. "/run")
        assert.same({ "", "", 0 }, { out, err, status }, line) -- nothing to be mailed
      end
    end
    assert.equal(2, lines)
    assert.equal(2, #sim.store.snapshots)
    assert.matches("\nrsnapshots_check_status{[^\n]*volume=\"web\",policy=\"nightly\"} 0\n",
      slurp(etc .. "/textfile/rsnapshots.prom"))
  end)

  it("has a unit that runs with what systemd gives it", function()
    local unit = slurp "examples/systemd/rsnapshots-rotate.service"
    assert.matches("\nLoadCredential=clouds.yaml:/etc/rsnapshots/clouds.yaml\n", unit, 1, true)
    local variables = { "RUNTIME_DIRECTORY=" .. etc .. "/run" }
    for value in unit:gmatch "\nEnvironment=([^\n]+)" do
      variables[#variables + 1] = value:gsub("%%d", etc)
    end
    local command = unit:match "\nExecStart=([^\n]+)":gsub("^/usr/local/bin/", "")
    local out, err, status = sh(command, table.concat(variables, " "))
    assert.same({ "", 0 }, { err, status })
    assert.matches("^web: made nightly%-%d+%-%d+%-%d+, 1 kept, 0 removed\ndb: made ", out)
    local timer = slurp "examples/systemd/rsnapshots-rotate.timer"
    for _, setting in ipairs { "Persistent=true", "RandomizedDelaySec=", "OnCalendar=" } do
      assert.matches("\n" .. setting, timer, 1, true)
    end
    assert.matches("\nType=oneshot\n", unit, 1, true)
  end)

  it("has checks for monitoring that run as printed", function()
    local cloud_of = CLOUD:format(etc, etc)
    assert.equal(0, select(3, sh("rsnapshots rotate /etc/rsnapshots/policy.lua", cloud_of)))
    local seen = 0
    local page = slurp "docs/operators.md":gsub("\\\n%s*", "")
    for line in page:gmatch "\n(rsnapshots check [^\n]*)" do
      local _, err, status = sh(line, cloud_of)
      assert.same({ "", 0 }, { err, status }, line)
      seen = seen + 1
    end
    assert.equal(2, seen)
  end)
end)
