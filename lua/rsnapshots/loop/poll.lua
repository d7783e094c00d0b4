--- The default way of waiting: a poll, which blocks the process.
-- @module rsnapshots.loop.poll

--- Waits until a descriptor is ready, the time has passed or a signal came.
-- @function wait
-- @tparam int fd nil: none
-- @tparam string events `r`, `w` or `rw`
-- @tparam number seconds
return require("rsnapshots.core").poll
