--- What the simulator sends back: status, headers in order, body; and the shapes of errors.
-- @module rsnapshots.simulator.http.answer

local json = require "rsnapshots.simulator.text.json"

local Answer = { __name = "rsnapshots.simulator.Answer" }
Answer.__index = Answer

local REASONS = {
  [100] = "Continue", [200] = "OK", [201] = "Created", [202] = "Accepted",
  [203] = "Non-Authoritative Information", [204] = "No Content", [300] = "Multiple Choices",
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [406] = "Not Acceptable", [409] = "Conflict",
  [411] = "Length Required", [413] = "Request Entity Too Large",
  [422] = "Unprocessable Entity", [429] = "Too Many Requests",
  [431] = "Request Header Fields Too Large", [500] = "Internal Server Error",
  [501] = "Not Implemented", [502] = "Bad Gateway", [503] = "Service Unavailable",
  [504] = "Gateway Timeout",
}

local answer = {}

--- An answer.
-- @tparam int status
-- @tparam[opt=""] string body
-- @tparam[opt] string content_type nil: no such header
function answer.new(status, body, content_type)
  local self = setmetatable({ status = status, headers = {}, body = body or "" }, Answer)
  if content_type then
    self:header("Content-Type", content_type)
  end
  return self
end

--- An answer with a JSON body.
-- @tparam int status
-- @param value what json.encode takes
-- @tparam[opt] boolean compact without spaces between the parts
function answer.json(status, value, compact)
  return answer.new(status, json.encode(value, compact), "application/json")
end

--- Sets a header; one of the same name is replaced.
function Answer:header(name, value)
  for _, pair in ipairs(self.headers) do
    if pair[1]:lower() == name:lower() then
      pair[2] = value
      return self
    end
  end
  self.headers[#self.headers + 1] = { name, value }
  return self
end

--- The value of a header, or nil.
function Answer:get_header(name)
  for _, pair in ipairs(self.headers) do
    if pair[1]:lower() == name:lower() then
      return pair[2]
    end
  end
  return nil
end

--- The reason phrase of a status.
function answer.reason(status)
  return REASONS[status] or "Unknown"
end

local CHUNK = 1000 -- bytes

local function in_chunks(body)
  local parts = {}
  for at = 1, #body, CHUNK do
    local part = body:sub(at, at + CHUNK - 1)
    parts[#parts + 1] = ("%x\r\n%s\r\n"):format(#part, part)
  end
  return table.concat(parts) .. "0\r\n\r\n"
end

--- The answer as bytes. With a Transfer-Encoding it is sent in chunks, without its length.
-- @tparam boolean headless true for an answer to HEAD: the length, not the body
-- @treturn string head, up to and including the empty line
-- @treturn string body
function Answer:bytes(headless)
  local reason = self.reason or answer.reason(self.status)
  local lines = { ("HTTP/1.1 %d %s"):format(self.status, reason) }
  for _, pair in ipairs(self.headers) do
    lines[#lines + 1] = pair[1] .. ": " .. pair[2]
  end
  local chunked = self:get_header("Transfer-Encoding") == "chunked"
  if not chunked and not self:get_header("Content-Length") and self.status ~= 100 then
    lines[#lines + 1] = "Content-Length: " .. #self.body
  end
  local head = table.concat(lines, "\r\n") .. "\r\n\r\n"
  if headless then
    return head, ""
  end
  return head, chunked and in_chunks(self.body) or self.body
end

-- Errors ----------------------------------------------------------------------------------

local FAULTS = {
  [400] = "badRequest", [401] = "unauthorized", [403] = "forbidden", [404] = "itemNotFound",
  [405] = "badMethod", [409] = "conflictingRequest", [413] = "overLimit",
  [415] = "badMediaType", [429] = "overLimit", [501] = "notImplemented",
  [503] = "serviceUnavailable",
}

--- The name Cinder gives to the fault of a status.
function answer.fault_name(status)
  return FAULTS[status] or "computeFault"
end

--- Cinder's error: `{"itemNotFound": {"code": 404, "message": ...}}`.
-- @tparam int status
-- @tparam string message
-- @tparam[opt] string retry_after also written into the body, as in an overLimit
function answer.fault(status, message, retry_after)
  local inner = json.object("code", status, "message", message)
  if retry_after then
    inner:set("retryAfter", retry_after)
  end
  local self = answer.json(status, json.object(answer.fault_name(status), inner))
  if retry_after then
    table.insert(self.headers, 1, { "Retry-After", retry_after })
  end
  return self
end

--- The error of Cinder's middleware, whose code is text: unknown paths, bodies too large.
function answer.middleware(status, message)
  local reason = answer.reason(status)
  return answer.json(status, json.object("message", message .. "<br /><br />\n\n\n",
    "code", ("%d %s"):format(status, reason), "title", reason))
end

--- An unknown path.
function answer.no_route()
  return answer.middleware(404, "The resource could not be found.")
end

--- Rackspace's error, whose keys are in the opposite order.
function answer.rackspace(status, message, name)
  return answer.json(status, json.object(name or answer.fault_name(status),
    json.object("message", message, "code", status)))
end

--- Keystone's error; `identity` is an Object to add, or nil.
function answer.keystone(status, message, identity)
  local inner = json.object("code", status)
  if identity then
    inner:set("identity", identity)
  end
  inner:set("message", message):set("title", answer.reason(status))
  local self = answer.json(status, json.object("error", inner), true)
  self.body = self.body .. "\n"
  return self
end

return answer
