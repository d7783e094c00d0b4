--- URLs. Data in them is percent-encoded, whatever bytes it contains.
local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local suggest = require "rsnapshots.support.suggest"

local url = {}

--- Percent-encodes everything but RFC 3986's unreserved characters.
url.encode = core.encode

--- Decodes percent-encoding, and "+" as a space, as in queries.
function url.decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- A query string of `{name, value}` pairs; "" if there are none. Numbers must be whole; Lua 5.3
-- and 5.4 would write them as 5.0 if they come from a division.
function url.query(pairs_)
  local parts = {}
  for i, pair in ipairs(pairs_) do
    local name, value = pair[1], pair[2]
    parts[i] = url.encode(name) .. "="
      .. url.encode(type(value) == "number" and ("%d"):format(value) or value)
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

--- The text without slashes at its end. (With the pattern "/+$", 60 KB of slashes in the middle
-- would take seconds.)
function url.trim(text)
  return text:match "^.*[^/]" or ""
end

-- Is it a host, perhaps followed by a port?
local function is_authority(text)
  local host, port = text:match "^(.-):(%d+)$"
  port = tonumber(port or 1)
  host = host or text
  return port >= 1 and port <= 65535
    and (host:find "^[A-Za-z0-9%-%._]+$" or host:find "^%[[%x:%.]+%]$") ~= nil
end

--- A URL without trailing slashes; nil and what is wrong with it.
function url.normalize(text)
  if text:find("[%z\1-\32\127-\255]") then
    return nil, "it holds a space, or a character that a URL cannot have"
  end
  local scheme, host, path, rest = text:match "^([A-Za-z]+)://([^/?#]*)([^?#]*)(.*)$"
  scheme = ascii.lower(scheme or "")
  if scheme ~= "http" and scheme ~= "https" then
    return nil, "it does not begin with http:// or https://"
  elseif rest ~= "" then
    return nil, "it has a query or a fragment"
  elseif host:find("@", 1, true) then
    return nil, "it holds a user name; give credentials as options"
  elseif not is_authority(host) then
    return nil, "it has no host, or its port is not a port"
  end
  return scheme .. "://" .. ascii.lower(host) .. url.trim(path)
end

local PROXY_SCHEMES = { http = true, https = true, socks4 = true, socks4a = true, socks5 = true,
  socks5h = true }

--- What is wrong with a proxy's address, [scheme://][user[:password]@]host[:port], without quoting
-- it; nil if it is right. With a wrong address, libcurl would fail with a network error, which is
-- retried.
function url.problem_of_proxy(text)
  local scheme, rest = text:match "^([^:/@]+)://(.*)$"
  if scheme and not PROXY_SCHEMES[ascii.lower(scheme)] then
    return "its scheme is not one of " .. table.concat(suggest.names_of(PROXY_SCHEMES), ", ")
  end
  local authority, path = (rest or text):match "^([^/?#]*)(.*)$"
  if not (path == "" or path == "/") or not is_authority((authority:gsub("^[^@ \t-\r]*@", ""))) then
    return "it is not [scheme://][user[:password]@]host[:port], with what is special in "
      .. "the user and the password percent-encoded"
  end
end

return url
