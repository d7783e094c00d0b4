--- Clocks that can be moved: a `wait` function -> the set of the sessions that wait with it, as
-- keys. `session:skip(seconds)` moves a session's clock on, as if that time had passed. (A set, not
-- a function: what refers to its key is never collected in 5.1.)
-- @module rsnapshots.loop.skipping
-- @local
return setmetatable({}, { __mode = "k" })
