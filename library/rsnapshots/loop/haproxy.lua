---@meta rsnapshots.loop.haproxy

---@type rsnapshots.Wait
local wait

return wait
