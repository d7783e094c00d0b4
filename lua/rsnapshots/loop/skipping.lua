--- Clocks that can be moved: a `wait` function -> the set of the sessions that wait with it, as
-- keys. `session:skip(seconds)` moves a session's clock forward, as if that time had passed. (It is
-- a set and not a function, because in 5.1 a value that refers to its own key is never collected.)
-- @module rsnapshots.loop.skipping
-- @local
return setmetatable({}, { __mode = "k" })
