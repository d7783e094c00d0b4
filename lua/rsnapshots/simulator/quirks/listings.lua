--- Odd listings: links, pages, orders, filters, counts.
-- @module rsnapshots.simulator.quirks.listings

local answer = require "rsnapshots.simulator.http.answer"
local editing = require "rsnapshots.simulator.quirks.editing"
local json = require "rsnapshots.simulator.text.json"

-- An `after` that changes every page: `change(body, name of its links, request, reply)`.
local function on_page(change)
  return function(_, request, reply)
    if request.asks.operation == "list" and reply.status == 200 then
      editing.body(reply, function(body)
        change(body, request.asks.resource .. "_links", request, reply)
      end)
    end
  end
end

-- The same for pages with a link to the next one: `change(body, name, link, reply)`.
local function on_link(change)
  return on_page(function(body, name, _, reply)
    local list = body:get(name)
    local link = type(list) == "table" and list[1]
    if link then
      change(body, name, link, reply)
    end
  end)
end

-- A `before` that changes the parameters of a list request: `change(params, request)`.
local function on_query(change)
  return function(_, request)
    if request.asks.operation == "list" then
      request.params = request.params:copy()
      return change(request.params, request)
    end
    return nil
  end
end

-- The same in version 1 only.
local function on_query_v1(change)
  return on_query(function(params, request)
    if request.asks.api == 1 then
      change(params)
    end
  end)
end

local NO_FILTERS = { limit = true, marker = true, offset = true, sort = true, sort_key = true,
  sort_dir = true, with_count = true }

