--- Whom to tell that a descriptor is going to be closed, which a loop may know from a coroutine that
-- is gone: functions of the descriptor, as keys.
-- @module rsnapshots.loop.closing
-- @local
return {}
