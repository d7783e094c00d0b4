--- What to do about a failure to connect, if its own words do not say it.
local ascii = require "rsnapshots.support.ascii"

local hints = {}

-- The option that the URL comes from.
local function option_of(err, settings)
  local auth_url = settings.auth_url
  return auth_url and err.url and err.url:sub(1, #auth_url) == auth_url and "auth_url"
    or "the endpoint"
end

-- What TLS libraries say if the other side does not speak TLS.
local NO_TLS = { "wrong version number", "unexpected tls packet", "record overflow",
  "packet length too long", "unknown protocol", "first record does not look like a tls" }

-- What servers that speak TLS answer to plain HTTP, and libcurl's words about a TLS alert.
local NO_HTTP = { "plain http request was sent to https port", "http request to an https server",
  "sent an http request to an https", "speaking plain http to an ssl-enabled server", "http/0.9" }

-- What happens in these cases if nobody says anything.
local SILENT_TLS, SILENT_HTTP = { "ssl connection timeout" }, { "empty reply from server" }

local function says(err, phrases)
  local message = ascii.lower(err.message)
  for _, phrase in ipairs(phrases) do
    if message:find(phrase, 1, true) then
      return true
    end
  end
  return false
end

local function proxy_hint(err, settings)
  local proxy = settings.proxy
  if err.kind ~= "network" or err.sent or not proxy or proxy == "" then
    return nil
  end
  return (" (by the proxy %s, which the option proxy names: is it running? proxy = \"\" goes "
    .. "without)"):format((proxy:gsub("^(%a[%w+.-]*://)", ""):gsub("^.*@", ""):gsub("/$", "")))
end

-- The other side may speak http instead of https, or the other way round.
local function scheme_hint(err, settings)
  local is_https = err.url and err.url:find "^https:" ~= nil
  local text = "; what answers there %s speak %s: %s may have to begin with %s"
  local loud, silent = NO_HTTP, SILENT_HTTP
  if is_https then
    loud, silent = NO_TLS, SILENT_TLS
  end
  local surely = says(err, loud)
  if surely or says(err, silent) then
    return text:format(surely and "seems to" or "might", is_https and "plain http" or "TLS",
      option_of(err, settings), is_https and "http://" or "https://")
  end
end

local function hint_of(err, settings)
  return proxy_hint(err, settings) or scheme_hint(err, settings)
end

--- Adds to an error's message what to do.
function hints.add(err, settings)
  err.message = err.message .. (hint_of(err, settings) or "")
end

return hints
