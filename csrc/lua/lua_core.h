/*
 * What the binding's files share: the userdata's names, and how to get at them.
 */
#ifndef RS_LUA_CORE_H
#define RS_LUA_CORE_H

#include "http/http.h"
#include "lua/compat.h"
#include "parse/hidden.h"
#include "parse/snapshot.h"

RS_HIDDEN

#define RS_TRANSPORT "rsnapshots.Transport"
#define RS_REQUEST "rsnapshots.Request"
#define RS_PAGE "rsnapshots.Page"
#define RS_SNAPSHOT "rsnapshots.Snapshot"

/* Each registers a metatable, and adds its functions to the module, which is
 * the table on the stack's top. */
void rs_open_json(lua_State *L);
void rs_open_transport(lua_State *L);
void rs_open_request(lua_State *L);
void rs_open_page(lua_State *L);
void rs_open_snapshot(lua_State *L);

/* Registers a userdata's metatable, which nobody else gets to see. */
void rs_new_class(lua_State *L, const char *name, const luaL_Reg *methods,
                  const luaL_Reg *metamethods);

/* The bytes of a string, or of a finished request's body, at this argument.
 * They live as long as it does, and until rs_let_go_text. */
rs_slice rs_hold_text(lua_State *L, int arg);
void rs_let_go_text(lua_State *L, int arg);

/* Pushes a new, empty Request; where to put the request it is to own. */
rs_request **rs_push_request(lua_State *L);

/* A string argument without NUL; other types and strings raise. */
const char *rs_check_plain_string(lua_State *L, int arg);

/* Pushes a Snapshot with its own copy of the text, one object's, and of its
 * record; its client is the value at that index, a table or nil. */
void rs_push_snapshot(lua_State *L, const char *text,
                      const rs_snapshot *snapshot, int client);

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
