-- Answers of a wrong shape: an error each, which says where.
local rsnapshots = require "rsnapshots"

local PAGES = {
  "", "[]", "{}", '{"snapshots": null}', '{"snapshots": {}}', '{"snapshots": [1]}',
  '{"snapshots": [{}]}', '{"snapshots": [{"id": 7}]}', '{"snapshots": [{"id": ""}]}',
  '{"snapshots": [{"id": "a", "size": "1"}]}', '{"snapshots": [{"id": "a", "metadata": []}]}',
  '{"snapshots": [{"id": "a"}], "snapshots_links": 1}', '{"snapshots": [{"id": "a"}',
}
local SINGLES = {
  "null", "{}", '{"snapshot": []}', '{"snapshot": {"id": null}}', '{"snapshot": {"id": "a"}',
}

local function add(texts, extract, messages)
  for _, text in ipairs(texts) do
    local value, err = extract(text)
    if not value and err.kind ~= "decode" then
      return nil, err
    end
    messages[#messages + 1] = value and tostring(value) or tostring(err)
  end
  return true
end

return {
  run = function()
    local messages = {}
    local ok, err = add(PAGES, rsnapshots.extract_snapshots, messages)
    if ok then
      ok, err = add(SINGLES, rsnapshots.extract_snapshot, messages)
    end
    return ok and table.concat(messages, "\n") or nil, err
  end,
}
