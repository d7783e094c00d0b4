--- Whom to tell that a descriptor is going to be closed. A loop may still know it from a coroutine
-- that is gone: functions of the descriptor, as keys.
-- @module rsnapshots.loop.closing
-- @local
return {}
