#define _DEFAULT_SOURCE
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LUA_FILES "./lua/?.lua;./lua/?/init.lua;"
#define MAX_REPLY 65536
#define SERVER "torture/server.lua"

/* ------------------------------------------------------------------ states */

void torture_open(lua_State *L) {
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, luaopen_rsnapshots_core);
    lua_setfield(L, -2, "rsnapshots.core");
    lua_getglobal(L, "package");
    lua_pushliteral(L, LUA_FILES);
    lua_getfield(L, -2, "path");
    lua_concat(L, 2);
    lua_setfield(L, -2, "path");
    lua_pop(L, 2);
}

void torture_load(lua_State *L, const char *file) {
    if (luaL_loadfile(L, file) != LUA_OK)
        lua_error(L);
    lua_call(L, 0, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
}

/* ------------------------------------------------------------------ server */

/* Reads a line without its end; false at the end of the input. */
static bool read_line(int fd, char *line, size_t room) {
    size_t size = 0;
    while (size < room) {
        ssize_t got = read(fd, line + size, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (line[size] == '\n') {
            line[size] = '\0';
            return true;
        }
        size++;
    }
    return false;
}

static bool write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        data += put;
        size -= (size_t)put;
    }
    return true;
}

/* control.read(): the next command, nil when the parent is gone. */
static int control_read(lua_State *L) {
    char line[1024];
    int fd = (int)lua_tointeger(L, lua_upvalueindex(1));
    if (!read_line(fd, line, sizeof line))
        return 0;
    lua_pushstring(L, line);
    return 1;
}

static int control_write(lua_State *L) {
    size_t size;
    const char *line = luaL_checklstring(L, 1, &size);
    int fd = (int)lua_tointeger(L, lua_upvalueindex(1));
    lua_pushboolean(L, write_all(fd, line, size) && write_all(fd, "\n", 1));
    return 1;
}

/* The server's process, which runs torture/server.lua. */
static void serve(int commands, int replies) {
    lua_State *L = luaL_newstate();
    if (L == NULL)
        _exit(1);
    torture_open(L);
    lua_newtable(L);
    lua_pushinteger(L, commands);
    lua_setfield(L, -2, "fd");
    lua_pushinteger(L, commands);
    lua_pushcclosure(L, control_read, 1);
    lua_setfield(L, -2, "read");
    lua_pushinteger(L, replies);
    lua_pushcclosure(L, control_write, 1);
    lua_setfield(L, -2, "write");
    lua_setglobal(L, "control");
    if (luaL_dofile(L, SERVER) != LUA_OK) {
        fprintf(stderr, "torture: server: %s\n", lua_tostring(L, -1));
        _exit(1);
    }
    _exit(0);
}

bool torture_server_start(torture_server *server) {
    int commands[2], replies[2];
    if (pipe(commands) != 0 || pipe(replies) != 0 ||
        (server->pid = fork()) < 0) {
        perror("torture: server");
        return false;
    }
    if (server->pid == 0) {
        close(commands[1]);
        close(replies[0]);
        serve(commands[0], replies[1]);
    }
    close(commands[0]);
    close(replies[1]);
    server->to = commands[1];
    server->from = replies[0];
    return true;
}

const char *torture_server_prepare(const torture_server *server,
                                   const char *file) {
    static char reply[MAX_REPLY];
    bool well = write_all(server->to, file, strlen(file)) &&
                write_all(server->to, "\n", 1) &&
                read_line(server->from, reply, sizeof reply);
    return well ? reply : NULL;
}

void torture_server_stop(torture_server *server) {
    close(server->to);
    close(server->from);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* --------------------------------------------------------------- resources */

int torture_descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return -1;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

long torture_resident(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return -1;
    if (fscanf(file, "%ld %ld", &total, &resident) != 2)
        resident = -1;
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}
