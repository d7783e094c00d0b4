--- Exit statuses, which tell scripts what `err.kind` tells programs.
-- @module rsnapshots.cli.run.status

local status = { DONE = 0, FAILED = 1, USAGE = 2, SOME = 3, BROKEN_PIPE = 141 }

local BY_KIND = {
  invalid = 1, decode = 1, failed = 1, reverted = 1, uncertain = 1, unsupported = 1, ambiguous = 1,
  config = 2, catalog = 2,
  auth = 4, forbidden = 4,
  not_found = 5,
  timeout = 6, network = 6, tls = 6, rate_limited = 6, server = 6,
  conflict = 7, quota = 7,
}

--- The meanings of the exit statuses, for the help and the man page.
status.MEANINGS = {
  { "0", "Done, or there was nothing to do." },
  { "1", "Refused or failed: invalid, decode, failed, reverted, uncertain, unsupported, ambiguous; "
    .. "or output could not be written." },
  { "2", "An option or argument is wrong, or the configuration cannot be used: config, catalog." },
  { "3", "Some failed, others succeeded." },
  { "4", "Not allowed: auth, forbidden." },
  { "5", "Not found: not_found." },
  { "6", "Try again later: timeout, network, tls, rate_limited, server." },
  { "7", "Something is in the way: conflict, quota, a lock of another run." },
  { "129, 130, 143", "Stopped by SIGHUP, SIGINT (Ctrl-C), SIGTERM." },
  { "141", "A list was written to a pipe that nobody reads any more." },
}

local BY_SIGNAL = { HUP = 129, INT = 130, TERM = 143 }

--- The exit status of an error of the library.
function status.of_error(err)
  return BY_KIND[err.kind] or status.FAILED
end

--- The exit status of a signal: `INT`, `TERM`, `HUP`.
function status.of_signal(name)
  return BY_SIGNAL[name]
end

return status
