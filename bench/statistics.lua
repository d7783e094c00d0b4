--- Figures of several runs.
local statistics = {}

--- The middle one; of an even number the lower.
function statistics.median(list)
  local sorted = {}
  for i, value in ipairs(list) do
    sorted[i] = value
  end
  table.sort(sorted)
  return sorted[math.ceil(#sorted / 2)]
end

return statistics
