--- What somebody meant who wrote a name wrongly.
local nearest = {}

local LONGEST, MOST = 100, 1000 -- letters of a name, names

-- How many letters must change to make one of the other.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      corner, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, corner + cost)
    end
  end
  return row[#b]
end

--- The name most like this one, nil when none is.
-- @string name
-- @tparam {string,...} names
function nearest.of(name, names)
  local best, least
  for i = 1, math.min(#names, MOST) do
    local candidate = names[i]
    local most = math.max(1, math.floor(math.max(#name, #candidate) / 3))
    if #name <= LONGEST and math.abs(#name - #candidate) <= most then
      local far = distance(name:lower(), candidate:lower())
      if far <= most and far < #name and (not least or far < least) then
        best, least = candidate, far
      end
    end
  end
  return best
end

--- ", did you mean 'x'?", or nothing.
function nearest.hint(name, names)
  local best = nearest.of(name, names)
  return best and (", did you mean '%s'?"):format(best) or ""
end

--- The names for a message, not more than a person reads.
function nearest.list(names)
  local shown = {}
  for i = 1, math.min(#names, 30) do
    shown[i] = names[i]:sub(1, LONGEST)
  end
  return table.concat(shown, ", ") .. (#names > 30 and ", ..." or "")
end

return nearest
