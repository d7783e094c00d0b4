/*
 * What the binding's files share: the userdata's names, and how to get them
 * from the stack.
 */
#ifndef RS_LUA_CORE_H
#define RS_LUA_CORE_H

#include "call/internal.h"
#include "listing/internal.h"
#include "lua/compat.h"
#include "parse/hidden.h"
#include "parse/snapshot.h"

RS_HIDDEN

/* A class of userdata is the name of its metatable. The registry has the
 * metatable under the name's address, so finding it compares no text. */
typedef const char rs_class[];

/* Every userdata of a class begins with this, so its class is known without
 * asking Lua for its metatable. */
typedef struct rs_object {
    const char *class;
} rs_object;

extern rs_class rs_session_class, rs_call_class, rs_lane_class, rs_pager_class,
    rs_page_class, rs_snapshot_class, rs_metadata_class;

/* Each registers its metatables, and adds its functions to the module, the
 * table on top of the stack. */
void rs_open_json(lua_State *L);
void rs_open_session(lua_State *L);
void rs_open_call(lua_State *L);
void rs_open_filters(lua_State *L);
void rs_open_listing(lua_State *L);
void rs_open_page(lua_State *L);
void rs_open_snapshot(lua_State *L);

/* Registers a class, and pushes its metatable. */
void rs_open_class(lua_State *L, const char *class);

/* The same with methods (or NULL), and with a metatable that scripts cannot
 * get. Pushes nothing. */
void rs_new_class(lua_State *L, const char *class, const luaL_Reg *methods,
                  const luaL_Reg *metamethods);

/* Makes the table on top of the stack one of a class. */
void rs_set_class(lua_State *L, const char *class);

/* Pushes a new userdata of a class, in which only the rs_object is set: the
 * caller has to set the rest before anything can raise. It has room for a
 * companion. */
void *rs_new_object(lua_State *L, const char *class, size_t size);

/* The userdata at this argument. If it is not of that class, the first returns
 * NULL, and the second raises. */
void *rs_test_object(lua_State *L, int arg, const char *class);
void *rs_check_object(lua_State *L, int arg, const char *class);

/* The bytes of a string, or of a finished call's body, at this argument. They
 * live until rs_return_text, as long as the argument does. */
rs_slice rs_borrow_text(lua_State *L, int arg);
void rs_return_text(lua_State *L, int arg);

rs_session *rs_check_session(lua_State *L, int arg);
rs_lane *rs_check_lane(lua_State *L, int arg);

/* Pushes a new, empty Call; returns where to put the call that it will own. */
rs_call **rs_push_call(lua_State *L);

/* Pushes a fault as a table; raises when memory runs out. */
void rs_push_fault(lua_State *L, const rs_fault *fault);

/* Sets a field of the table on top of the stack, unless the text is NULL. */
void rs_set_text(lua_State *L, const char *name, const char *text);

/* Pushes a field of a table of options; returns whether it is there. Raises,
 * with the field's name, if it is of another type. */
bool rs_push_option(lua_State *L, int table, const char *name, int type);

/* These leave the text on the stack, so that it stays alive. NULL: not given.
 */
const char *rs_string_option(lua_State *L, int table, const char *name);
rs_slice rs_slice_option(lua_State *L, int table, const char *name);
bool rs_boolean_option(lua_State *L, int table, const char *name,
                       bool otherwise);
double rs_number_option(lua_State *L, int table, const char *name,
                        double otherwise);

/* Reads the table of filters, the third argument. Their texts live as long as
 * that table. */
void rs_read_filters(lua_State *L, rs_filter_set *set);

/* Seconds as milliseconds; 0: not given. */
long rs_seconds_option(lua_State *L, int table, const char *name);

/* A moment on the session's clock, in ms; RS_NEVER: not given. */
int64_t rs_moment_option(lua_State *L, int table, const char *name);

/* Seconds as a poll takes them, in milliseconds: at most a day, rounded up, so
 * that it does not wake too early; -1, no limit, for a negative number. */
int rs_poll_time(double seconds);

/* How many bytes some rows have; raises if there are too many. */
size_t rs_size_of_rows(lua_State *L, const rs_row_ref *rows, size_t count);

/* Pushes a Page with room for that many rows and bytes, whose client is the
 * value at that index; and, later, copies the rows into it. */
void *rs_new_rows(lua_State *L, size_t count, size_t size, int client);
void rs_fill_rows(void *page, const rs_row_ref *rows, size_t count);

/* A string argument without a NUL byte; anything else raises. */
const char *rs_check_plain_string(lua_State *L, int arg);

/* Pushes a Snapshot with its own copies of one object's text and of its record;
 * its client is the value at that index, a table or nil. */
void rs_push_snapshot(lua_State *L, const char *text,
                      const rs_snapshot *snapshot, int client);

/* The same in two steps. The first may run a finalizer, like everything that
 * makes a Lua value. */
void *rs_new_snapshot(lua_State *L, size_t size, int client);
void rs_fill_snapshot(void *made, const char *text,
                      const rs_snapshot *snapshot);

/* Makes sure that there are free stack slots. Raises "not enough memory", since
 * luaL_checkstack would call that a stack overflow. */
void rs_check_stack(lua_State *L, int slots);

/* Pushes a JSON string, decoded. */
void rs_push_json_string(lua_State *L, rs_slice text, bool escaped);

/* Pushes the Lua value of a whole JSON text; returns false, and pushes a
 * message, if it is not JSON. Nulls in objects are left out unless keep_null.
 */
bool rs_push_json(lua_State *L, rs_slice text, bool keep_null);

RS_HIDDEN_END

#endif
