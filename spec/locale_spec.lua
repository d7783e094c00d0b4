--- What a host's locale changes: letters (in Turkish, i and I are no pair), what is a letter, a
-- blank or a control (in Latin-1, bytes of UTF-8 are), the decimal point, the order of texts. A
-- program under such a locale prints the same as under none.
local compat = require "rsnapshots.support.compat"
local locales = require "spec.support.locales"
local process = require "spec.support.process"

local HERE = (process.run "pwd"):match "[^\n]+"

-- What a program has to be before the text that each scenario is.
local START = ([[
package.path = %q .. package.path
package.cpath = %q .. package.cpath
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"
local assert = rsnapshots.assert
local wanted = %%q
if wanted ~= "C" and os.setlocale(wanted) ~= wanted then
  error("there is no locale " .. wanted)
end

-- A letter whose bytes are letters, blanks and controls in Latin-1.
local NAMES = { "INVISIBLE", "invisible", "\195\133\195\160\194\160", "\196\176\196\177",
  "Zz", "az" }
local function names_in(all)
  local names = {}
  for i, snapshot in ipairs(all) do
    names[i] = snapshot.name
  end
  return table.concat(names, " ")
end
]]):format(("%s/lua/?.lua;%s/lua/?/init.lua;%s/?.lua;"):format(HERE, HERE, HERE),
  ("%s/%s/lib/?.so;"):format(HERE, compat.build))

local LISTINGS = [[
for _, api in ipairs { 3, 2, 1 } do
  local client, sim = connect.new({ api_version = api }, { create_seconds = 0 })
  for _, name in ipairs(NAMES) do
    local made = assert(client:create { volume_id = sim.volume_id, name = name,
      description = "INFINITE " .. name })
    assert(made:wait_until_complete { timeout = 2.5, interval = 0.125 })
  end
  print(api, client.api_version, client.microversion)
  for _, status in ipairs { "available", "AVAILABLE", rsnapshots.status.AVAILABLE, "deleting" } do
    print(status, names_in(assert(client:list { status = status, sort = "name:asc" }:all())))
  end
  for _, name in ipairs(NAMES) do
    local found = assert(client:find(name))
    print(found.name == name, found.description, found.status, found.size)
    print(found.created_time > 1.5e9)
  end
  for _, order in ipairs { "name:asc", "name:desc", "size:asc,name:asc", "status:asc,name:asc" } do
    print(order, names_in(assert(client:list { sort = order }:all())))
  end
  print(names_in(assert(client:list { name_like = "INV" }:all())))
  print(names_in(assert(client:list { created_after = os.time() - 86400.125,
    created_before = "2999-01-05T00:00:00.5Z", sort = "name:asc" }:all())))
  print((client:count { status = "available" }))
  for _, result in ipairs(assert(client:delete_all(client:list(), { all = true }))) do
    print(result.ok, result.error)
  end
  client:close()
  sim:close()
end
]]

local FAULTS = [[
local client, sim = connect.new({ retries = 0 })
for _, body in ipairs {
  '{"FORBIDDEN": {"code": 403, "message": "NOT FOR \195\133 \195\160"}}',
  '{"Error_Msg": "\195\160 QUOTA IS EXCEEDED", "ERROR_CODE": "EVS.INVALID"}',
  "<HTML><TITLE>\195\133 PROXY IS BUSY</TITLE></HTML>",
  "<itemNotFound><MESSAGE>SNAPSHOT \195\133</MESSAGE></itemNotFound>",
} do
  for _, status in ipairs { 400, 403, 404, 413, 429, 503 } do
    sim:fault { path = "/snapshots", status = status, body = body, times = 1 }
    local _, err = client:get "I"
    print(status, err.kind, err.code, err.message)
    sim:clear_faults()
  end
end
for _, value in ipairs { "1", "Fri, 31 Dec 1999 23:59:59 GMT" } do
  sim:fault { path = "/snapshots", status = 429, headers = { ["RETRY-AFTER"] = value }, times = 1 }
  local _, err = client:get "I"
  print(err.kind, err.retry_after == 1)
  sim:clear_faults()
end
for _, call in ipairs {
  function() return client:create { VOLUMEID = "x" } end,
  function() return client:list { STATUS = "x" } end,
  function() return rsnapshots.status.AVAILIBLE end,
  function() return rsnapshots.connect { TIMEOUT = 1.5 } end,
  function() return client:find "\195\133\0" end,
  function() return client:get "\195\160\n" end,
} do
  local ok, problem, err = pcall(call)
  print(ok, (tostring(problem):gsub("^.-rsnapshots: ", "")), err)
end
print(rsnapshots.connect { endpoint = "HTTP://127.0.0.1:1/V3/I", token = "t", retries = 0,
  connect_timeout = 0.25, proxy = "SOCKS5H://\195\160" })
]]

