/*
 * What the command needs from the system, and Lua does not offer: the terminal,
 * signals, locks, and descriptors whose every write is checked. It knows
 * nothing of snapshots, and the core knows nothing of it.
 *
 * Signals belong to the process, so a library must not catch them. This module
 * is for programs that own their process.
 */
#ifndef RS_TERMINAL_H
#define RS_TERMINAL_H

#include "lua/compat.h"
#include "parse/hidden.h"

#include <stdbool.h>
#include <stddef.h>

RS_HIDDEN

/* How many columns a text in UTF-8 takes on a terminal, whatever the locale. A
 * byte that is not UTF-8 takes one; control characters take none. */
size_t rs_width(const char *text, size_t size);

/* How many bytes of a text fit into this many columns. No character is cut, and
 * the last one keeps what combines with it. */
size_t rs_width_prefix(const char *text, size_t size, size_t columns);

/* Each adds its functions to the module, the table on top of the stack. */
void rs_open_files(lua_State *L);
void rs_open_lock(lua_State *L);
void rs_open_signals(lua_State *L);

/* Pushes nil, a message for errno, and errno. */
int rs_push_failure(lua_State *L, const char *what);

RS_HIDDEN_END

#endif
