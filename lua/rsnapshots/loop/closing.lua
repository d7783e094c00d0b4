--- What a loop has to be told before a descriptor is closed that it may know:
-- a `wait` function -> a function that is given the descriptor.
-- @module rsnapshots.loop.closing
-- @local
return setmetatable({}, { __mode = "k" })
