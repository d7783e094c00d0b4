/*
 * States that come and go, forks, and the default SIGPIPE: the cases of
 * torture/life.lua, each in a state of its own, some of them again and again
 * without growth.
 */
#define _DEFAULT_SOURCE
#include "common.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "torture/life.lua"
#define WARM 50       /* rounds before growth counts */
#define MAX_GROWTH 64 /* KiB that may stay, in all */

static const char *environment; /* a Lua expression */

static int life_fork(lua_State *L) {
    lua_pushinteger(L, fork());
    return 1;
}

static int life_quit(lua_State *L) {
    _exit(lua_toboolean(L, 1) ? 0 : 1);
}

static int life_reap(lua_State *L) {
    int status = -1;
    waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0);
    lua_pushboolean(L, status == 0);
    return 1;
}

static const luaL_Reg functions[] = {{"fork", life_fork},
                                     {"quit", life_quit},
                                     {"reap", life_reap},
                                     {NULL, NULL}};

/* Calls the case whose name is at 1. */
static int run_case(lua_State *L) {
    torture_open(L);
    torture_load(L, FILE_NAME);
    lua_getfield(L, -1, "cases");
    lua_getfield(L, -1, lua_tostring(L, 1));
    lua_pushfstring(L, "return %s", environment);
    if (luaL_loadstring(L, lua_tostring(L, -1)) != LUA_OK)
        return lua_error(L);
    lua_remove(L, -2);
    lua_call(L, 0, 1);
    luaL_setfuncs(L, functions, 0);
    lua_call(L, 1, 0);
    return 0;
}

static bool run(const char *name) {
    lua_State *L = luaL_newstate();
    lua_pushcfunction(L, run_case);
    lua_pushstring(L, name);
    bool well = lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!well)
        fprintf(stderr, "life: %s: %s\n", name, luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return well;
}

/* The same case many times: neither memory nor descriptors may grow. */
static bool repeat(const char *name, int rounds) {
    long resident = 0;
    int descriptors = 0;
    for (int i = 0; i < rounds; i++) {
        if (!run(name))
            return false;
        if (i == WARM) {
            resident = torture_resident();
            descriptors = torture_descriptors();
        }
    }
    long grown = torture_resident() - resident;
    int more = torture_descriptors() - descriptors;
    printf("life: %-10s %4d rounds, %ld KiB and %d descriptors more\n", name,
           rounds, grown, more);
#if defined(__SANITIZE_ADDRESS__)
    grown = 0; /* freed memory is kept aside; LeakSanitizer counts instead */
#endif
    return grown <= MAX_GROWTH && more <= 0;
}

int main(void) {
    static const char *const once[] = {"fork", "fork_busy", "in_flight",
                                       "sigpipe"};
    torture_server server;
    if (!torture_server_start(&server))
        return 1;
    environment = torture_server_prepare(&server, FILE_NAME);
    if (environment == NULL)
        return 1;
    signal(SIGPIPE, SIG_DFL);
    bool well = true;
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        bool fine = run(once[i]);
        printf("life: %-10s %s\n", once[i], fine ? "ok" : "FAILED");
        well = well && fine;
    }
    well = repeat("load", 1000) && well;
    well = repeat("use", 300) && well;
    torture_server_stop(&server);
    return well ? 0 : 1;
}
