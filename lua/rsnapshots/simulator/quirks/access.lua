--- Odd ways of access: version documents, tokens, catalogs, redirects, encodings.
-- @module rsnapshots.simulator.quirks.access

local answer = require "rsnapshots.simulator.http.answer"
local asking = require "rsnapshots.simulator.quirks.asking"
local editing = require "rsnapshots.simulator.quirks.editing"

-- A `before` for version documents: returns an answer and how to send it.
local function on_version(make, plan)
  return function(_, request)
    if asking.is_version_document(request) then
      return make(), plan
    end
    return nil
  end
end

local function unavailable()
  return answer.new(503, "<html><body><h1>503 Service Unavailable</h1></body></html>", "text/html")
end

-- The catalog's services in an answer to an authentication, in either of its two forms.
local function services_in(body)
  local token, access = body:get("token"), body:get("access")
  return token and token:get("catalog") or access and access:get("serviceCatalog") or {}
end

local function is_block_storage(service)
  local kind = service:get("type")
  return kind == "block-storage" or kind:find("^volume") ~= nil
end

-- An `after` for the endpoints of block storage in the catalog: `change(endpoint, endpoints)`.
local function on_endpoint(change)
  return function(self, request, reply)
    if not asking.is_authentication(request) or reply.status >= 300 then
      return
    end
    editing.body(reply, function(body)
      for _, service in ipairs(services_in(body)) do
        local endpoints = service:get("endpoints")
        for i = 1, is_block_storage(service) and #endpoints or 0 do
          change(endpoints[i], endpoints, self)
        end
      end
    end)
  end
end

-- An `after` for the URLs of block storage in the catalog: `change(url)` returns another.
local function on_url(change)
  return on_endpoint(function(endpoint, _, self)
    for _, name in ipairs { "url", "publicURL", "internalURL", "adminURL" } do
      if endpoint:get(name) then
        endpoint:set(name, change(endpoint:get(name), self))
      end
    end
  end)
end

-- Puts block storage below its own path. The catalog names that path without a version; it is
-- removed from incoming requests, and added to links in answers.
local function below(prefix)
  local rename = on_url(function(_, self) return self.sim.url .. prefix end)
  return function(_, request)
    if request.path:sub(1, #prefix) == prefix then
      request.path, request.below = request.path:sub(#prefix + 1), prefix
      request.path = request.path ~= "" and request.path or "/"
      request.asks = asking.of(request)
    end
  end, function(self, request, reply)
    if request.below then
      reply.body = reply.body:gsub("(http://[%d.:]+)(/v[123])", "%1" .. prefix .. "%2")
    end
    rename(self, request, reply)
  end
end

local function unversioned(name, prefix)
  local before, after = below(prefix)
  return { name = name,
    says = ("The catalog's URL of block storage is /%s, without a version."):format(
      prefix:sub(2)),
    before = before, after = after }
end

-- A `before` that sends every request for a resource, or for a token, elsewhere.
local function redirect(name, status)
  return { name = name,
    says = ("Block storage redirects to another host, with status %d."):format(status),
    before = function(_, request)
      if request.asks.resource then
        return answer.new(status):header("Location", "https://volume.example" .. request.path)
      end
      return nil
    end }
end

local function template(form)
  return on_url(function(url) return (url:gsub("/%x+$", "/" .. form:gsub("%%", "%%%%"))) end)
end

return {
  { name = "versions_closed", says = "Version documents (roots, /v3/) close the connection.",
    before = on_version(unavailable, { cut = "before" }) },
  { name = "versions_hang", says = "Version documents are never answered.",
    before = on_version(unavailable, { stall = true }) },
  { name = "versions_429", says = "Version documents are a 429.",
    before = on_version(function() return answer.new(429) end) },
  { name = "versions_503", says = "Version documents are a proxy's 503.",
    before = on_version(unavailable) },
  { name = "versions_hidden", says = "Version documents are a 404 without a body.",
    before = on_version(function() return answer.new(404) end) },
  { name = "rolled_back", n = 1,
    says = "After 1 request (=N: N requests) the service is an older one, with 3.59 at most.",
    after = function(self, request)
      if request.asks.resource then
        self.seen = self.seen + 1
        if self.seen == self.n then
          self.sim.max_micro, self.sim.max_microversion = 59, "3.59"
        end
      end
    end },
  { name = "keystone_500", n = 1,
    says = "The first authentication (=N: the first N) is a 500.",
    before = function(self, request)
      if asking.is_authentication(request) and self.seen < self.n then
        self.seen = self.seen + 1
        return answer.keystone(500, "An unexpected error prevented the server from fulfilling "
          .. "your request.")
      end
      return nil
    end },
  { name = "rescope_refused", says = "A token cannot be exchanged for another: 403.",
    before = function(_, request)
      if asking.is_authentication(request) and request.body:find('"token"', 1, true) then
        return answer.keystone(403, "You are not authorized to perform the requested action: "
          .. "rescope a scoped token.")
      end
      return nil
    end },
  { name = "region_any", says = "The catalog's region is *.",
    after = on_endpoint(function(endpoint)
      endpoint:set("region", "*")
      if endpoint:get("region_id") then
        endpoint:set("region_id", "*")
      end
    end) },
  { name = "region_named", says = "The catalog's region has an id (RegionOne) and a name that "
      .. "differs (Region One).",
    after = on_endpoint(function(endpoint)
      if endpoint:get("region_id") then
        endpoint:set("region", "Region One")
      end
    end) },
  { name = "url_blanks", says = "The catalog's URLs have blanks before and a newline after them.",
    after = on_url(function(url) return "  " .. url .. "\n" end) },
  { name = "url_tenant_template", says = "The catalog's URLs end with %(tenant_id)s.",
    after = template "%(tenant_id)s" },
  { name = "url_project_template", says = "The catalog's URLs end with $(project_id)s.",
    after = template "$(project_id)s" },
  { name = "two_addresses",
    says = "The catalog has every service twice; nothing answers at the second address.",
    after = on_endpoint(function(endpoint, endpoints)
      local name = endpoint:get("url") and "url" or "publicURL"
      endpoints[#endpoints + 1] = endpoint:copy():set(name,
        (endpoint:get(name):gsub("^http://[^/]+", "http://volume.invalid:8776")))
    end) },
  { name = "interface_capitals", says = "Interfaces are written Public, Internal, Admin.",
    after = on_endpoint(function(endpoint)
      local interface = endpoint:get("interface")
      if interface then
        endpoint:set("interface", (interface:gsub("^%l", string.upper)))
      end
    end) },
  unversioned("url_unversioned", "/volume"),
  unversioned("url_misleading", "/api/v1/volume"),
  { name = "encoding_utf8", says = "Every answer has the header Content-Encoding: utf-8.",
    after = function(_, _, reply) reply:header("Content-Encoding", "utf-8") end },
  redirect("redirect_301", 301),
  redirect("redirect_302", 302),
  redirect("redirect_308", 308),
  { name = "redirect_identity", says = "Authentication redirects to another host, with status 301.",
    before = function(_, request)
      if asking.is_authentication(request) then
        return answer.new(301):header("Location", "https://identity.example" .. request.path)
      end
      return nil
    end },
}
