--- Whom to tell that a descriptor will be closed, because a loop may know it from a coroutine that
-- is gone: functions that take the descriptor, as keys.
-- @module rsnapshots.loop.closing
-- @local
return {}
