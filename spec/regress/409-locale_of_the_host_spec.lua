-- Under a host's locale letters and numbers change: in tr_TR "PUBLIC" is not "public" in other
-- letters, in de_DE 3.59 is written 3,59 and tonumber("7.5") is nil (Lua 5.1), and in ISO-8859-1
-- bytes of UTF-8 are letters. Options, files and catalogs mean ASCII.
local ascii = require "rsnapshots.support.ascii"
local compat = require "rsnapshots.support.compat"
local locales = require "spec.support.locales"
local process = require "spec.support.process"

local SCRIPT = [[
local settings_of = require "rsnapshots.connect.settings"
local environment = {}
os.getenv = function(name) return environment[name] end
assert(os.setlocale(LOCALE), "no such locale")

environment = { OS_AUTH_URL = "HTTP://K.EXAMPLE/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
  OS_INSECURE = "YES", OS_INTERFACE = "INTERNALURL" }
local settings = assert(settings_of.gather())
print(settings.verify, settings.interface)

environment = {}
settings = assert(settings_of.gather { endpoint = "http://c/v3/p", api_version = 3.59,
  timeout = 1.5 })
print(settings.api_version, settings.microversion, settings.timeout == 1.5)
settings = assert(settings_of.gather { provider = "rackspace", username = "i", api_key = "k",
  region = "iad" })
print(settings.region)

environment = { OS_CLIENT_CONFIG_FILE = FOLDER .. "/clouds.yaml" }
settings = assert(settings_of.gather())
print(settings.attempt_timeout == 7.5, settings.verify, settings.microversion, settings.username)

local endpoint = require "rsnapshots.connect.endpoint"
local found = assert(endpoint.choose({ { type = "volumev3", name = "", interface = "INTERNAL",
  region = "INDIA", url = "http://c/v3/p" } }, { interface = "internal", region = "india" }))
print(found.url)
local refusal = require "rsnapshots.identity.refusal"
print(refusal.explain({ url = "u", version = 3, settings = { username = "\195\132\195\159i" } },
  { kind = "auth", status = 401, message = "no" }).message)
]]

local CLOUDS = [[
clouds:
  prod:
    auth: {auth_url: 'http://k/v3', username: 1.50, password: p}
    api_timeout: 7.5
    insecure: 'TRUE'
    volume_default_microversion: '3.59'
]]

local EXPECTED = "false\tINTERNALURL\n3\t3.59\ttrue\nIAD\ntrue\tfalse\t3.59\t1.5\nhttp://c/v3/p\n"
  .. "user '\195\132\195\159i' was refused at u: no\n"

describe("under the locale", function()
  local HERE = (process.run "pwd"):match "[^\n]+"
  local folder

  setup(function()
    folder = process.directory()
    process.write(folder .. "/clouds.yaml", CLOUDS)
  end)

  teardown(function()
    process.run("rm -rf " .. process.quote(folder))
  end)

  for _, case in ipairs { { "C", "" }, { "tr_TR", "UTF-8" }, { "de_DE", "UTF-8" },
    { "de_DE", "ISO-8859-1" } } do
    local name = case[2] == "" and case[1] or case[1] .. "." .. case[2]
    it(name .. " connecting means the same", function()
      local there, problem = true, nil
      if case[2] ~= "" then
        there, problem = locales.compile(name)
      end
      if not there then
        return pending(problem)
      end
      local script = folder .. "/script.lua"
      process.write(script, ("package.path = %q .. package.path\npackage.cpath = %q .. "
        .. "package.cpath\nlocal LOCALE, FOLDER = %q, %q\n"):format(HERE .. "/lua/?.lua;" .. HERE
        .. "/lua/?/init.lua;", HERE .. "/" .. compat.build .. "/lib/?.so;", name, folder)
        .. SCRIPT)
      assert.equal(EXPECTED, (process.run(("%s $(command -v %s) %s"):format(locales.environment,
        process.interpreter(), script))))
    end)
  end
end)

describe("ASCII", function()
  it("is changed byte by byte", function()
    assert.equal("iz\195\132\196\176@[`{", ascii.lower "IZ\195\132\196\176@[`{")
    assert.equal("IZ\195\164\196\177@[`{", ascii.upper "iz\195\164\196\177@[`{")
  end)

  it("has blanks around it cut off, and no others", function()
    for text, wanted in pairs { [""] = "", [" "] = "", ["a"] = "a", [" \t\r\n\v\fa b\n "] = "a b",
      ["\194\160a\194\160"] = "\194\160a\194\160", ["\0a\0"] = "\0a\0" } do
      assert.equal(wanted, ascii.trim(text))
    end
  end)

  it("is put on one line", function()
    assert.equal("a  b \195\132 c", ascii.one_line "a\r\nb\0\195\132\127c")
  end)

  it("writes numbers with a point", function()
    for text, wanted in pairs { ["1"] = 1, ["-1.5"] = -1.5, [".5"] = 0.5, ["5."] = 5,
      ["1e3"] = 1000, ["-1.5E+2"] = -150 } do
      assert.equal(wanted, ascii.number(text))
    end
    for _, text in ipairs { "", ".", "-", "1,5", "0x10", "e3", "1e", " 1", "1 ", "inf", "nan",
      "1.2.3" } do
      assert.is_nil(ascii.number(text))
    end
  end)
end)
