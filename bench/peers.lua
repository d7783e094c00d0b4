--- The programs that are compared: each says in one line what it took (bench/peers/measured.lua).
local process = require "spec.support.process"

local peers = {}

local function line_of(program, ...)
  local words = { program, ... }
  for i = 2, #words do
    words[i] = process.quote(tostring(words[i]))
  end
  return table.concat(words, " ")
end

--- Runs one; `seconds`, `cpu`, `count` and `peak` (KiB).
function peers.run(line)
  local output, status = process.run(line)
  local said = {}
  for name, value in output:gmatch "(%w+)=([%d.]+)" do
    said[name] = tonumber(value)
  end
  if status ~= 0 or not said.seconds then
    error(("bench: %s failed: %s"):format(line, output), 0)
  end
  return said
end

function peers.bare(...)
  return { who = "bare", line = line_of(os.getenv "RS_BENCH_BUILD" .. "/bench_bare", ...) }
end

function peers.ours(...)
  return { who = "ours", line = line_of("lua5.4 bench/peers/ours.lua", ...) }
end

--- The C library, without Lua.
function peers.library(...)
  return { who = "ours, in C", line = line_of(os.getenv "RS_BENCH_BUILD" .. "/bench_library", ...) }
end

function peers.by_hand(...)
  return { who = "by hand", line = line_of("lua5.4 bench/peers/byhand.lua", ...) }
end

function peers.required()
  return { who = "ours", line = "lua5.4 bench/peers/required.lua" },
    { who = "libcurl's linking", line = "lua5.4 bench/peers/required.lua libcurl" }
end

--- python-cinderclient, with whichever Python has it.
function peers.cinderclient(...)
  for _, python in ipairs { "python3", "/usr/bin/python3" } do
    local _, status = process.run(python .. " -c 'import cinderclient.contrib.noauth'")
    if status == 0 then
      return { who = "cinderclient", line = line_of(python .. " bench/peers/cinderclient.py", ...) }
    end
  end
  return { who = "cinderclient", missing = "is not installed" }
end

local GOPATH = "/usr/share/gocode" -- where Debian has Go's libraries

--- gophercloud, as Debian has it.
function peers.gophercloud(...)
  local build = os.getenv "RS_BENCH_BUILD"
  local output, status = process.run(("test -d %s/src/github.com/gophercloud/gophercloud && "
    .. "GOPATH=%s GO111MODULE=off GOFLAGS= GOCACHE=%s/gocache go build -o %s/bench_gophercloud "
    .. "bench/peers/gophercloud.go"):format(GOPATH, GOPATH, build, build))
  if status ~= 0 then
    return { who = "gophercloud", missing = output:find "%.go:" and output or "is not installed" }
  end
  return { who = "gophercloud", line = line_of(build .. "/bench_gophercloud", ...) }
end

return peers
