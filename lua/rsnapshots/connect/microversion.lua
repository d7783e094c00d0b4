--- Which microversion of API version 3 to speak.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"

local microversion = {}

local OLDEST, NEWEST = { 3, 0 }, { 3, 70 } -- what this library knows

local function parse(text)
  local major, minor = tostring(text or ""):match("^(%d+)%.(%d+)$")
  if major then
    return { tonumber(major), tonumber(minor) }
  end
end

local function is_less(a, b)
  return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2])
end

-- The range in a version document, or nil.
local function range_in(document)
  local versions = type(document) == "table" and document.versions
  for _, version in ipairs(type(versions) == "table" and versions or {}) do
    if type(version) == "table" and tostring(version.id):match("^v3") then
      local least, most = parse(version.min_version), parse(version.version)
      if least and most then
        return least, most
      end
    end
  end
end

-- Asks the service's root, and where that says nothing (a proxy may hide it)
-- the version's own document, which wants a token.
local function ask_range(session, endpoint, deadline)
  local root, version = (endpoint .. "/"):match("^(%a+://[^/]+.*)/(v3[%.%d]*)/")
  local places = { { "send", root .. "/" }, { "call", root .. "/" .. version .. "/" } }
  for _, place in ipairs(places) do
    local request, err = session[place[1]](session, {
      method = "GET", url = place[2], deadline = deadline, choices = true,
    })
    if not request and errors.is_unanswered(err) then
      return nil, nil, err
    end
    local least, most = range_in(request and core.decode(request))
    if least then
      return least, most
    end
  end
end

local function to_text(version)
  return version[1] .. "." .. version[2]
end

-- "3.0 to 3.70"
local function span(least, most)
  return to_text(least) .. " to " .. to_text(most)
end

local function pin(pinned, least, most)
  local wanted = pinned == "latest" and (most or OLDEST) or parse(pinned)
  if most and (is_less(wanted, least) or is_less(most, wanted)) then
    return nil, errors.new("unsupported", ("microversion %s is not offered: the service has %s, "
      .. "and this library knows %s"):format(pinned, span(least, most), span(OLDEST, NEWEST)))
  end
  return { text = pinned, version = wanted, most = most }
end

--- Settles on a microversion.
-- @tparam Session session
-- @string endpoint
-- @number deadline
-- @treturn table `text` for the header, the `version` it stands for as {3, N}, and
-- the newest (`most`) that the service has, nil where it does not say; or nil and
-- an error
function microversion.negotiate(session, endpoint, deadline)
  local pinned = session.settings.microversion
  local least, most, err = ask_range(session, endpoint, deadline)
  if err then
    return nil, err
  elseif pinned then
    return pin(pinned, least, most)
  elseif not most then
    return { text = to_text(OLDEST), version = OLDEST }
  end
  local chosen = is_less(most, NEWEST) and most or NEWEST
  if is_less(chosen, least) then
    return nil, errors.new("unsupported", ("the service has microversions %s, and this library "
      .. "knows %s; set microversion to try one of the service's"):format(span(least, most),
      span(OLDEST, NEWEST)))
  end
  return { text = to_text(chosen), version = chosen, most = most }
end

return microversion
