--- Guesses what a wrong name was meant to be.
local ascii = require "rsnapshots.support.ascii"

local suggest = {}

local LONGEST, MOST = 100, 1000 -- letters of a name, number of names
local PART = 4 -- letters that a name must have at least to count as a part of another

-- How many letters must change to turn one into the other. Two swapped neighbours count as one
-- change.
local function distance(a, b)
  local before, above = {}, {}
  for j = 0, #b do
    above[j] = j
  end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, above = above, row
  end
  return above[#b]
end

-- The distance between two names; nil if they are too different.
local function by_letters(name, candidate)
  local most = math.max(1, math.floor(math.max(#name, #candidate) / 3))
  if math.abs(#name - #candidate) <= most then
    local far = distance(name, candidate)
    return far <= most and far < #name and far or nil
  end
end

-- The same if one is a part of the other: volume and volume_id.
local function by_parts(name, candidate)
  local is_part = candidate:find(name, 1, true) or name:find(candidate, 1, true)
  return is_part and math.min(#name, #candidate) >= PART and math.abs(#name - #candidate) or nil
end

-- The name with the least distance; the first of several.
local function best_of(name, names, measure)
  local best, least
  for i = 1, math.min(#names, MOST) do
    local far = #names[i] <= 2 * LONGEST and measure(name, ascii.lower(names[i]))
    if far and (not least or far < least) then
      best, least = names[i], far
    end
  end
  return best
end

--- The name most similar to this one; nil if none is similar.
-- @tparam[opt] boolean parts whether a name that is a part of the other counts. Not if the wrong
-- name may contain a secret: it may be shown only if it is a typing error, unlike 'password
-- hunter2'
function suggest.of(name, names, parts)
  if #name > LONGEST then
    return nil
  end
  name = ascii.lower(name)
  return best_of(name, names, by_letters) or parts and best_of(name, names, by_parts) or nil
end

--- "; did you mean 'x'?", or nothing.
function suggest.hint(name, names, parts)
  local best = suggest.of(name, names, parts)
  return best and ("; did you mean '%s'?"):format(best) or ""
end

--- The same at the end of a sentence: a full stop if there is nothing.
function suggest.ending(name, names)
  local hint = suggest.hint(name, names)
  return hint ~= "" and hint or "."
end

--- "there is no column 'x'; did you mean 'y'? There are: y, z"
function suggest.unknown(what, name, names)
  return ("there is no %s '%s'%s There are: %s"):format(what, name, suggest.ending(name, names),
    table.concat(names, ", "))
end

--- The texts among a table's keys, sorted, so that hints are the same in every run.
function suggest.names_of(known)
  local list = {}
  for name in pairs(known) do
    if type(name) == "string" then
      list[#list + 1] = name
    end
  end
  table.sort(list, ascii.less)
  return list
end

--- The names for a message, but not more than a person would read.
function suggest.list(names)
  local shown = {}
  for i = 1, math.min(#names, 30) do
    shown[i] = names[i]:sub(1, LONGEST)
  end
  return table.concat(shown, ", ") .. (#names > 30 and ", ..." or "")
end

return suggest
