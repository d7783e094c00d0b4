--- For telling a loop that a descriptor will be closed: a `wait` function -> a function that takes
-- the descriptor.
-- @module rsnapshots.loop.closing
-- @local
return setmetatable({}, { __mode = "k" })
