--- Odd refusals: the shapes of errors, rate limits and quotas.
-- @module rsnapshots.simulator.quirks.refusals

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"

local object, array = json.object, json.array

-- A refusal's message, whatever its form.
local function message_in(reply)
  local body = json.decode(reply.body)
  local inner = json.type(body) == "object" and body:get(body.keys[1])
  local message = json.type(inner) == "object" and inner:value "message"
  return type(message) == "string" and message or reply.body
end

-- The bodies by name, made from the message and the status.
local SHAPES = {
  { "error_msg", function(text)
    return object("error_code", "EVS.5404", "error_msg", text, "request_id", "r1")
  end },
  { "error_text", function(text) return object("error", text) end },
  { "error_description", function(text)
    return object("error", "invalid_request", "error_description", text)
  end },
  { "error_code_text", function(text)
    return object("error", object("message", text, "code", "EVS.2032"))
  end },
  { "errors_detail", function(text, status)
    return object("errors", array { object("status", status, "title", answer.reason(status),
      "detail", text) })
  end },
  { "errors_texts", function(text) return object("errors", array { text }) end },
  { "detail", function(text) return object("detail", text) end },
  { "detail_list", function(text)
    return object("detail", array { object("loc", array { "body" }, "msg", text) })
  end },
  { "faultstring", function(text)
    return object("debuginfo", nil, "faultcode", "Client", "faultstring", text)
  end },
  { "fault_faultstring", function(text)
    return object("fault", object("faultstring", text, "detail", object()))
  end },
  { "title_description", function(text)
    return object("title", "Bad snapshot", "description", text)
  end },
  { "description", function(text)
    return object("incidentID", "1", "code", "E0042", "description", text)
  end },
  { "error_message", function(text)
    return object("error_message", json.encode(object("faultstring", text)))
  end },
  { "capital_message", function(text) return object("Message", text) end },
  { "message_object", function(text, status)
    return object("badRequest", object("message", object("snapshot", array { text }),
      "code", status))
  end },
  { "message_list", function(text) return object("message", array { text }) end },
  { "msg", function(text) return object("code", 4001, "msg", text) end },
  { "reason", function(text) return object("reason", text) end },
  { "list", function(text) return array { object("code", "X", "message", text) } end },
  { "nested", function(text, status)
    return object("error", object(answer.fault_name(status), object("message", text,
      "code", status)), "code", status)
  end },
}

local function xml_escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

-- An `after` that gives block storage's refusals another body: `make(text, status)` returns it and
-- its type.
local function reshape(make)
  return function(_, request, reply)
    if request.asks.resource and reply.status >= 400 then
      local body, content_type = make(message_in(reply), reply.status)
      reply.body = body
      reply:header("Content-Type", content_type)
    end
  end
end

local quirks = {}

for _, shape in ipairs(SHAPES) do
  local name, make = shape[1], shape[2]
  quirks[#quirks + 1] = { name = "fault_" .. name,
    says = "Refusals are " .. json.encode(make("REASON", 400)) .. ".",
    after = reshape(function(text, status)
      return json.encode(make(text, status)), "application/json"
    end) }
end

quirks[#quirks + 1] = { name = "fault_xml", says = "Refusals are XML.",
  after = reshape(function(text, status)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<%s code="%d"><message>%s</message></%s>')
      :format(answer.fault_name(status), status, xml_escape(text), answer.fault_name(status)),
      "application/xml"
  end) }

-- Rate limits and quotas --------------------------------------------------------------------

-- A `before` for the first `n` creates.
local function limit_creates(make)
  return function(self, request)
    if request.asks.resource == "snapshots" and request.asks.operation == "create"
      and self.seen < self.n then
      self.seen = self.seen + 1
      return make()
    end
    return nil
  end
end

quirks[#quirks + 1] = { name = "rate_limit_says_quota", n = 1,
  says = "The first create (=N: the first N) is a 429 with Retry-After: 1 that speaks of a quota.",
  before = limit_creates(function()
    return answer.fault(429, "API request quota exceeded, try again in 1 second", "1")
  end) }

quirks[#quirks + 1] = { name = "rate_limit_413", n = 1,
  says = "The first create (=N: the first N) is a 413 that speaks of a rate limit, without a "
    .. "time to wait.",
  before = limit_creates(function()
    return answer.json(413, object("overLimit", object("code", 413,
      "message", "This request was rate-limited.",
      "details", "Only 10 POST request(s) can be made to * every minute.")))
  end) }

local QUOTAS = {
  [400] = function(text) return object("error", object("message", text, "code", "EVS.2042")) end,
  [403] = function(text) return object("forbidden", object("message", text, "code", 403)) end,
  [429] = function(text) return object("overLimit", object("code", 429, "message", text)) end,
}

-- Is it the answer to a create beyond the quota?
local function is_quota(request, reply)
  return request.asks.operation == "create" and (reply.status == 413 or reply.status == 429)
    and reply.body:lower():find("exceed", 1, true) ~= nil
end

for _, status in ipairs { 400, 403, 429 } do
  quirks[#quirks + 1] = { name = "quota_" .. status,
    says = ("A used-up quota is a %d."):format(status),
    after = function(_, request, reply)
      if is_quota(request, reply) then
        return answer.json(status, QUOTAS[status]("Quota exceeded for resources: snapshots ("
          .. message_in(reply) .. ")"))
      end
      return nil
    end }
end

return quirks
