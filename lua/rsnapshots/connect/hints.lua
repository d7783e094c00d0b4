--- What to do about a failure to connect, if its message does not say so.
local ascii = require "rsnapshots.support.ascii"

local hints = {}

-- The option that the URL comes from.
local function option_of(err, settings)
  local auth_url = settings.auth_url
  return auth_url and err.url and err.url:sub(1, #auth_url) == auth_url and "auth_url"
    or "the endpoint"
end

-- By the URL's scheme: what the other side may speak instead, the messages of libraries and servers
-- that say so (`loudly`), and the messages that appear if the other side says nothing (`silently`).
local OTHERS = {
  https = { speaks = "plain http", begins = "http://", silently = { "ssl connection timeout" },
    loudly = { "wrong version number", "unexpected tls packet", "record overflow",
      "packet length too long", "unknown protocol", "first record does not look like a tls" } },
  http = { speaks = "TLS", begins = "https://", silently = { "empty reply from server" },
    loudly = { "plain http request was sent to https port", "http request to an https server",
      "sent an http request to an https", "speaking plain http to an ssl-enabled server",
      "http/0.9" } },
}

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

local function scheme_hint(err, settings)
  local other = OTHERS[(err.url or ""):match "^https" or "http"]
  local surely = says(err, other.loudly)
  if not surely and not says(err, other.silently) then
    return nil
  end
  local cause = says(err, { "seems to speak" }) and "" -- the core has said so
    or ("what answers there %s speak %s: "):format(surely and "seems to" or "might", other.speaks)
  return ("; %s%s may have to begin with %s"):format(cause, option_of(err, settings), other.begins)
end

-- Which option names a file for TLS that cannot be read, and why; nil if none does. Without
-- verify, no cacert is read; without a cert, no key.
local function unreadable(settings)
  local used = { cacert = settings.verify ~= false, cert = true, key = settings.cert ~= nil }
  for _, name in ipairs { "cacert", "cert", "key" } do
    local path, file, problem = used[name] and settings[name], nil, nil
    if path and not path:find("-----BEGIN", 1, true) then
      file, problem = io.open(path)
    end
    if file then
      file:close()
    elseif problem then
      return name, problem
    end
  end
end

--- Adds to an error's message what to do.
function hints.add(err, settings)
  local name, problem = unreadable(settings)
  if err.kind == "tls" and name then
    err.kind, err.message = "config", ("the file of %s cannot be read: %s"):format(name, problem)
    return
  end
  err.message = err.message .. (proxy_hint(err, settings) or scheme_hint(err, settings) or "")
end

return hints
