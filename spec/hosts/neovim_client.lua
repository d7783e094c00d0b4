-- Run by another Neovim: asks the one at $RS_NVIM, as its user interface would, while it lists;
-- prints a line with how many times it asked, min, median and max in ms, before and during; then
-- what the buffer has.
local channel = vim.fn.sockconnect("pipe", os.getenv "RS_NVIM", { rpc = true })

local function ask()
  return vim.fn.rpcrequest(channel, "nvim_buf_line_count", 0)
end

local function last_line()
  return vim.fn.rpcrequest(channel, "nvim_buf_get_lines", 0, -2, -1, false)[1]
end

local function time(is_wanted)
  local times = {}
  while is_wanted(#times) do
    local began = vim.loop.hrtime()
    ask()
    times[#times + 1] = (vim.loop.hrtime() - began) / 1e6
    vim.loop.sleep(2)
  end
  table.sort(times)
  print(("%d %.2f %.2f %.2f"):format(#times, times[1], times[math.ceil(#times / 2)], times[#times]))
end

local function is_over()
  local line = last_line()
  return line:match "snapshots$" or line:match "^%a+: "
end

time(function(count) return count < 200 end)
vim.fn.rpcrequest(channel, "nvim_command", "Snapshots")
time(function(count) return count < 5000 and not is_over() end)
print(ask() .. " lines, the last: " .. last_line())
vim.fn.rpcnotify(channel, "nvim_command", "qall!")
vim.cmd "qall!"
