---@meta rsnapshots.loop.cqueues

---@type rsnapshots.Wait
local wait

return wait
