--- A subcommand's access to the world: the cloud, output, questions to a person, signals.
--
-- Ctrl-C (SIGINT), SIGTERM and SIGHUP end the command unless something is being changed. Then
-- (`changing`) the command finishes what is under way and begins nothing more; a second signal ends
-- it at once.
-- @classmod Context

local ascii = require "rsnapshots.support.ascii"
local compat = require "rsnapshots.support.compat"
local status = require "rsnapshots.cli.run.status"
local terminal = require "rsnapshots.terminal"
local Writer = require "rsnapshots.cli.output.writer"

local Context = {}
Context.__index = Context

local STDIN, STDOUT, STDERR = 0, 1, 2

-- The metatables of what is raised to end the command.
local Interruption = {}
local Failure = {}

--- Made by rsnapshots.cli.main.
function Context.new()
  terminal.guard()
  terminal.ignore_pipe()
  return setmetatable({
    out = Writer.new(STDOUT), options = {}, deferring = 0,
    is_terminal = terminal.isatty(STDOUT), -- does a person read the output?
  }, Context)
end

-- ------------------------------------------------------------------ messages

local function to_stderr(text)
  terminal.write(STDERR, text) -- if that fails, there is nobody to tell
end

--- Reports a failure.
-- @string message
function Context:warn(message)
  if self.progress_line then
    self.progress_line:clear()
  end
  local name = self.name and "rsnapshots " .. self.name or "rsnapshots"
  to_stderr(("%s: %s\n"):format(name, ascii.one_line(message)))
end

--- Reports something that is not a failure, unless --quiet was given.
-- @string message
function Context:note(message)
  if not self.options.quiet then
    self:warn(message)
  end
end

--- Prints a line of its own on standard error, for lists below a message.
function Context.detail(line)
  to_stderr("  " .. ascii.one_line(line) .. "\n")
end

--- The progress line of the terminal.
-- @treturn Progress
function Context:progress()
  if not self.progress_line then
    local Progress = require "rsnapshots.cli.run.progress"
    self.progress_line = Progress.new(not self.options.quiet)
  end
  return self.progress_line
end

--- The terminal's width in columns; nil if the output is not a terminal, which means no limit.
function Context:columns()
  return self.is_terminal and (terminal.size(STDOUT) or 80) or nil
end

local function may_colour(when, is_terminal)
  if when == "always" or when == "never" then
    return when == "always"
  end
  return is_terminal and (os.getenv "NO_COLOR" or "") == "" and os.getenv "TERM" ~= "dumb"
end

--- Sets the options of the command.
-- @local
-- @treturn string what is wrong with them; nil if they are right
function Context:begin(command, options)
  self.options, self.command = options, command
  self.colours = may_colour(options.color, self.is_terminal)
  if not command.keeps_signals then
    assert(terminal.catch("INT", "TERM", "HUP"))
  end
  if command.output then
    local Printer = require "rsnapshots.cli.output.printer"
    local problem
    self.printer, problem = Printer.new(self, command.columns)
    return problem
  end
end

-- ------------------------------------------------------------------- signals

--- Has a signal come? Then nothing more should begin.
-- @treturn boolean
function Context.is_stopping()
  return terminal.caught() ~= nil
end

function Context.is_interruption(raised)
  return getmetatable(raised) == Interruption
end

--- The exit status for the signal that came.
function Context.signal_status()
  return status.of_signal((terminal.caught()))
end

-- Ends the command if a signal has come.
local function heed(self)
  local name, count = terminal.caught()
  if name and (self.deferring == 0 or count > 1) then
    error(setmetatable({}, Interruption), 0)
  elseif name and not self.told then
    self.told = true
    self:note "finishing what is under way, then stopping (a second signal stops at once)"
  end
end

--- The client's `wait`.
function Context:wait(fd, events, seconds)
  heed(self)
  terminal.wait(fd, events, seconds)
  heed(self)
end

--- Runs a function that changes something: a signal lets it finish (see the top of this file).
-- @func body
-- @param ... its arguments
-- @return its first two results
function Context:changing(body, ...)
  self.deferring, self.has_changed = self.deferring + 1, true
  local ok, value, err = pcall(body, ...)
  self.deferring = self.deferring - 1
  if not ok then
    error(value, 0)
  end
  return value, err
end

-- ---------------------------------------------------------------- the cloud

local function report_request(self)
  return function(report)
    local outcome = report.status and tostring(report.status)
      or report.err and report.err.kind or "no answer"
    self:warn(("debug: %s %s: %s, %.3f s, attempt %d%s"):format(report.method, report.url, outcome,
      report.seconds or 0, report.attempt or 1,
      report.request_id and ", " .. report.request_id or ""))
  end
