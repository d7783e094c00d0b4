--- Odd records: values of undocumented types, and texts that are not text.
-- @module rsnapshots.simulator.quirks.records

local editing = require "rsnapshots.simulator.quirks.editing"
local json = require "rsnapshots.simulator.text.json"
local time = require "rsnapshots.simulator.text.time"

local ATTRIBUTE = "os-extended-snapshot-attributes:"

-- An `after` that changes every snapshot in an answer.
local function on_each(change)
  return function(_, request, reply)
    if request.asks.resource == "snapshots" and reply.status < 300 then
      editing.records(reply, change)
    end
  end
end

-- An `after` that changes only the newest snapshot: one odd record among others.
local function on_newest(change)
  return function(self, request, reply)
    local list = self.sim.store.snapshots
    local newest = list[#list]
    on_each(function(record)
      if newest and record:get("id") == newest.id then
        change(record)
      end
    end)(self, request, reply)
  end
end

-- Replaces a value of a record, if there is one, with what a function returns for it.
local function replace(record, name, make)
  local value = record:value(name)
  if value ~= nil then
    record:set(name, make(value))
  end
end

local function always(value)
  return function() return value end
end

local function make_values_odd(record)
  replace(record, "size", tostring)
  replace(record, "created_at", time.parse)
  replace(record, "updated_at", always(0))
  replace(record, "metadata", function(metadata)
    return json.type(metadata) ~= "object" and metadata
      or metadata:copy():set("number", 7):set("boolean", true)
        :set("object", json.object("a", "b")):set("list", json.array { "a" })
  end)
  record:set("description", json.array())
  record:set("display_description", nil)
  replace(record, ATTRIBUTE .. "progress", always(100))
  replace(record, ATTRIBUTE .. "project_id", always(549343))
  replace(record, "user_id", always(161418))
  replace(record, "consumes_quota", always("true"))
end

-- An `after` that changes the text of an answer about snapshots.
local function on_text(change)
  return function(_, request, reply)
    if request.asks.resource == "snapshots" and reply.status < 300 then
      reply.body = change(reply.body)
    end
  end
end

-- Bytes that are not UTF-8, and half a surrogate pair. No JSON writer would let them through.
local BAD_TEXT = "caf\233 \\ud83d cut \226\130"

return {
  { name = "odd_values",
    says = "The newest snapshot has values of other types: size as text, times as numbers, "
      .. "metadata with numbers, booleans, objects and lists, and so on.",
    after = on_newest(make_values_odd) },
  { name = "odd_names",
    says = "The newest snapshot's name is a number, and its volume_id an object with the id.",
    after = on_newest(function(record)
      record:set(record:get("name") ~= nil and "name" or "display_name", 20261001)
      replace(record, "volume_id", function(id) return json.object("id", id) end)
    end) },
  { name = "no_id", says = "The newest snapshot has no id.",
    after = on_newest(function(record) record:remove("id") end) },
  { name = "sparse_records",
    says = "Snapshots have an id, a volume and a status, and nothing else.",
    after = on_each(function(record)
      for _, name in ipairs(record:copy().keys) do
        if name ~= "id" and name ~= "volume_id" and name ~= "status" then
          record:remove(name)
        end
      end
    end) },
  { name = "metadata_list", says = "Empty metadata is [] instead of {}.",
    after = on_each(function(record)
      if record:get("metadata") and #record:get("metadata").keys == 0 then
        record:set("metadata", json.array())
      end
    end) },
  { name = "size_real", says = "Sizes are written as 1.0.",
    after = on_text(function(body) return (body:gsub('("size": %d+)', "%1.0")) end) },
  { name = "duplicate_key", says = "Snapshots have volume_id twice; the last one counts.",
    after = on_text(function(body)
      return (body:gsub('"volume_id": ', '"volume_id": "another", %0'))
    end) },
  { name = "bad_text",
    says = "Descriptions contain bytes that are not UTF-8, half a surrogate pair and half a "
      .. "character.",
    after = on_text(function(body)
      return (body:gsub('("d?i?s?p?l?a?y?_?description": )null', '%1"' .. BAD_TEXT .. '"'))
    end) },
  { name = "byte_order_mark", says = "Answers begin with a byte order mark.",
    after = on_text(function(body) return body ~= "" and "\239\187\191" .. body or body end) },
  { name = "progress_empty", says = "The progress of an AVAILABLE snapshot is empty.",
    after = on_each(function(record)
      if record:get("status") == "available" then
        replace(record, ATTRIBUTE .. "progress", always(""))
      end
    end) },
  { name = "progress_90", says = "The progress of an AVAILABLE snapshot stays at 90%.",
    after = on_each(function(record)
      if record:get("status") == "available" then
        replace(record, ATTRIBUTE .. "progress", always("90%"))
      end
    end) },
  { name = "progress_100", says = "The progress of every snapshot is 100%, whatever its status.",
    after = on_each(function(record)
      replace(record, ATTRIBUTE .. "progress", always("100%"))
    end) },
}
