/*
 * States that come and go, forks, and the default SIGPIPE: the cases of
 * torture/life.lua. Each runs in a state of its own, some of them again and
 * again, without growth.
 */
#define _DEFAULT_SOURCE
#include "common.h"
#include "http/sigpipe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "torture/life.lua"
#define MAX_GROWTH 64 /* KiB that may stay, in all */

static const char *environment; /* a Lua expression */

static int life_fork(lua_State *L) {
    lua_pushinteger(L, fork());
    return 1;
}

#ifdef TORTURE_COVERAGE
void __gcov_dump(void); /* _exit alone would lose the child's coverage */
#else
#define __gcov_dump() ((void)0)
#endif

static int life_quit(lua_State *L) {
    __gcov_dump();
    _exit(lua_toboolean(L, 1) ? 0 : 1);
}

static int life_reap(lua_State *L) {
    int status = -1;
    waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0);
    lua_pushboolean(L, status == 0);
    return 1;
}

/* Like HAProxy: a coroutine that has run for long enough yields wherever it is,
 * if it can. Coroutines within it inherit the hook, but are left alone. */
static void preempt(lua_State *L, lua_Debug *where) {
    (void)where;
    lua_pushthread(L);
    lua_rawget(L, LUA_REGISTRYINDEX);
    bool wanted = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (wanted && lua_isyieldable(L))
        lua_yield(L, 0);
}

/* preempt(thread, count): from now on after each `count` instructions. */
static int life_preempt(lua_State *L) {
    lua_State *thread = lua_tothread(L, 1);
    luaL_argcheck(L, thread != NULL, 1, "a coroutine is expected");
    lua_pushvalue(L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, LUA_REGISTRYINDEX);
    lua_sethook(thread, preempt, LUA_MASKCOUNT, (int)luaL_checkinteger(L, 2));
    return 0;
}

static const luaL_Reg functions[] = {{"fork", life_fork},
                                     {"preempt", life_preempt},
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

/* A tenth of the rounds where the growth of memory is not measured. */
#if defined(__SANITIZE_ADDRESS__) || defined(TORTURE_COVERAGE)
#define PART 10
#else
#define PART 1
#endif

#define WARM (50 / PART) /* rounds before growth counts */

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
#if PART > 1
    grown = 0; /* freed memory is kept aside; LeakSanitizer counts instead */
#endif
    return grown <= MAX_GROWTH && more <= 0;
}

/* ----------------------------------------------------------------- SIGPIPE */

/* Writes to a pipe that nobody reads, held; is only the write told of it? */
static bool write_held(bool blocked_before) {
    int ends[2];
    sigset_t after;
    if (pipe(ends) != 0)
        return false;
    close(ends[0]);
    rs_sigpipe hold = rs_sigpipe_block(false);
    bool well = write(ends[1], "x", 1) < 0 && errno == EPIPE;
    rs_sigpipe_release(&hold);
    close(ends[1]);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    return well && sigismember(&after, SIGPIPE) == blocked_before;
}

/* Ends the process with 0 if all is well; SIGPIPE has its default effect. */
static void try_sigpipe(void) {
    sigset_t one, pending;
    sigemptyset(&one);
    sigaddset(&one, SIGPIPE);
    bool well = write_held(false) && write_held(false);
    pthread_sigmask(SIG_BLOCK, &one, NULL); /* a host that handles SIGPIPE
                                               itself */
    well = write_held(true) && write_held(true) && well;
    sigpending(&pending);
    __gcov_dump();
    _exit(well && sigismember(&pending, SIGPIPE) ? 0 : 1);
}

/* libcurl as of 7.88 raises none of its own over plain HTTP, so that the case
 * "sigpipe" passes without this protection; this one doesn't. */
static bool holds_sigpipe(void) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        try_sigpipe();
    bool well = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
    printf("life: %-10s %s\n", "hold", well ? "ok" : "FAILED");
    return well;
}

int main(void) {
    static const char *const once[] = {"fork",       "fork_close", "fork_busy",
                                       "fork_group", "in_flight",  "preempted",
                                       "sigpipe"};
    torture_server server;
    if (!torture_server_start(&server))
        return 1;
    environment = torture_server_prepare(&server, FILE_NAME);
    if (environment == NULL)
        return 1;
    signal(SIGPIPE, SIG_DFL);
    bool well = holds_sigpipe();
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        bool fine = run(once[i]);
        printf("life: %-10s %s\n", once[i], fine ? "ok" : "FAILED");
        well = well && fine;
    }
    well = repeat("load", 1000 / PART) && well;
    well = repeat("use", 300 / PART) && well;
    well = repeat("abandon", 300 / PART) && well;
    torture_server_stop(&server);
    return well ? 0 : 1;
}
