/*
 * What the command needs of the system and Lua does not have: the terminal,
 * signals, descriptors whose every write is checked, and locks. It knows
 * nothing of snapshots, and the core nothing of it.
 *
 * Signals are the process's, so what catches them is a command, no library:
 * this module is for programs that own their process.
 */
#ifndef RS_TERMINAL_H
#define RS_TERMINAL_H

#include "lua/compat.h"
#include "parse/hidden.h"

#include <stdbool.h>
#include <stddef.h>

RS_HIDDEN

/* How many columns a text in UTF-8 takes on a terminal, whatever the locale.
 * A byte that is no UTF-8 takes one; control characters take none. */
size_t rs_width(const char *text, size_t size);

/* How many of its bytes fit into so many columns. No character is cut, and
 * what combines with the last one stays with it. */
size_t rs_width_prefix(const char *text, size_t size, size_t columns);

/* From now on this signal is counted and wakes rs_signals_wait, and nothing
 * else. One that whoever started the process had set aside, as nohup does,
 * stays so. Returns false, with errno, when the system refuses. */
bool rs_signals_catch(int number);

/* Writing to a pipe that nobody reads fails instead of ending the process. */
bool rs_signals_ignore_pipe(void);

/* Gives all these signals back what they did before. */
void rs_signals_restore(void);

/* Lets SIGINT, SIGTERM and SIGHUP end the process, but for those that are
 * ignored. */
void rs_signals_default(void);

/* How many came, and which was the last. */
int rs_signals_count(void);
int rs_signals_last(void);

/* Waits until the descriptor (-1: none) is ready, a signal came, or the time
 * has passed (milliseconds, -1: for ever). Says whether it is ready; a caught
 * signal that came before the call wakes the first one after it. */
bool rs_signals_wait(int fd, int events, int milliseconds);

/* Each adds its functions to the module, the table on the stack's top. */
void rs_open_files(lua_State *L);
void rs_open_lock(lua_State *L);
void rs_open_signals(lua_State *L);

/* Pushes nil, the system's words for errno, and its number. */
int rs_push_failure(lua_State *L, const char *what);

RS_HIDDEN_END

#endif
