/*
 * What the binding's files share: the userdata's names, and how to get at them.
 */
#ifndef RS_LUA_CORE_H
#define RS_LUA_CORE_H

#include "call/internal.h"
#include "listing/internal.h"
#include "lua/compat.h"
#include "parse/hidden.h"
#include "parse/snapshot.h"

RS_HIDDEN

/* A class of userdata is the name of its metatable, which the registry has by
 * the name's address: no text is compared to find it. */
typedef const char rs_class[];

/* What every userdata of a class begins with, which tells it from others
 * without asking Lua for its metatable. */
typedef struct rs_object {
    const char *class;
} rs_object;

extern rs_class rs_session_class, rs_call_class, rs_lane_class, rs_pager_class,
    rs_page_class, rs_snapshot_class, rs_metadata_class;

/* Each registers a metatable, and adds its functions to the module, which is
 * the table on the stack's top. */
void rs_open_json(lua_State *L);
void rs_open_session(lua_State *L);
void rs_open_call(lua_State *L);
void rs_open_listing(lua_State *L);
void rs_open_page(lua_State *L);
void rs_open_snapshot(lua_State *L);

/* Registers a class, and pushes its metatable. */
void rs_open_class(lua_State *L, const char *class);

/* The same with methods; nobody else gets to see the metatable. Pushes nothing.
 */
void rs_new_class(lua_State *L, const char *class, const luaL_Reg *methods,
                  const luaL_Reg *metamethods);

/* Makes the table at the top one of a class. */
void rs_set_class(lua_State *L, const char *class);

/* Pushes a new userdata of a class, of which only the rs_object is set: the
 * rest has to be before anything can raise. It has room for a companion. */
void *rs_new_object(lua_State *L, const char *class, size_t size);

/* The userdata at this argument; NULL, or an error, where it is none of that
 * class. */
void *rs_test_object(lua_State *L, int arg, const char *class);
void *rs_check_object(lua_State *L, int arg, const char *class);

/* The bytes of a string, or of a finished call's body, at this argument.
 * They live as long as it does, and until rs_return_text. */
rs_slice rs_borrow_text(lua_State *L, int arg);
void rs_return_text(lua_State *L, int arg);

rs_session *rs_check_session(lua_State *L, int arg);
rs_lane *rs_check_lane(lua_State *L, int arg);

/* Pushes a new, empty Call; where to put the call it is to own. */
rs_call **rs_push_call(lua_State *L);

/* Pushes a fault as a table; raises for want of memory. */
void rs_push_fault(lua_State *L, const rs_fault *fault);

/* Sets a field of the table on the top, unless the text is NULL. */
void rs_set_text(lua_State *L, const char *name, const char *text);

/* Pushes a field of a table of options, and raises with its name when it is of
 * another type; returns whether it is there. */
bool rs_push_option(lua_State *L, int table, const char *name, int type);

/* These leave the text on the stack, so that it lives. NULL: none. */
const char *rs_string_option(lua_State *L, int table, const char *name);
rs_slice rs_slice_option(lua_State *L, int table, const char *name);
bool rs_boolean_option(lua_State *L, int table, const char *name,
                       bool otherwise);
double rs_number_option(lua_State *L, int table, const char *name,
                        double otherwise);

/* Seconds as milliseconds; 0: not given. */
long rs_seconds_option(lua_State *L, int table, const char *name);

/* How many bytes some rows have; raises where that is too many. */
size_t rs_size_of_rows(lua_State *L, const rs_row_ref *rows, size_t count);

/* Pushes the Page of so many rows and bytes, with the client at that index, and
 * later puts the rows into it. */
void *rs_new_rows(lua_State *L, size_t count, size_t size, int client);
void rs_fill_rows(void *page, const rs_row_ref *rows, size_t count);

/* A string argument without NUL; other types and strings raise. */
const char *rs_check_plain_string(lua_State *L, int arg);

/* Pushes a Snapshot with its own copy of the text, one object's, and of its
 * record; its client is the value at that index, a table or nil. */
void rs_push_snapshot(lua_State *L, const char *text,
                      const rs_snapshot *snapshot, int client);

/* The same in two steps. The first may run a finalizer, as all that makes a Lua
 * value. */
void *rs_new_snapshot(lua_State *L, size_t size, int client);
void rs_fill_snapshot(void *made, const char *text,
                      const rs_snapshot *snapshot);

/* Makes sure of free stack slots; raises for want of memory, which is what
 * luaL_checkstack would call a stack overflow. */
void rs_check_stack(lua_State *L, int slots);

/* Pushes a string of JSON, decoded. */
void rs_push_json_string(lua_State *L, rs_slice text, bool escaped);

/* Pushes the Lua value of a whole JSON text; returns false, and pushes a
 * message, when it is none. Nulls in objects are left out unless keep_null. */
bool rs_push_json(lua_State *L, rs_slice text, bool keep_null);

RS_HIDDEN_END

#endif
