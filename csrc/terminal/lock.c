#include "terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define RS_LOCK "rsnapshots.Lock"

typedef struct lock {
    int fd; /* -1: none */
} lock;

/* "PID SECONDS\n": the holder, and since when (Unix seconds). */
#define CONTENT_SIZE 64

/* Where that fails, on a full disk say, the lock is one all the same. */
static void write_holder(int fd) {
    char text[CONTENT_SIZE];
    int size = snprintf(text, sizeof text, "%ld %jd\n", (long)getpid(),
                        (intmax_t)time(NULL));
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size)
        (void)ftruncate(fd, 0); /* no part of it */
}

/* Pushes the holder and since when it holds the lock, or nothing if the holder
 * has not written that yet. */
static int push_holder(lua_State *L, int fd) {
    char text[CONTENT_SIZE];
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    long pid;
    intmax_t since;
    text[size > 0 ? size : 0] = '\0';
    if (sscanf(text, "%ld %jd", &pid, &since) != 2)
        return 0;
    rs_push_integer(L, pid);
    rs_push_integer(L, since);
    return 2;
}

/* Pushes nil, a message, errno and the holder. */
static int refuse(lua_State *L, int fd) {
    bool is_held = errno == EWOULDBLOCK;
    int pushed = rs_push_failure(L, "cannot lock the file");
    if (is_held)
        pushed += push_holder(L, fd);
    (void)close(fd);
    return pushed;
}

static int lock_unlock(lua_State *L) {
    lock *self = luaL_checkudata(L, 1, RS_LOCK);
    if (self->fd >= 0) {
        (void)ftruncate(self->fd, 0); /* else it would name a past holder */
        (void)close(self->fd);
        self->fd = -1;
    }
    return 0;
}

/* Opens the file, and makes it if it does not exist. If it is another user's,
 * who may have run the command once and left it, this user gets one beside it.
 */
static int open_file(const char *path) {
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    char own[PATH_MAX];
    int fd = open(path, flags, 0600);
    if (fd >= 0 || errno != EACCES)
        return fd;
    int size = snprintf(own, sizeof own, "%s.%ld", path, (long)geteuid());
    if (size > 0 && (size_t)size < sizeof own)
        fd = open(own, flags, 0600);
    if (fd < 0)
        errno = EACCES;
    return fd;
}

/*** Locks a file, and makes it if it does not exist. The kernel unlocks it when
the process ends, however that happens; the file stays. Users whose files differ
do not see each other's locks.
@function lock
@string path
@treturn Lock with a method `unlock`; nil, a message, errno, and if another
process has the lock, its process id and since when (Unix seconds)
*/
static int terminal_lock(lua_State *L) {
    size_t size;
    const char *path = luaL_checklstring(L, 1, &size);
    luaL_argcheck(L, strlen(path) == size, 1, "must not contain a NUL");
    lock *self = lua_newuserdatauv(L, sizeof *self, 0);
    self->fd = -1;
    luaL_getmetatable(L, RS_LOCK);
    lua_setmetatable(L, -2);
    int fd = open_file(path);
    if (fd < 0)
        return rs_push_failure(L, "cannot open the lock's file");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return refuse(L, fd);
    self->fd = fd;
    write_holder(fd);
    return 1;
}

void rs_open_lock(lua_State *L) {
    static const luaL_Reg functions[] = {{"lock", terminal_lock}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"unlock", lock_unlock},
                                       {"__gc", lock_unlock},
                                       {"__close", lock_unlock},
                                       {NULL, NULL}};
    (void)luaL_newmetatable(L, RS_LOCK);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}
