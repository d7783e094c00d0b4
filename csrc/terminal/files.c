#include "terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rs_push_failure(lua_State *L, const char *what) {
    int error = errno;
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", what, strerror(error));
    rs_push_integer(L, error);
    return 3;
}

static int finish(lua_State *L, bool fine, const char *what) {
    if (!fine)
        return rs_push_failure(L, what);
    lua_pushboolean(L, 1);
    return 1;
}

static int check_fd(lua_State *L) {
    lua_Integer fd = luaL_checkinteger(L, 1);
    luaL_argcheck(L, fd >= 0 && fd < 1 << 20, 1, "no descriptor");
    return (int)fd;
}

static const char *check_path(lua_State *L, int arg) {
    size_t size;
    const char *path = luaL_checklstring(L, arg, &size);
    luaL_argcheck(L, strlen(path) == size, arg, "must not contain a NUL");
    return path;
}

/* Waits until a descriptor can be written: another process that shares it may
 * have made it non-blocking. */
static bool may_go_on(int fd) {
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return errno == EINTR;
    struct pollfd one = {fd, POLLOUT, 0};
    return poll(&one, 1, -1) > 0 || errno == EINTR;
}

static bool write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && !may_go_on(fd))
            return false;
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return true;
}

/*** Writes all of a text.
@function write
@int fd
@string text
@return true; nil, a message and errno
*/
static int terminal_write(lua_State *L) {
    size_t size;
    int fd = check_fd(L);
    const char *text = luaL_checklstring(L, 2, &size);
    return finish(L, write_all(fd, text, size), "cannot write");
}

/*** Makes a new file for writing; fails if the file exists.
@function create
@string path
@int[opt=420] mode its permissions, less those that the umask removes
@treturn int its descriptor; nil, a message and errno
*/
static int terminal_create(lua_State *L) {
    const char *path = check_path(L, 1);
    lua_Integer mode = luaL_optinteger(L, 2, 0644);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  (mode_t)(mode & 0777));
    if (fd < 0)
        return rs_push_failure(L, "cannot make the file");
    rs_push_integer(L, fd);
    return 1;
}

/*** Waits until what was written is on disk.
@function sync
@int fd
@return true; nil, a message and errno
*/
static int terminal_sync(lua_State *L) {
    return finish(L, fsync(check_fd(L)) == 0, "cannot write to the disk");
}

/*** Closes a descriptor. Some file systems report only now that they are full.
@function close
@int fd
@return true; nil, a message and errno
*/
static int terminal_close(lua_State *L) {
    return finish(L, close(check_fd(L)) == 0, "cannot write to the end");
}

/*** Renames a file; atomically replaces a file of the new name.
@function rename
@string from
@string to
@return true; nil, a message and errno
*/
static int terminal_rename(lua_State *L) {
    const char *from = check_path(L, 1), *to = check_path(L, 2);
    return finish(L, rename(from, to) == 0, "cannot rename the file");
}

/*** Occupies the descriptors 0, 1 and 2 if they are free. Otherwise a file or a
connection could get one of them, and receive what is printed. Reading from them
and writing to them fails.
@function guard
@return true; nil, a message and errno
*/
static int terminal_guard(lua_State *L) {
    for (int fd = 0; fd <= 2; fd++) {
        int flags = fd == 0 ? O_WRONLY : O_RDONLY; /* using it fails */
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", flags) != fd)
            return rs_push_failure(L, "cannot open /dev/null");
    }
    lua_pushboolean(L, 1);
    return 1;
}

void rs_open_files(lua_State *L) {
    static const luaL_Reg functions[] = {{"write", terminal_write},
                                         {"create", terminal_create},
                                         {"sync", terminal_sync},
                                         {"close", terminal_close},
                                         {"rename", terminal_rename},
                                         {"guard", terminal_guard},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
