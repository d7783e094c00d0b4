--- The one kind of object that a failed operation returns.
--
-- `tostring(err)` is `kind: message (HTTP 404 itemNotFound, request req-...)`, and
-- `rsnapshots.is_error` knows one. docs/errors.md has the kinds.
-- @module rsnapshots.error

--- An error. All fields but the first two are nil where they are not known.
-- @table Error
-- @tfield string kind what a script decides on, such as `not_found`
-- @tfield string message one sentence for people
-- @tfield integer status the HTTP status
-- @tfield string code the service's name for the fault
-- @tfield string request_id the service's name for the request
-- @tfield number retry_after seconds
-- @tfield string method of the request
-- @tfield string url of the request, with its query
-- @tfield integer attempts how often it was sent
-- @tfield boolean lost was the answer to an attempt lost?
-- @tfield Snapshot snapshot the last one seen: of `failed`, `reverted` and a wait's `timeout`
-- @tfield table volume the one that `restore` made, or that a wait for a volume saw last
-- @tfield boolean closed was the client closed meanwhile?
-- @tfield table matches ids, of `ambiguous`
-- @tfield string key of `delete_metadata`: the one that could not be deleted
-- @tfield Error cause the error behind this one

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
-- @local
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

local PUBLIC = { "status", "code", "request_id", "retry_after", "method", "url", "attempts", "lost",
  "sent", "closed", "unrouted" }

--- The error that a fault of the core stands for.
-- @local
-- @tparam table fault as Call:fault gives it
function M.from(fault)
  local fields = { cause = fault.cause and M.from(fault.cause) }
  for _, name in ipairs(PUBLIC) do
    fields[name] = fault[name]
  end
  return M.new(fault.kind, fault.message, fields)
end

local UNANSWERED = { network = true, timeout = true, tls = true, server = true,
  rate_limited = true }

--- Does an error say nothing of what was asked about? A 404 or 401 does; a
-- connection that broke does not, however much of an answer came.
-- @local
function M.is_unanswered(err)
  return UNANSWERED[err.kind] or false
end

local PASSING = { network = true, timeout = true, server = true, rate_limited = true }

--- Is it a failure that time may cure?
-- @local
function M.is_passing(err)
  return PASSING[err.kind] and not err.closed or false
end

--- The error of a call whose client was closed meanwhile.
-- @local
-- @tparam[opt] boolean sent may the service have seen the request?
function M.closed(sent)
  return M.new("network", "the client was closed", { closed = true, sent = sent })
end

--- The error of a create whose fate nobody can tell.
-- @local
-- @tparam Error cause what went wrong after it was sent
function M.uncertain(cause)
  return M.new("uncertain", "the request was sent, and nobody can tell whether it took effect: "
    .. "look before you send it again (" .. cause.message .. ")", {
    cause = cause, status = cause.status, code = cause.code, request_id = cause.request_id,
    method = cause.method, url = cause.url, attempts = cause.attempts,
    lost = true, closed = cause.closed,
  })
end

--- Is this value such an error?
-- @local
function M.is(value)
  return getmetatable(value) == Error
end

return M
