--- The Containerfile and the recipe for Kubernetes, as far as that goes without a registry: the
-- build stage of the image is run here, and the job of the recipe with its own policy.
local command = require "spec.support.command"
local lyaml = require "lyaml"
local process = require "spec.support.process"

local CONTAINERFILE = process.read "Containerfile"
local RECIPE = "examples/kubernetes/rsnapshots.yaml"

-- The instructions by their word, continued lines joined.
local function instructions(word)
  local found = {}
  local joined = CONTAINERFILE:gsub("\\\n", " ")
  for line in joined:gmatch "[^\n]+" do
    local rest = line:match("^" .. word .. "%s+(.*)$")
    found[#found + 1] = rest
  end
  return found
end

describe("the Containerfile #separate #slow", function()
  it("builds an image with the command and what it needs, and nothing to build with", function()
    local folder = process.directory()
    local build
    for _, line in ipairs(instructions "RUN") do
      build = line:find "^cmake" and line or build
    end
    local here = process.run("pwd"):match "%S+"
    build = build:gsub("/source", here):gsub("/build%f[%s]", folder .. "/build")
      :gsub("/image", folder .. "/image"):gsub("%-j \"%$%(nproc%)\"", "-j 2")
    local output, status = process.run("unset LUA_PATH LUA_CPATH DESTDIR; " .. build)
    assert.equal(0, status, output)
    local files = process.run(("cd %s/image/usr/local && find . -type f | sort"):format(folder))
    assert.matches("./bin/rsnapshots\n", files, 1, true)
    assert.matches("./lib/lua/5.4/rsnapshots/core.so\n", files, 1, true)
    assert.is_nil(files:find("%.a\n"))
    assert.is_nil(files:find("%.h\n"))
    assert.matches("^rsnapshots %d", process.run(("cd / && unset LUA_PATH LUA_CPATH; "
      .. "%s/image/usr/local/bin/rsnapshots --version"):format(folder)))
    process.run("rm -rf " .. folder)
  end)
end)

describe("the Containerfile #once", function()
  it("runs as a user that is not root, by number, and starts the command", function()
    assert.matches("^[1-9]%d*:[1-9]%d*$", instructions("USER")[1])
    assert.same({ '["rsnapshots"]' }, instructions "ENTRYPOINT")
  end)

  it("copies no build folder and no history", function()
    for _, name in ipairs { ".containerignore", ".dockerignore" } do
      local ignored = process.read(name)
      assert.matches("\n?%.git\n", ignored)
      assert.matches("\nbuild%*\n", ignored)
    end
  end)
end)

describe("the recipe for Kubernetes #separate", function()
  local config, job

  setup(function()
    local documents = lyaml.load(process.read(RECIPE), { all = true })
    config, job = documents[1], documents[2]
  end)

  it("mounts what the job names", function()
    assert.equal("ConfigMap", config.kind)
    assert.equal("CronJob", job.kind)
    local pod = job.spec.jobTemplate.spec.template.spec
    local volumes, container = {}, pod.containers[1]
    for _, volume in ipairs(pod.volumes) do
      volumes[volume.name] = volume
    end
    for _, mount in ipairs(container.volumeMounts) do
      assert.is_table(volumes[mount.name], mount.name)
    end
    assert.equal(config.metadata.name, volumes.policy.configMap.name)
    assert.is_true(container.securityContext.readOnlyRootFilesystem)
    assert.matches("RUNTIME_DIR=" .. container.volumeMounts[3].mountPath .. "\n", CONTAINERFILE)
  end)

  it("runs its arguments with its policy", function()
    local container = job.spec.jobTemplate.spec.template.spec.containers[1]
    local policy, text = os.tmpname(), config.data["policy.lua"]
    local arguments = table.concat(container.args, " "):gsub("/policy/policy%.lua", policy)
    local cloud = command.cloud()
    process.write(policy, text)
    local _, err = cloud:run(arguments)
    assert.matches("not_found: no volume has this property", err, 1, true)
    local replaced, count = text:gsub("volume_property = %b{}", 'volumes = { "volume" }')
    assert.equal(1, count)
    process.write(policy, replaced)
    local _, problem, status = cloud:run(arguments)
    assert.equal(0, status, problem)
    assert.equal("1\n", (cloud:shell "$R list -f value -c id | wc -l"))
    cloud:stop()
    os.remove(policy)
  end)
end)
