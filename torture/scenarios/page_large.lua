-- A page larger than what is read at one go.
local rsnapshots = require "rsnapshots"

local parts = {}
for i = 1, 1500 do
  parts[i] = ('{"id": "s%d", "status": "available"}'):format(i)
end
local TEXT = '{"snapshots": [' .. table.concat(parts, ",") .. "]}"

return {
  run = function()
    local page, err = rsnapshots.extract_snapshots(TEXT)
    if not page then
      return nil, err
    end
    return #page .. page[1].id .. page[1500].id .. page[1500].status
  end,
}
