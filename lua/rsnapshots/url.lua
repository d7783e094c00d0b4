--- URLs: what is data in them is percent-encoded, whatever bytes it holds.
local url = {}

local function byte_to_hex(char)
  return ("%%%02X"):format(char:byte())
end

--- Percent-encodes everything but RFC 3986's unreserved characters.
function url.encode(text)
  -- not %w, which follows the locale
  return (tostring(text):gsub("[^A-Za-z0-9%-%._~]", byte_to_hex))
end

--- Undoes percent-encoding; "+" is a space, as in queries.
function url.decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- A query string of `{name, value}` pairs, "" for none.
function url.query(pairs_)
  local parts = {}
  for i, pair in ipairs(pairs_) do
    parts[i] = url.encode(pair[1]) .. "=" .. url.encode(pair[2])
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

--- The value of a parameter in a URL's query, or nil.
function url.parameter(text, name)
  local query = text:match("%?([^#]*)") or ""
  for key, value in query:gmatch("([^&=]+)=?([^&]*)") do
    if url.decode(key) == name then
      return url.decode(value)
    end
  end
  return nil
end

--- Takes a URL apart; nil and what is wrong with it.
-- @treturn table scheme, host (with port), path (without a trailing slash)
function url.parse(text)
  if text:find("[%z\1-\32\127-\255]") then
    return nil, "it holds a space, or a character that no URL has"
  end
  local scheme, rest = text:match("^([%a][%w+.-]*)://(.*)$")
  scheme = scheme and scheme:lower()
  if scheme ~= "http" and scheme ~= "https" then
    return nil, "it does not begin with http:// or https://"
  end
  local host, path = rest:match("^([^/?#]*)([^?#]*)")
  if rest:find("[?#]") then
    return nil, "it has a query or a fragment"
  elseif host:find("@", 1, true) then
    return nil, "it holds a user name; give credentials as options"
  elseif not (host:match("^[%w%-%._]+$") or host:match("^[%w%-%._]+:%d+$")
      or host:match("^%[[%x:%.]+%]$") or host:match("^%[[%x:%.]+%]:%d+$")) then
    return nil, "it has no host"
  end
  return { scheme = scheme, host = host:lower(), path = (path:gsub("/+$", "")) }
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
