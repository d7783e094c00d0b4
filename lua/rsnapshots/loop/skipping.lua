--- Clocks that can be moved: a `wait` function -> a set that every session that waits with it puts
-- itself into, as a key. `session:skip(seconds)` then moves that session's clock on, as if so many
-- seconds had passed. (A set, not a function: what refers to its key is never collected in 5.1.)
-- @module rsnapshots.loop.skipping
-- @local
return setmetatable({}, { __mode = "k" })
