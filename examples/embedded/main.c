/*
 * A program with rsnapshots in it: it lists the snapshots of the cloud that
 * OS_* names, without a search path and without a file.
 *
 * usage: embedded
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#include "rsnapshots_lua.h"

int luaopen_cjson(lua_State *L); /* lua-cjson's, which is linked in too */

static const char script[] =
    "local rsnapshots = ...\n"
    "local client = assert(rsnapshots.connect())\n"
    "for snapshot in client:list { page_size = 100 } do\n"
    "  print(snapshot.id, snapshot.status, snapshot.name or '-')\n"
    "end\n"
    "client:close()\n";

/* Lua finds nothing but what is linked in. */
static void forget_paths(lua_State *L) {
    lua_getglobal(L, "package");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "path");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    lua_pop(L, 1);
}

static int list(lua_State *L) {
    luaL_openlibs(L);
    forget_paths(L);
    luaL_requiref(L, "cjson", luaopen_cjson, 0);
    luaL_requiref(L, "rsnapshots", luaopen_rsnapshots, 0);
    if (luaL_loadbuffer(L, script, sizeof script - 1, "=list") != LUA_OK)
        return lua_error(L);
    lua_pushvalue(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

int main(void) {
    lua_State *L = luaL_newstate();
    if (L == NULL)
        return EXIT_FAILURE;
    lua_pushcfunction(L, list);
    int status = lua_pcall(L, 0, 0, 0);
    if (status != LUA_OK)
        fprintf(stderr, "embedded: %s\n", luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
