--- The documentation as a site: it is built, whole, and its check finds what can go wrong.
local check = require "docs.site.check"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local sections = require "docs.site.pages"
local simulator = require "rsnapshots.simulator"

-- Checks a site of one page.
local function problems_of(markdown, html)
  local folder = process.directory()
  process.write(folder .. "/a.html", html)
  local problems = check.site(folder, { ["a.html"] = markdown })
  process.run("rm -r " .. folder)
  return problems
end

local function page(body)
  return '<html><body><main id="content">' .. body .. "</main></body></html>"
end

describe("the check of the site #once", function()
  it("lets a good page pass", function()
    assert.same({}, problems_of("# T\n\nUse `--local`, *or* [this](#t). `OS_*`\n\n```sh\n"
      .. "a && b\n```\n",
      page '<h1 id="t">T</h1> Use <code>--local</code>, <em>or</em> <a href="#t">this</a>.'
      .. '<code>OS_*</code><pre><code>a &amp;&amp; <span class="bu">b</span></code></pre>'))
  end)

  it("finds options that became dashes", function()
    assert.matches("nobody wrote –", problems_of("say --local", page "say –local")[1])
    assert.matches("as written: %-%-local", problems_of("`--local`", page "<code>–local</code>")[1])
  end)

  it("finds stars that became emphasis", function()
    assert.matches("nobody wrote %*, RS_%*", problems_of("OS_*, RS_*",
      page "OS_<em>, RS_</em>")[1])
    assert.matches("OS_%* is not marked", problems_of("OS_* is", page "OS_* is")[1])
  end)

  it("finds links and anchors that lead nowhere", function()
    assert.matches("nothing is at b.html", problems_of("", page '<a href="b.html">b</a>')[1])
    assert.matches("no #b in a.html", problems_of("", page '<a href="a.html#b">b</a>')[1])
    assert.matches("no #c", problems_of("", page '<a href="#c">c</a>')[1])
  end)

  it("finds blocks that lost something", function()
    assert.matches("as written: a | b", problems_of("```sh\na | b\n```\n",
      page "<pre><code>a b</code></pre>")[1])
  end)
end)

describe("the pages of the site #once", function()
  it("are all the documentation there is", function()
    local listed = {}
    for _, section in ipairs(sections) do
      for _, one in ipairs(section) do
        assert.is_nil(listed[one.source], one.source)
        listed[one.source] = true
      end
    end
    for path in process.run("ls *.md docs/*.md"):gmatch "[^\n]+" do
      assert.is_true(listed[path] or false, path)
    end
  end)
end)

describe("the page about Snapshot #once", function()
  it("has an example for each method of a Snapshot", function()
    local text = process.read "docs/snapshot.md"
    for _, method in ipairs { "refresh", "update", "delete", "wait_until_complete",
      "wait_until_deleted", "get_metadata", "set_metadata", "replace_metadata", "delete_metadata",
      "restore", "revert", "reset_status", "update_status", "unmanage", "to_table", "to_json" } do
      local found = false
      for block in text:gmatch "```lua\n(.-)```" do
        found = found or block:find(":" .. method .. "%f[^%w_]") ~= nil
      end
      assert.is_true(found, method)
    end
  end)
end)

-- What makes a client, which rsnapshots.connect does for everybody.
local INTERNAL = { new = true }

describe("the site #slow #separate", function()
  local folder, output, status

  setup(function()
    if process.run "command -v pandoc && command -v ldoc":find "ldoc" then
      folder = process.directory()
      output, status = process.run("scripts/site " .. folder)
    end
  end)

  teardown(function()
    if folder then
      process.run("rm -r " .. folder)
    end
  end)

  local function needed()
    if not folder then
      pending "needs pandoc and lua-ldoc"
    end
    return folder ~= nil
  end

  -- What a page of the reference has a heading for.
  local function headings(name)
    local found = {}
    local html = process.read(("%s/reference-%s.html"):format(folder, name))
    for title in html:gmatch "<h2 id=\"[^\"]*\">([%w_]+)</h2>" do
      found[title] = true
    end
    return found
  end

  it("is built without a problem", function()
    if needed() then
      assert.equal(0, status, output)
      assert.matches("%d+ pages, 0 problems", output)
    end
  end)

  it("has every verb of a client in its reference, and no other function", function()
    if needed() then
      local sim = assert(simulator.new())
      local client = assert(sim:connect())
      local verbs = headings "client"
      for verb in pairs(verbs) do
        assert.equal("function", type(client[verb]), verb)
      end
      local public = debug.getmetatable(client).__index
      for verb in pairs(debug.getmetatable(public).__index) do
        assert.is_true(verbs[verb] or INTERNAL[verb] or false, verb)
      end
      client:close()
      sim:close()
    end
  end)

  it("has the module's own functions in its reference, and no other", function()
    if needed() then
      local there = headings "rsnapshots"
      for name, value in pairs(rsnapshots) do
        assert.is_true(there[name] or type(value) ~= "function", name)
      end
      for name in pairs(there) do
        assert.is_not_nil(rsnapshots[name], name)
      end
    end
  end)
end)
