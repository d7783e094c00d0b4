/*
 * The Lua layer's decoders and the binding below them. checks.lua gets the
 * bytes; an error that it raises is a broken promise. Lua's lines count as
 * coverage, so that libFuzzer sees which branch an input took.
 */
#include "fuzz.h"
#include "lua/compat.h"

#include <lualib.h>
#include <string.h>

#define COUNTERS 4096
#define WANTED_SIZE 4096 /* bytes; longer inputs teach nothing more */

int luaopen_rsnapshots_core(lua_State *L);

#ifdef RS_LIBFUZZER
__attribute__((section("__libfuzzer_extra_counters")))
#endif
static uint8_t counters[COUNTERS];

/* Counts a line of Lua, by its number and its file's name. */
static void count_line(lua_State *L, lua_Debug *at) {
    lua_getinfo(L, "S", at);
    unsigned hash = (unsigned)at->currentline;
    for (const char *c = at->short_src; *c != '\0'; c++)
        hash = hash * 31 + (unsigned char)*c;
    uint8_t *counter = &counters[hash % COUNTERS];
    if (*counter < UINT8_MAX)
        (*counter)++;
}

static void check_call(lua_State *L, int status) {
    if (status != 0) {
        fprintf(stderr, "broken promise: %s\n", lua_tostring(L, -1));
        abort();
    }
}

/* A state with the module's core in it and checks.lua's function on top. */
static lua_State *open_state(void) {
    lua_State *L = luaL_newstate();
    CHECK(L != NULL);
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "preload");
    lua_pushcfunction(L, luaopen_rsnapshots_core);
    lua_setfield(L, -2, "rsnapshots.core");
    lua_pushliteral(L, RS_SOURCE "/lua/?.lua;" RS_SOURCE
                                 "/lua/?/init.lua;"); /* and where lyaml is */
    lua_getfield(L, -3, "path");
    lua_concat(L, 2);
    lua_setfield(L, -3, "path");
    lua_settop(L, 0);
    check_call(L, luaL_loadfile(L, RS_SOURCE "/fuzz/checks.lua"));
    check_call(L, lua_pcall(L, 0, 1, 0));
    (void)lua_sethook(L, count_line, LUA_MASKLINE, 0);
    return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static lua_State *L = NULL; /* lives as long as the process */
    if (L == NULL)
        L = open_state();
    if (size > WANTED_SIZE)
        return 0;
    lua_pushvalue(L, 1);
    lua_pushlstring(L, (const char *)data, size);
    check_call(L, lua_pcall(L, 1, 0, 0));
    return 0;
}
