/*
 * Eight threads, each with a Lua state, a client and its connections, at work
 * on one simulator. Meant for ThreadSanitizer.
 *
 * usage: threads [OPERATIONS]
 */
#define _DEFAULT_SOURCE
#include "common.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 8
#define FILE_NAME "torture/threads.lua"

typedef struct job {
    pthread_t thread;
    const char *env; /* a Lua expression */
    long operations;
    bool well;
} job;

/* Upvalue-free: the job comes as a light userdata. */
static int work(lua_State *L) {
    job *mine = lua_touserdata(L, 1);
    torture_open(L);
    torture_load(L, FILE_NAME);
    lua_getfield(L, -1, "run");
    lua_pushfstring(L, "return %s", mine->env);
    if (luaL_loadstring(L, lua_tostring(L, -1)) != LUA_OK)
        return lua_error(L);
    lua_remove(L, -2);
    lua_call(L, 0, 1);
    lua_pushinteger(L, mine->operations);
    lua_call(L, 2, 1);
    mine->operations = (long)lua_tointeger(L, -1);
    return 0;
}

static void *run(void *context) {
    job *mine = context;
    lua_State *L = luaL_newstate();
    if (L == NULL)
        return NULL;
    lua_pushcfunction(L, work);
    lua_pushlightuserdata(L, mine);
    mine->well = lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!mine->well)
        fprintf(stderr, "threads: %s\n", luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return NULL;
}

int main(int argc, char **argv) {
    long operations = argc > 1 ? strtol(argv[1], NULL, 10) : 100;
    torture_server server;
    static job jobs[THREADS];
    if (!torture_server_start(&server))
        return 1;
    const char *env = torture_server_prepare(&server, FILE_NAME);
    if (env == NULL)
        return 1;
    for (int i = 0; i < THREADS; i++) {
        jobs[i].env = env;
        jobs[i].operations = operations;
        if (pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) != 0)
            return 1;
    }
    long total = 0;
    int failures = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(jobs[i].thread, NULL);
        total += jobs[i].well ? jobs[i].operations : 0;
        failures += jobs[i].well ? 0 : 1;
    }
    torture_server_stop(&server);
    printf("threads: %d threads, %ld operations, %d failures\n", THREADS, total,
           failures);
    return failures == 0 ? 0 : 1;
}
