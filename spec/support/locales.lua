--- Locales for specs, compiled when needed, without a change of the system.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local locales = {}

-- glibc looks here first, if the environment says so.
local FOLDER = (process.run "pwd"):match "[^\n]+" .. "/" .. compat.build .. "/locales"

--- Compiles a locale: true, or nil and why there is none.
-- @string name as tr_TR.ISO-8859-9
function locales.compile(name)
  local language, charset = name:match "^([^.]+)%.(.+)$"
  -- in a folder of its own first: specs may run at the same time
  local output, status = process.run(([[
    test -d %s/%s || { mkdir -p %s && made=$(mktemp -d) &&
      localedef -i %s -f %s "$made/%s" && { mv "$made/%s" %s/ || test -d %s/%s; }; }]]):format(
    FOLDER, name, FOLDER, language, charset, name, name, FOLDER, FOLDER, name))
  if status ~= 0 then
    return nil, "no locale " .. name .. " (Debian's package locales): " .. output
  end
  return true
end

--- The beginning of a command line, with which the command finds the locales.
locales.environment = "LOCPATH=" .. process.quote(FOLDER)

return locales