end

--- Connects as the options and the environment say; ends the command if that fails.
-- @treturn Client
function Context:connect()
  local rsnapshots = require "rsnapshots"
  local options = self.options
  self.client = self.must(rsnapshots.connect {
    cloud = options.os_cloud, region_name = options.os_region_name, timeout = options.timeout,
    on_request = options.debug and report_request(self) or nil,
    on_warning = function(message) self:note("warning: " .. message) end,
    wait = function(...) return self:wait(...) end,
  })
  return self.client
end

--- The result of a client's method; ends the command with its error.
function Context.must(value, err)
  if value == nil then
    error(err, 0)
  end
  return value
end

--- Ends the command with a message.
-- @string message
-- @int[opt=1] exit_status
function Context.fail(message, exit_status)
  error(setmetatable({ message = message, status = exit_status or status.FAILED }, Failure), 0)
end

-- ---------------------------------------------------------------- questions

--- Asks a person whether to go on; ends the command if there is no terminal.
-- @string statement what is going to happen
-- @treturn boolean whether the answer was yes
function Context:confirm(statement)
  if self.options.yes then
    return true
  elseif not terminal.isatty(STDIN) then
    self.fail("there is no terminal to ask on: give --yes to go on without a question",
      status.USAGE)
  end
  to_stderr(statement .. "\nGo on? [y/N] ")
  while not terminal.wait(STDIN, "r") do
    heed(self)
  end
  local answer = ascii.lower(io.read "*l" or "")
  return answer == "y" or answer == "yes"
end

-- ------------------------------------------------------------------ the end

local function report_ambiguous(err)
  for _, one in ipairs(err.candidates or {}) do
    local about = one.volume_id and "volume " .. one.volume_id or ("%s GiB"):format(one.size or "?")
    Context.detail(("%s  %s  created %s"):format(one.id, about,
      one.created_at or "at an unknown time"))
  end
end

--- Reports an error of the library, with details that help to understand it.
-- @tparam Error err
-- @string[opt] about what the error is about, such as a name
-- @treturn int the exit status
function Context:report(err, about)
  self:warn((about and about .. ": " or "") .. tostring(err))
  report_ambiguous(err)
  return status.of_error(err)
end

-- The exit status for a raised value. An unexpected one is a bug of this program.
local function conclude(self, raised, traceback)
  local kind = getmetatable(raised)
  if kind == Interruption then
    self:note "interrupted"
    return self.signal_status()
  elseif kind == Failure then
    self:warn(raised.message)
    return raised.status
  elseif kind == Writer.Failure then
    return self:output_failed(raised)
  elseif type(raised) == "table" and raised.kind then
    return self:report(raised)
  end
  local text = tostring(raised)
  if text:find("interrupted!", 1, true) then -- the interpreter's message, before signals are caught
    self:note "interrupted"
    return status.of_signal "INT"
  end
  if text:find("rsnapshots: ", 1, true) == 1 then -- the library's message about an argument
    self:warn((text:gsub("^rsnapshots: ", "")))
    return status.USAGE
  end
  self:warn("this should not happen, please report it: " .. text)
  to_stderr(self.options.debug and traceback .. "\n" or "")
  return status.FAILED
end

--- The exit status after output that could not be written.
-- @local
function Context:output_failed(failure)
  if failure.is_broken_pipe and not self.has_changed then
    return status.BROKEN_PIPE
  end
  self:warn("standard output: " .. failure.message)
  return status.FAILED
end

local function finish(self, exit_status)
  if self.progress_line then
    self.progress_line:clear()
  end
  local failure = self.out:finish()
  if failure and (exit_status == 0 or not failure.is_broken_pipe) then
    return self:output_failed(failure)
  end
  return exit_status
end

--- Runs a function. Returns the exit status, whatever happens.
-- @local
function Context:guard(body, ...)
  local traceback
  local arguments = { n = select("#", ...), ... }
  local ok, result = xpcall(function()
    return body(self, compat.unpack(arguments, 1, arguments.n))
  end, function(raised)
    traceback = type(raised) == "string" and debug.traceback(raised, 2) or nil
    return raised
  end)
  if not ok then
    result = conclude(self, result, traceback)
  end
  result = finish(self, result)
  if self.client then
    self.client:close()
  end
  terminal.default() -- from now on, a signal just ends the process
  return result
end

return Context
