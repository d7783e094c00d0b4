--- The one kind of object that a failed operation returns.
--
-- `tostring(err)` is `kind: message [GET /v3/p/snapshots/x] (HTTP 404 itemNotFound, request
-- req-...)`, without what is not known; `..` joins it with text. `rsnapshots.is_error`
-- recognizes an error, and `rsnapshots.assert` raises one. docs/errors.md has the kinds.
-- @module rsnapshots.error

local ascii = require "rsnapshots.support.ascii"
local compat = require "rsnapshots.support.compat"
local tables = require "rsnapshots.support.tables"

local debug = compat.debug

--- An error. All fields except the first two are nil if they are not known.
-- @table Error
-- @tfield string kind what a script checks, such as `not_found`
-- @tfield string message one sentence for people
-- @tfield integer status the HTTP status
-- @tfield string code the service's name for the fault
-- @tfield string request_id the service's name for the request
-- @tfield number retry_after seconds
-- @tfield string method of the request
-- @tfield string url of the request, with its query
-- @tfield integer attempts how often it was sent
-- @tfield boolean lost whether the answer to an attempt was lost
-- @tfield Snapshot snapshot the last one seen: of `failed`, `reverted` and a wait's `timeout`; also
-- what a `create` made whose wait failed
-- @tfield table volume the one that `restore` made, or that a wait for a volume saw last
-- @tfield boolean closed whether the client was closed during the call
-- @tfield string reason of `failed` and `reverted`: the service's own reason, if it gives one
-- @tfield {table,...} dependents of `failed` and `reverted`: the volumes made from the snapshot
-- @tfield table matches ids, of `ambiguous`
-- @tfield string key of `delete_metadata`: the one that could not be deleted
-- @tfield Error cause the error behind this one

local M = {}

local Error = { __name = "rsnapshots.Error" }
Error.__index = Error

local LONGEST = 200 -- bytes of a path in a text

-- "GET /v3/p/snapshots/x"; nil if the error belongs to no request.
local function request_of(err)
  if not err.method or not err.url then
    return nil
  end
  local path = err.url:gsub("[?#].*", ""):gsub("^[^/]*//[^/]*", "")
  if #path > LONGEST then
    path = path:sub(1, LONGEST):gsub("%%[^%%]?$", "") .. "..."
  end
  return err.method .. " " .. (path ~= "" and path or "/")
end

-- "HTTP 404 itemNotFound, request req-..."; nil if there was no answer.
local function answer_of(err)
  local details = {}
  if err.status then
    details[1] = "HTTP " .. err.status .. (err.code and " " .. err.code or "")
  end
  if err.request_id then
    details[#details + 1] = "request " .. err.request_id
  end
  return details[1] and table.concat(details, ", ")
end

-- kind: message [GET /v3/p/snapshots/x] (HTTP 404 itemNotFound, request req-...)
function Error:__tostring()
  local request, answer = request_of(self), answer_of(self)
  request = request and " [" .. request .. "]" or ""
  answer = answer and " (" .. answer .. ")" or ""
  return ascii.one_line(self.kind .. ": " .. self.message .. request .. answer)
end

local function text_of(value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "number" and not M.is(value) then
    error(("attempt to concatenate a %s value with an error"):format(kind), 3)
  end
  return tostring(value)
end

-- `err .. " text"`, and the other way round.
function Error.__concat(one, other)
  return text_of(one) .. text_of(other)
end

--- Makes an error.
-- @local
-- @tparam string kind
-- @tparam string message one sentence that a person can act on
-- @tparam[opt] table fields its other fields
function M.new(kind, message, fields)
  local err = { kind = kind, message = ascii.one_line(message) }
  return setmetatable(tables.fill(err, fields), Error)
end

--- What a failed operation returns: nil and an error.
-- @local
function M.fail(kind, message, fields)
  return nil, M.new(kind, message, fields)
end

--- Passes on the results of another function; a success is one value. A plain `return f()` would
-- remove the calling function from the stack, and messages begin with its name.
-- @local
function M.result(value, err)
  if err then
    return nil, err
  end
  return value
end

--- The same for an iterator, which raises the error.
-- @local
function M.raise(value, err)
  if err then
    error(err, 0)
  end
  return value
end

--- What a failed operation returns for unusable options, environment or files.
-- @local
function M.config(message)
  return nil, M.new("config", message)
end

--- Turns a fault of the core into an error.
-- @local
-- @tparam table fault from Call:fault; it becomes the error
function M.from(fault)
  fault.message = ascii.one_line(fault.message)
  fault.cause = fault.cause and M.from(fault.cause)
  return setmetatable(fault, Error)
end

local UNANSWERED = { network = true, timeout = true, tls = true, server = true,
  rate_limited = true }

--- Is the question still open after this error? A 404 or 401 answers it. A broken connection does
-- not, however much of an answer came.
-- @local
function M.is_unanswered(err)
  return UNANSWERED[err.kind] or false
end

--- Is it a failure that may pass with time?
-- @local
function M.is_passing(err)
  return M.is_unanswered(err) and err.kind ~= "tls" and not err.closed
end

--- Does an error say for certain that what was asked for is gone? A 404 for a URL that is not
-- served does not.
-- @local
function M.is_gone(err)
  return err.kind == "not_found" and not err.unrouted
end

--- The error of a call whose client was closed during the call.
-- @local
function M.closed()
  return M.new("network", "the client was closed", { closed = true })
end

--- Is this value an error of this library?
-- @local
function M.is(value)
  return getmetatable(value) == Error
end

-- C functions that pass errors on.
local PASSING_ON = { [error] = true, [dofile] = true, [require] = true }

-- Will an error raised now reach the standalone interpreter of 5.1, which ignores __tostring? Then
-- there are only Lua functions above its frame: no pcall, and no other C function that may catch
-- errors.
local function ends_the_program()
  if compat.name ~= "5.1" or coroutine.running() or not debug then
    return false
  end
  local level, info, above = 2, debug.getinfo(2, "Sf"), nil
  while info do
    if above and above.what == "C" and not PASSING_ON[above.func] then
      return false
    end
    level, above = level + 1, info
    info = debug.getinfo(level, "Sf")
  end
  return above.what == "C"
end

--- Like assert, which takes only strings as errors in 5.1 and 5.2. It raises the error object,
-- which pcall returns. If nothing catches it, every interpreter shows its text.
-- @local
function M.assert(value, ...)
  if value then
    return value, ...
  end
  local err = ...
  if M.is(err) and ends_the_program() then
    err = tostring(err)
  end
  error(err == nil and "assertion failed!" or err, 0)
end

return M
