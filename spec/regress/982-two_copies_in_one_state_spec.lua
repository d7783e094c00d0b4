--- Two copies of the module in one state, as two plugins of an editor bring them along: the second
-- one took over the first one's metatables, whose objects were strangers to it. In 5.1 the
-- collector raised for them.
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"
local process = require "spec.support.process"

describe("a second copy of the module", function()
  local folder, client, sim, loaded, path, cpath

  -- Another file at another place, which is another library to the system.
  local function load_copy()
    path, cpath = package.path, package.cpath
    folder = process.directory()
    local core = assert(package.searchpath and package.searchpath("rsnapshots.core", cpath)
      or ("./%s/lib/rsnapshots/core.so"):format(compat.build))
    local _, status = process.run(("mkdir %s/rsnapshots && cp %s %s/rsnapshots"):format(
      folder, process.quote(core), folder))
    assert.equal(0, status)
    loaded = {}
    for name, module in pairs(package.loaded) do
      loaded[name] = module
      if name:find "^rsnapshots" then
        package.loaded[name] = nil
      end
    end
    package.cpath = folder .. "/?.so;" .. cpath
    return require "rsnapshots"
  end

  before_each(function()
    client, sim = connect.new()
    sim:add_snapshots(3)
  end)

  after_each(function()
    for name in pairs(package.loaded) do
      package.loaded[name] = loaded[name]
    end
    package.path, package.cpath = path, cpath
    client:close()
    sim:close()
    process.run("rm -rf " .. folder)
  end)

  it("leaves the first one's objects alone", function()
    local first = { snapshot = client:list():next(), pager = client:list { page_size = 1 },
      page = client:list():pages()(), group = client:group() }
    assert(first.pager:next())
    first.group:spawn(function() return client:count() end)

    local copy = load_copy()
    local theirs = assert(copy.extract_snapshot('{"snapshot": {"id": "x"}}'))
    assert.equal("x", theirs.id)
    assert.is_true(require("rsnapshots.core").is_snapshot(theirs))
    assert.is_false(require("rsnapshots.core").is_snapshot(first.snapshot))
    assert.equal("snapshot-3", first.snapshot.name)
    assert(first.snapshot:refresh())
    assert.equal(2, #assert(first.pager:all()))
    assert.equal(3, #first.page)
    assert.equal(3, first.group:next().value)
    assert.equal(3, client:count())
    for name in pairs(first) do
      first[name] = nil
    end
    collectgarbage() -- each is finalized by its own copy
    collectgarbage()
  end)
end)
