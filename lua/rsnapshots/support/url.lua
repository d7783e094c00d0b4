--- URLs. Data in them is percent-encoded, whatever bytes it holds.
local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"

local url = {}

--- Percent-encodes everything but RFC 3986's unreserved characters.
url.encode = core.encode

--- Undoes percent-encoding; "+" is a space, as in queries.
function url.decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

-- Lua 5.3 and 5.4 write a whole number that came out of a division as 5.0.
local function to_text(value)
  return type(value) == "number" and ("%d"):format(value) or value
end

--- A query string of `{name, value}` pairs, "" for none. Numbers are whole ones.
function url.query(pairs_)
  local parts = {}
  for i, pair in ipairs(pairs_) do
    parts[i] = url.encode(pair[1]) .. "=" .. url.encode(to_text(pair[2]))
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

--- Without the slashes at its end. (With a pattern "/+$", 60 KB of slashes in the middle take
-- seconds.)
function url.trim(text)
  return text:match "^.*[^/]" or ""
end

local function is_host(text)
  return text:match("^[A-Za-z0-9%-%._]+$") or text:match("^%[[%x:%.]+%]$")
end

-- A host, and a port behind it if there is one.
local function is_authority(text)
  local host, port = text:match("^(.-):(%d+)$")
  if host and is_host(host) then
    return tonumber(port) >= 1 and tonumber(port) <= 65535
  end
  return is_host(text) ~= nil
end

--- Takes a URL apart; nil and what is wrong with it.
-- @treturn table scheme, host (with port), path (without a trailing slash)
function url.parse(text)
  if text:find("[%z\1-\32\127-\255]") then
    return nil, "it holds a space, or a character that a URL cannot have"
  end
  local scheme, rest = text:match("^([A-Za-z][A-Za-z0-9+.-]*)://(.*)$")
  scheme = scheme and ascii.lower(scheme)
  if scheme ~= "http" and scheme ~= "https" then
    return nil, "it does not begin with http:// or https://"
  end
  local host, path = rest:match("^([^/?#]*)([^?#]*)")
  if rest:find("[?#]") then
    return nil, "it has a query or a fragment"
  elseif host:find("@", 1, true) then
    return nil, "it holds a user name; give credentials as options"
  elseif host == "" or not is_authority(host) then
    return nil, "it has no host, or its port is not a port"
  end
  return { scheme = scheme, host = ascii.lower(host), path = url.trim(path) }
end

local PROXY_SCHEMES = { "http", "https", "socks4", "socks4a", "socks5", "socks5h" }

local function is_proxy_scheme(text)
  for _, scheme in ipairs(PROXY_SCHEMES) do
    if ascii.lower(text) == scheme then
      return true
    end
  end
  return false
end

--- Is this a proxy's address, [scheme://][user[:password]@]host[:port]? Wrong ones
-- would fail in libcurl, as a network that is worth another try.
-- @treturn boolean true; nil and what is wrong with it, without quoting it
function url.check_proxy(text)
  local scheme, rest = text:match("^([^:/@]+)://(.*)$")
  if scheme and not is_proxy_scheme(scheme) then
    return nil, "its scheme is not one of " .. table.concat(PROXY_SCHEMES, ", ")
  end
  local authority, path = (rest or text):match("^([^/?#]*)(.*)$")
  if not (path == "" or path == "/")
    or not is_authority((authority:gsub("^[^@ \t-\r]*@", ""))) then
    return nil, "it is not [scheme://][user[:password]@]host[:port], with what is special in "
      .. "the user and the password percent-encoded"
  end
  return true
end

--- A URL without trailing slashes; nil and what is wrong with it.
function url.normalize(text)
  local parts, problem = url.parse(text)
  if not parts then
    return nil, problem
  end
  return parts.scheme .. "://" .. parts.host .. parts.path
end

return url
