---@meta rsnapshots.loop.nginx

---@type rsnapshots.Wait
local wait

return wait