local ADMIN = [[
local client, sim = connect.new({}, {})
local admin = connect.to(sim, { user = "admin" })
local id = sim:add_snapshots(1, { name = "INI \195\133" })[1]
for _, status in ipairs { "ERROR_DELETING", "CREATING", "AVAILABLE", "DELETING", "INVISIBLE" } do
  local ok, err = admin:reset_status(id, status)
  print(ok, err and err.kind, assert(client:get(id)).status)
end
sim:find_snapshot(id).status = "creating"
print(admin:update_status(id, "AVAILABLE", "50%"))
sim:find_snapshot(id).status = "creating"
local _, err = client:wait_until_complete(id, 0.25)
print((err.message:gsub("%x+%-[%x-]+", "ID")))
_, err = client:get "INI \195\133\195\160"
print(err.kind, err.code, err.message)
local volume = sim:add_volume { name = "INI", metadata = { ["TIER"] = "I" } }
print(assert(client:volume "INI").id == volume)
print(#assert(client:volumes { status = "AVAILABLE" }:all()))
local retention = require "rsnapshots.retention"
local list = {}
for i = 1, 30 do
  list[i] = { name = "n" .. i, age = 86400 * i - 0.5, metadata = retention.mark "INI" }
end
sim:add_snapshots(list)
local plan = assert(retention.plan(client:list { name_like = "n" }, { name = "INI",
  keep_daily = 3, keep_within = "5D" == "5d" and "" or "5d", keep_weekly = "unlimited" }))
for _, entry in ipairs(plan) do
  print(entry.snapshot.name, entry.keep, table.concat(entry.reasons, ", "))
end
]]

-- The command as a part of a program that has set its locale.
local CHILD = [[
local cli = require "rsnapshots.cli"
local words = ({
  { "list", "-f", "csv", "-c", "NAME", "-c", "STATUS", "-c", "Size", "--status", "AVAILABLE" },
  { "list", "-f", "json", "-c", "name", "--sort-column", "NAME" },
  { "list", "--limit", "1.5" }, { "list", "--LIMIT", "3" }, { "LIST" }, { "show", "INI\195\133" },
  { "create", "--volume", "volume", "I\195\160", "--wait", "--timeout", "9.5", "-f", "value",
    "-c", "status", "-c", "name" },
  { "check", "--volume", "volume", "--warning", "1d", "--critical", "2.5d" },
  { "wait", "snapshot-1", "--timeout", "0,5" },
})[tonumber(arg[1])]
io.stderr:write(table.concat(words, " "), "\n")
os.exit(cli.main(words))
]]

local CALLS = "1 2 3 4 5 6 7 8 9" -- of those above

local DECODER = [[
print(rsnapshots.extract_snapshot(
  '{"SNAPSHOT": {"id": "I"}, "snapshot": {"id": "I", "status": "in-i", "size": 1.0, "x": 0.5, '
  .. '"created_at": "2026-01-01T00:00:00.5", "metadata": {"i": 0.25, "\195\133": "\195\160"}}}'))
local snapshot = assert(rsnapshots.extract_snapshot(
  '{"snapshot": {"id": "I", "status": "initiating", "size": "10", "x": 0.5, "progress": 12.5, '
  .. '"created_at": 1767225600.5, "metadata": {"i": 0.25, "\195\133": "\195\160"}}}'))
print(snapshot.status, snapshot.size, snapshot.x == 0.5, snapshot.created_time == 1767225600.5)
print(snapshot.metadata.i, snapshot.metadata["\195\133"], snapshot.progress)
print(rsnapshots.extract_snapshot('{"snapshot": {"id": "I", "size": 0,5}}'))
]]

local SCENARIOS = {
  { "listings, finds and waits", LISTINGS }, { "faults and wrong calls", FAULTS },
  { "the decoder", DECODER }, { "verbs of administrators, and retention", ADMIN },
}

-- What a scenario prints under a locale; texts that differ from run to run are taken out.
local function run(scenario, locale)
  local path = os.tmpname()
  process.write(path, START:format(locale) .. scenario)
  local output, status = process.run(locales.environment .. " $(command -v "
    .. process.interpreter() .. ") " .. path)
  os.remove(path)
  assert(status == 0, output)
  output = output:gsub("req%-[%x-]+", "req-x"):gsub("127%.0%.0%.1:%d+", "host")
    :gsub("/%x%x%x%x%x%x%x+", "/p"):gsub("%x+%-%x+%-%x+%-%x+%-%x+", "ID")
    :gsub("%f[%w]%d+ ms", "x ms")
  local lines = {}
  for line in output:gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  return lines
end

-- What the command prints as a part of a program under a locale.
local function run_command(locale)
  local path = os.tmpname()
  process.write(path, START:format(locale) .. CHILD)
  local output, status = process.run(([[%s $(command -v %s) bin/rsnapshots simulate --snapshots 4 \
    --create-seconds 0 -- sh -c 'for i in %s; do "$0" "$1" $i; echo "exit status $?"; done' \
    "$(command -v %s)" %s]])
    :format(locales.environment, process.interpreter(), CALLS, process.interpreter(), path))
  os.remove(path)
  assert(status == 0, output)
  return (output:gsub("127%.0%.0%.1:%d+", "host"):gsub("%x+%-%x+%-[%x-]+", "ID")
    :gsub("%d+ s%f[%W]", "N s"):gsub("%d+s", "Ns"))
end

-- Each of the others has a language of these and a charset of these.
local SLOW = { ["tr_TR.ISO-8859-9"] = true, ["de_DE.UTF-8"] = true }

describe("under the locale", function()
  local expected = {}

  setup(function()
    for _, scenario in ipairs(SCENARIOS) do
      expected[scenario[1]] = run(scenario[2], "C")
    end
  end)

  it("none, a scenario prints something", function()
    local function says(scenario, text)
      assert.matches(text, table.concat(expected[scenario], "\n"), 1, true)
    end
    says("listings, finds and waits", "AVAILABLE\tINVISIBLE Zz az invisible")
    says("faults and wrong calls", "did you mean 'volume_id'")
    says("the decoder", "INITIATING\t10\ttrue")
  end)

  for _, locale in ipairs { "tr_TR.UTF-8", "tr_TR.ISO-8859-9", "de_DE.UTF-8",
    "de_DE.ISO-8859-1" } do
    local slow = SLOW[locale] and " #slow" or ""

    for _, scenario in ipairs(SCENARIOS) do
      it(("%s, %s are the same%s"):format(locale, scenario[1], slow), function()
        local there, problem = locales.compile(locale)
        if not there then
          return pending(problem)
        end
        local lines = run(scenario[2], locale)
        for i, line in ipairs(expected[scenario[1]]) do
          assert.equal(line, lines[i])
        end
        assert.equal(#expected[scenario[1]], #lines)
      end)
    end

    it(locale .. ", the command is the same" .. slow, function()
      local there, problem = locales.compile(locale)
      if not there then
        return pending(problem)
      end
      expected.command = expected.command or run_command "C"
      assert.matches('"snapshot%-4","available",1', expected.command)
      assert.equal(expected.command, run_command(locale))
    end)
  end
end)
