--- The one kind of object that a failed operation returns.
--
-- Fields: `kind`, `message`, and where they are known `status`, `code`,
-- `request_id`, `retry_after`, `method`, `url`, `attempts`, `snapshot`,
-- `matches`, `cause`. See docs/errors.md for the kinds.
-- @module rsnapshots.error

local M = {}

local Error = { __name = "rsnapshots.Error" }
Error.__index = Error

-- kind: message (HTTP 404 itemNotFound, request req-...)
function Error:__tostring()
  local details = {}
  if self.status then
    details[1] = "HTTP " .. self.status .. (self.code and " " .. self.code or "")
  end
  if self.request_id then
    details[#details + 1] = "request " .. self.request_id
  end
  local text = self.kind .. ": " .. self.message
  if #details > 0 then
    text = text .. " (" .. table.concat(details, ", ") .. ")"
  end
  return (text:gsub("%c", " "))
end

--- Makes an error.
-- @tparam string kind
-- @tparam string message one sentence a person can act on
-- @tparam[opt] table fields further ones
function M.new(kind, message, fields)
  local err = { kind = kind, message = (message:gsub("%c", " ")) } -- one line, and no escapes
  for name, value in pairs(fields or {}) do
    err[name] = value
  end
  return setmetatable(err, Error)
end

local UNANSWERED = { network = true, timeout = true, tls = true, server = true,
  rate_limited = true }

--- Does an error say nothing of what was asked about? A 404 or 401 does; a
-- connection that broke does not, however much of an answer came.
function M.is_unanswered(err)
  return UNANSWERED[err.kind] or false
end

local PASSING = { network = true, timeout = true, server = true, rate_limited = true }

--- Is it a failure that time may cure?
function M.is_passing(err)
  return PASSING[err.kind] and not err.closed or false
end

--- The error of a call whose client was closed meanwhile.
-- @tparam[opt] boolean sent may the service have seen the request?
function M.closed(sent)
  return M.new("network", "the client was closed", { closed = true, sent = sent })
end

--- The error of a create whose fate nobody can tell.
-- @tparam Error cause what went wrong after it was sent
function M.uncertain(cause)
  return M.new("uncertain", "the request was sent, and nobody can tell whether it took effect: "
    .. "look before you send it again (" .. cause.message .. ")", {
    cause = cause, status = cause.status, code = cause.code, request_id = cause.request_id,
    method = cause.method, url = cause.url, attempts = cause.attempts,
  })
end

--- Is this value such an error?
function M.is(value)
  return getmetatable(value) == Error
end

return M
