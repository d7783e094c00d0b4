--- Which microversion of API version 3 to speak.
local documents = require "rsnapshots.identity.documents"
local errors = require "rsnapshots.error"

local microversion = {}

-- A microversion 3.N is its N.
local OLDEST, NEWEST = 0, 70 -- those that this library knows

local function parse(text)
  return tonumber(tostring(text):match "^3%.([0-9]+)$")
end

-- "3.0 to 3.70"
local function span(least, most)
  return "3." .. least .. " to 3." .. most
end

-- From the oldest on, where nothing says since when.
local function range(least, most)
  least, most = parse(least) or OLDEST, parse(most)
  if most and most >= least then
    return least, most
  end
end

local function range_in(versions)
  local version = versions[3] or {}
  return range(version.min_version, version.version or version.max_version)
end

-- The range in the message of a refusal (406): "Minimum is 3.0 and maximum is 3.59."
local function range_told(err)
  return range(err.message:match "inimum is ([0-9.]-[0-9]) and maximum is ([0-9.]*[0-9])")
end

-- Did a request not even get a connection? Then no other will, either.
local function is_unreachable(err)
  return errors.is_unanswered(err) and not err.sent and not err.status
end

-- Asks the service's root and, if that says nothing (a proxy may hide it), the version's own
-- document, which needs a token. Both are optional: nil if neither says anything.
local function ask_range(session, endpoint, deadline)
  local root, version = (endpoint .. "/"):match "^(%a+://[^/]+.*)/(v3[%.0-9]*)/"
  local versions, err = documents.insist(session, root .. "/", deadline, is_unreachable)
  if err then
    return nil, nil, err
  end
  local least, most = range_in(versions)
  if not least then
    versions, err = documents.get(session, root .. "/" .. version .. "/", deadline, true)
    least, most = range_in(versions)
  end
  return least, most, err and err.closed and err or nil
end

-- The pinned one, or the newest that both sides know; 3.0 if the service says nothing.
local function choose(pinned, least, most)
  if not most then
    return { text = pinned or "3." .. OLDEST, minor = parse(pinned) or OLDEST }
  end
  local minor = pinned == "latest" and most or parse(pinned) or math.min(most, NEWEST)
  if minor < least or minor > most then
    local message = pinned and "microversion " .. pinned .. " is not offered: the service has %s, "
      .. "and this library knows %s" or "the service has microversions %s, and this library knows "
      .. "%s; set microversion to try one of the service's"
    return errors.fail("unsupported", message:format(span(least, most), span(OLDEST, NEWEST)))
  end
  return { text = pinned or "3." .. minor, minor = minor, most = most }
end

--- Settles on a microversion. If the service does not say within a few seconds which ones it has,
-- it is 3.0, or the pinned one.
-- @string endpoint a URL with the version in it
-- @treturn table `text` for the header, the `minor` version that it stands for, and the newest
-- (`most`) that the service has, or nil if it does not say; nil and an error
function microversion.negotiate(session, endpoint, deadline)
  local least, most, err = ask_range(session, endpoint, deadline)
  if err then
    return nil, err
  end
  return choose(session.settings.microversion, least, most)
end

--- Settles again after the service refused a microversion with 406: because it was rolled back,
-- some of its workers are older than others, or it did not answer when connecting. If its
-- documents say nothing, or still offer the refused one, the range in the refusal itself decides.
-- @tparam table settled the refused one, from `negotiate`
-- @tparam Error refusal the 406
-- @treturn table as from `negotiate`, but not the refused one; nil and an error
function microversion.renegotiate(session, endpoint, deadline, settled, refusal)
  local again, err = microversion.negotiate(session, endpoint, deadline)
  local least, most = range_told(refusal)
  if most and (not again or not again.most or again.text == settled.text) then
    again, err = choose(session.settings.microversion, least, most)
  end
  if again and again.text == settled.text then
    return nil, refusal
  end
  return again, err
end

return microversion
