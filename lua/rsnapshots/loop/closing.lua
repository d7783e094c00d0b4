--- How to tell a loop that a descriptor is going to be closed: a `wait` function -> a function of
-- the descriptor.
-- @module rsnapshots.loop.closing
-- @local
return setmetatable({}, { __mode = "k" })
