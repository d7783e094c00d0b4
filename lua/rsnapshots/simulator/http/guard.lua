--- Runs a handler, which may raise an answer. A bug of the simulator becomes a 500 that says so,
-- and does not end the process.
-- @module rsnapshots.simulator.http.guard

local answer = require "rsnapshots.simulator.http.answer"

local ERRED = "The server has either erred or is incapable of performing the requested operation."

local function describe(problem)
  if type(problem) == "table" then
    return problem -- an answer
  end
  return { trace = debug.traceback(tostring(problem), 2) }
end

--- @param sim the simulator, for its log
-- @tparam function run returns an Answer, or raises one
-- @treturn Answer
return function(sim, run)
  local ok, result = xpcall(run, describe)
  if ok or result.status then
    return result
  end
  sim:note("internal error: " .. result.trace)
  return answer.fault(500, ERRED):header("X-Simulator-Error",
    (result.trace:gsub("%s+", " "):sub(1, 2000)))
end
