--- The command looked for its modules beside the symbolic link that it was called by.
local process = require "spec.support.process"

describe("a symbolic link to the command", function()
  local folder

  before_each(function()
    folder = process.directory()
  end)

  after_each(function()
    process.run("rm -rf " .. folder)
  end)

  it("finds the modules, also by way of another link and with a quote in its name", function()
    assert(process.run(("ln -s \"$PWD/bin/rsnapshots\" %s/one && ln -s one \"%s/it's two\"")
      :format(folder, folder)))
    for _, link in ipairs { "one", "it's two" } do
      local output = process.run(("unset LUA_PATH LUA_CPATH; cd / && %s \"%s/%s\" --version")
        :format(process.interpreter(), folder, link))
      assert.matches("^rsnapshots %d+%.%d+%.%d+\n$", output)
    end
  end)
end)
