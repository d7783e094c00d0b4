--- :Snapshots for Neovim: lists the snapshots of the cloud that OS_* names in a new buffer,
-- page by page, while the editor goes on.
--
--     export LUA_PATH="./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./build-jit/lib/?.so;;"
--     nvim -c 'luafile examples/neovim/snapshots.lua' -c Snapshots
--
-- If the library is installed for LuaJIT (5.1), you do not need the variables.
local rsnapshots = require "rsnapshots"
local wait = require "rsnapshots.loop.luv" -- it finds Neovim's luv

local client

-- Within a callback of the loop you must not call the editor's functions; this runs them later.
local append = vim.schedule_wrap(function(buffer, lines)
  if vim.api.nvim_buf_is_valid(buffer) then
    vim.api.nvim_buf_set_lines(buffer, -2, -1, false, lines)
  end
end)

local function lines_of(page)
  local lines = {}
  for i = 1, #page do
    local snapshot = page[i]
    lines[i] = ("%s  %-10s %4s GiB  %s"):format(snapshot.id, snapshot.status, snapshot.size or "?",
      (snapshot.name or "-"):gsub("%c", " "))
  end
  lines[#lines + 1] = "" -- the next page takes this one's place
  return lines
end

local function fill(buffer)
  local err, ok
  if not client then
    client, err = rsnapshots.connect { wait = wait }
  end
  if client then
    local count = 0
    ok, err = client:list({ page_size = 100 }):each_page(function(page)
      count = count + #page
      append(buffer, lines_of(page))
    end)
    if ok then
      return append(buffer, { count .. " snapshots" })
    end
  end
  append(buffer, { tostring(err) })
end

vim.api.nvim_create_user_command("Snapshots", function()
  vim.cmd "new"
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].buftype, vim.bo[buffer].swapfile = "nofile", false
  -- in a coroutine, which the editor's loop resumes; elsewhere the calls would block the editor
  assert(coroutine.resume(coroutine.create(fill), buffer))
end, { desc = "List snapshots" })
