/*
 * What the torture programs share: Lua states with the core linked in, and the
 * simulator in a process of its own.
 *
 * They are started in the project's directory; torture/run sees to that.
 */
#ifndef TORTURE_COMMON_H
#define TORTURE_COMMON_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <sys/types.h>

int luaopen_rsnapshots_core(lua_State *L);

/* Opens Lua's libraries; rsnapshots.core is the one that is linked in, and the
 * Lua files are the checkout's. */
void torture_open(lua_State *L);

/* Pushes the table that the scenario in this file returns; may raise. */
void torture_load(lua_State *L, const char *file);

/* The simulator's process. It never sees a failing allocator. */
typedef struct torture_server {
    pid_t pid;
    int to, from; /* descriptors: commands, and what comes back */
} torture_server;

/* Forks it: to be called before there are threads. False with a message. */
bool torture_server_start(torture_server *server);

/* Makes the new world in it that the scenario in this file asks for. Returns a
 * Lua expression, the scenario's argument, in a static buffer; NULL if the
 * server is gone. */
const char *torture_server_prepare(const torture_server *server,
                                   const char *file);
void torture_server_stop(torture_server *server);

/* How many descriptors are open in this process. */
int torture_descriptors(void);

/* Resident memory of this process, in KiB. */
long torture_resident(void);

#endif
