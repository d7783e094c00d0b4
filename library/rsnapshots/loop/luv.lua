---@meta rsnapshots.loop.luv

---@type rsnapshots.Wait
local wait

return wait
