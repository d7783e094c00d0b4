--- Compiles a C block of the documentation as it is printed. Statements alone are put into a
-- function that has a session.
local process = require "spec.support.process"

local c_stage = {}

local FRAME = [[
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "rsnapshots.h"
void block(rs_session *session, const char *id);
void block(rs_session *session, const char *id) {
    (void)session;
    (void)id;
#line %d "%s"
%s
}
]]

--- Compiles it; raises if that fails.
function c_stage.run(block)
  local file = os.tmpname()
  local source = block.text
  if not source:find "#include" then
    source = FRAME:format(block.line, block.path, block.text)
  end
  process.write(file .. ".c", source)
  local out, status = process.run(("cc -std=c11 -Wall -Wextra -Werror -Icsrc -fsyntax-only %s.c")
    :format(file))
  os.remove(file)
  os.remove(file .. ".c")
  assert(status == 0, ("%s:%d:\n%s"):format(block.path, block.line, out))
end

return c_stage
