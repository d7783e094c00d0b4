--- One request to block storage: who asks, in which version, and how to refuse.
-- @module rsnapshots.simulator.storage.context

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local schema = require "rsnapshots.simulator.storage.schema"

local Context = { __name = "rsnapshots.simulator.Context" }
Context.__index = Context

local context = {}

--- @tparam table fields `sim`, `request`, `api` (1, 2 or 3), `request_id`, `noauth`
function context.new(fields)
  fields.micro = 0
  return setmetatable(fields, Context)
end

--- Raises an error answer.
-- @tparam int status
-- @tparam string message
-- @tparam[opt] string retry_after
function Context.fail(_, status, message, retry_after)
  error(answer.fault(status, message, retry_after), 0)
end

--- Raises the answer for something that does not exist.
function Context:not_found(what, id)
  self:fail(404, ("%s %s could not be found."):format(what, id))
end

--- Raises a refusal unless the request comes from an administrator.
function Context:only_admin(policy)
  if not self.is_admin then
    self:fail(403, ("Policy doesn't allow %s to be performed."):format(policy))
  end
end

--- The decoded body; raises a refusal if there is none or it is not JSON.
function Context:body()
  if self.request.body == "" then
    self:fail(500, "The server has either erred or is incapable of performing the requested "
      .. "operation.")
  end
  local body = json.decode(self.request.body)
  if body == nil then
    self:fail(400, "Malformed request body")
  end
  return body
end

--- The inner object of a body, and the body; raises a refusal if the body does not fit the schema.
-- @tparam string envelope the one key of the body
-- @tparam table spec see `schema.check`
function Context:checked_body(envelope, spec)
  local body = self:body()
  local wrong = schema.check(body, envelope, spec)
  if wrong then
    self:fail(400, wrong)
  end
  return body:get(envelope), body
end

--- The host by which the client knows the service.
function Context:host()
  local headers = self.request.headers
  local forwarded = headers["x-forwarded-host"]
  if forwarded then
    return forwarded:match("([^,%s]+)%s*$")
  end
  return headers.host or ("%s:%d"):format(self.sim.host, self.sim.port)
end

--- The URL of the resources, as far as the service knows.
function Context:base_url()
  local project = self.project_in_url and "/" .. self.project_in_url or ""
  return ("http://%s/v%d%s"):format(self:host(), self.api, project)
end

--- The same without the version, as in bookmark links.
function Context:bookmark_url()
  return (self:base_url():gsub("/v%d", "", 1))
end

--- May the request see a record?
function Context:sees(record)
  return record and (self.is_admin or record.project_id == self.project.id)
end

--- A snapshot that the request may see; raises a refusal if there is none.
function Context:snapshot(id)
  local record = self.sim.store.snapshot_by_id[id]
  return self:sees(record) and record or self:not_found("Snapshot", id)
end

--- A volume that the request may see; raises a refusal if there is none.
function Context:volume(id)
  local record = self.sim.store.volume_by_id[id]
  return self:sees(record) and record or self:not_found("Volume", id)
end

return context