local function filters_in(params)
  local names = {}
  for _, item in ipairs(params.items) do
    if not NO_FILTERS[item[1]] then
      names[#names + 1] = item[1]
    end
  end
  return names
end

local function refuse_parameter(name)
  return answer.fault(400, ("unknown query parameter '%s'"):format(name))
end

local function rename_link(new)
  return on_link(function(body, name)
    body:set(new, body:get(name))
    body:remove(name)
  end)
end

-- An `after` for a page of version 1 beyond the last snapshot.
local function past_end(make)
  return function(_, request, reply)
    local offset = tonumber(request.params:get("offset"))
    if request.asks.api == 1 and request.asks.operation == "list" and offset and offset > 0
      and reply.body:find("%[%]}$") then
      return make()
    end
    return nil
  end
end

return {
  { name = "links_only_with_limit",
    says = "A page links to the next one only if the request has a limit.",
    after = on_page(function(body, name, request)
      if not request.params:get("limit") then
        body:remove(name)
      end
    end) },
  { name = "no_links", says = "Pages end at the page limit (1000) and never link to the next one.",
    after = on_link(function(body, name) body:remove(name) end) },
  { name = "links_as_links", says = "Links are under the name `links`.",
    after = rename_link "links" },
  { name = "links_as_snapshot_links", says = "Links are under the name `snapshot_links`.",
    after = rename_link "snapshot_links" },
  { name = "links_as_next", says = "The link is a URL under the name `next`.",
    after = on_link(function(body, name, link)
      body:set("next", link:get("href"))
      body:remove(name)
    end) },
  { name = "links_in_header", says = "The link is in a header: Link: <URL>; rel=\"next\".",
    after = on_link(function(body, name, link, reply)
      reply:header("Link", ('<%s>; rel="next"'):format(link:get("href")))
      body:remove(name)
    end) },
  { name = "several_links",
    says = "The link is in a header that is folded, and another header Link follows.",
    after = on_link(function(body, name, link, reply)
      reply:header("Link", ('<%s>;\r\n rel=next'):format(link:get("href")))
      reply.headers[#reply.headers + 1] = { "Link", "</style.css>; rel=preload; as=style" }
      body:remove(name)
    end) },
  { name = "links_in_pagination", says = "The link is under a name that nobody documents: "
      .. "`pagination`, an object with `next`.",
    after = on_link(function(body, name, link)
      body:set("pagination", json.object("next", link:get("href")))
      body:remove(name)
    end) },
  { name = "links_rel_capitals", says = "The link's rel is \"Next\".",
    after = on_link(function(_, _, link) link:set("rel", "Next") end) },
  { name = "links_elsewhere", says = "Links name a host and a path that only the service knows.",
    after = on_link(function(_, _, link)
      link:set("href", (link:get("href"):gsub("^http://[^/]+", "http://10.0.0.1:8776/internal")))
    end) },
  { name = "links_relative", says = "Links are paths without a host.",
    after = on_link(function(_, _, link)
      link:set("href", (link:get("href"):gsub("^http://[^/]+", "")))
    end) },
  { name = "links_object", says = "The links of the last page are {} instead of being absent.",
    after = on_page(function(body, name)
      if not body:get(name) then
        body:set(name, json.object())
      end
    end) },
  { name = "links_null", says = "The links of the last page are null instead of being absent.",
    after = on_page(function(body, name)
      if not body:get(name) then
        body:set(name, nil)
      end
    end) },
  { name = "count_as_text", says = "Every page has a count, as text.",
    after = on_page(function(body, _, request)
      body:set("count", tostring(body:get("count") or #body:get(request.asks.resource)))
    end) },
  { name = "list_204", n = 3, says = "One of every N pages (3) is a 204 without a body.",
    after = function(self, request, reply)
      if request.asks.operation == "list" and reply.status == 200 then
        self.seen = self.seen + 1
        return self.seen % self.n == 0 and answer.new(204) or nil
      end
      return nil
    end },
  { name = "list_null", says = "An empty list is null.",
    after = on_page(function(body, _, request)
      if #body:get(request.asks.resource) == 0 then
        body:set(request.asks.resource, nil)
      end
    end) },
  { name = "nulls_between", says = "There is a null after every record of a list.",
    after = on_page(function(body, _, request)
      local sparse = json.array()
      for _, record in ipairs(body:get(request.asks.resource)) do
        sparse[#sparse + 1] = record
        sparse[#sparse + 1] = json.null
      end
      body:set(request.asks.resource, sparse)
    end) },
  { name = "sort_ignored", says = "The requested order is ignored: the oldest come first.",
    before = on_query(function(params)
      for _, name in ipairs { "sort", "sort_key", "sort_dir" } do
        params:take(name)
      end
      params.items[#params.items + 1] = { "sort", "created_at:asc" }
    end) },
  { name = "sort_refused", says = "An order is refused: 400, unknown query parameter 'sort'.",
    before = on_query(function(params)
      local name = params:get("sort") and "sort" or params:get("sort_key") and "sort_key"
      return name and refuse_parameter(name)
    end) },
  { name = "filters_ignored", says = "Filters are ignored.",
    before = on_query(function(params)
      for _, name in ipairs(filters_in(params)) do
        params:take(name)
      end
    end) },
  { name = "filters_refused", says = "Filters are refused: 400, unknown query parameter.",
    before = on_query(function(params)
      local name = filters_in(params)[1]
      return name and refuse_parameter(name)
    end) },
  { name = "count_ignored", says = "with_count is ignored.",
    before = on_query(function(params) params:take("with_count") end) },
  { name = "marker_gone_400", says = "A marker that is gone is a 400 instead of a 404.",
    after = function(_, request, reply)
      if request.asks.operation == "list" and reply.status == 404 and request.params:get("marker")
      then
        return answer.fault(400, ("marker [%s] not found"):format(request.params:get("marker")))
      end
    end },
  { name = "v1_offset_ignored",
    says = "Version 1 obeys the limit but ignores the offset: the same page comes again and again.",
    before = on_query_v1(function(params) params:take("offset") end) },
  { name = "v1_paging_ignored", says = "Version 1 returns everything at once, whatever the limit.",
    before = on_query_v1(function(params)
      params:take("offset")
      params:take("limit")
    end) },
  { name = "v1_past_end_204", says = "Version 1 past the end is a 204.",
    after = past_end(function() return answer.new(204) end) },
  { name = "v1_past_end_empty", says = "Version 1 past the end is a 200 with an empty body.",
    after = past_end(function() return answer.new(200, "", "application/json") end) },
  { name = "v1_past_end_404", says = "Version 1 past the end is a 404.",
    after = past_end(function()
      return answer.rackspace(404, "The resource could not be found.")
    end) },
  { name = "v1_past_end_400", says = "Version 1 past the end is a 400.",
    after = past_end(function() return answer.rackspace(400, "offset is out of range") end) },
}
