#include "lua/lua_core.h"

#include <string.h>

#define MAX_SECONDS 1000000.0
#define LATEST 9e15 /* seconds; more does not fit into milliseconds */

bool rs_push_option(lua_State *L, int table, const char *name, int type) {
    lua_getfield(L, table, name);
    if (lua_isnil(L, -1))
        return false;
    if (lua_type(L, -1) != type)
        luaL_error(L, "%s must be a %s, not a %s", name, lua_typename(L, type),
                   luaL_typename(L, -1));
    return true;
}

const char *rs_string_option(lua_State *L, int table, const char *name) {
    if (!rs_push_option(L, table, name, LUA_TSTRING))
        return NULL;
    size_t size;
    const char *text = lua_tolstring(L, -1, &size);
    if (strlen(text) != size)
        luaL_error(L, "%s must not contain a NUL", name);
    return text;
}

rs_slice rs_slice_option(lua_State *L, int table, const char *name) {
    rs_slice text = {NULL, 0};
    if (rs_push_option(L, table, name, LUA_TSTRING))
        text.data = lua_tolstring(L, -1, &text.size);
    return text;
}

bool rs_boolean_option(lua_State *L, int table, const char *name,
                       bool otherwise) {
    bool value = otherwise;
    if (rs_push_option(L, table, name, LUA_TBOOLEAN))
        value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

double rs_number_option(lua_State *L, int table, const char *name,
                        double otherwise) {
    double value = otherwise;
    if (rs_push_option(L, table, name, LUA_TNUMBER))
        value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

long rs_seconds_option(lua_State *L, int table, const char *name) {
    double seconds = rs_number_option(L, table, name, MAX_SECONDS * 2);
    if (seconds > MAX_SECONDS * 1.5) /* not a number, or years */
        return seconds == MAX_SECONDS * 2 ? 0 : (long)(MAX_SECONDS * 1000);
    if (!(seconds > 0))
        luaL_error(L, "%s must be a number of seconds over 0", name);
    if (seconds > MAX_SECONDS)
        seconds = MAX_SECONDS;
    long milliseconds = (long)(seconds * 1000);
    return milliseconds > 0 ? milliseconds : 1;
}

int64_t rs_moment_option(lua_State *L, int table, const char *name) {
    double seconds = rs_number_option(L, table, name, LATEST);
    return seconds < LATEST ? (int64_t)(seconds * 1000) : RS_NEVER;
}

const char *rs_check_plain_string(lua_State *L, int arg) {
    size_t size;
    const char *text = luaL_checklstring(L, arg, &size);
    luaL_argcheck(L, strlen(text) == size, arg, "must not contain a NUL");
    return text;
}
