#include "terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A signal handler can reach only globals. */
static volatile sig_atomic_t count, last;
static int ends[2] = {-1, -1}; /* of the pipe with which a signal ends a wait */

enum { SIGNALS = 4 };

static const int numbers[SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
static bool taken[SIGNALS];
static struct sigaction before[SIGNALS]; /* the actions before ours */

static void note(int number) {
    int error = errno;
    last = number;
    count = count + 1;
    ssize_t written = write(ends[1], "", 1); /* a full pipe wakes, too */
    (void)written;
    errno = error;
}

static bool make_end(int fd) {
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipe(void) {
    if (ends[0] >= 0)
        return true;
    return pipe(ends) == 0 && make_end(ends[0]) && make_end(ends[1]);
}

static int place_of(int number) {
    int place = 0;
    while (place < SIGNALS && numbers[place] != number)
        place++;
    return place;
}

static bool take(int number, void (*handler)(int)) {
    int at = place_of(number);
    if (at == SIGNALS || taken[at])
        return at < SIGNALS;
    if (sigaction(number, NULL, &before[at]) != 0)
        return false;
    if (before[at].sa_handler == SIG_IGN)
        return true; /* the parent wants it ignored */
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* no SA_RESTART: a signal ends a read */
    sigemptyset(&action.sa_mask);
    taken[at] = sigaction(number, &action, NULL) == 0;
    return taken[at];
}

/* A signal that was ignored when the process began, as with nohup, stays
 * ignored. */
static bool catch_signal(int number) {
    return open_pipe() && take(number, note);
}

static void restore(void) {
    for (int i = 0; i < SIGNALS; i++) {
        if (taken[i])
            (void)sigaction(numbers[i], &before[i], NULL);
        taken[i] = false;
    }
}

static void make_default(void) {
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction now;
        if (numbers[i] == SIGPIPE || sigaction(numbers[i], NULL, &now) != 0 ||
            now.sa_handler == SIG_IGN)
            continue;
        (void)signal(numbers[i], SIG_DFL);
        taken[i] = false;
    }
}

static void drain(void) {
    char bytes[64];
    while (read(ends[0], bytes, sizeof bytes) > 0)
        ;
}

/* A signal that came before this call ends the wait at once. */
static bool wait_for(int fd, int events, int milliseconds) {
    struct pollfd both[2] = {{fd, (short)events, 0}, {ends[0], POLLIN, 0}};
    if (poll(both, 2, milliseconds) <= 0) /* poll skips a negative fd */
        return false;
    if (both[1].revents != 0)
        drain();
    return both[0].revents != 0;
}

static const struct {
    const char *name;
    int number;
} names[] = {{"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}};

/*** Counts these signals from now on; each wakes `wait`.
@function catch
@tparam string ... `"INT"`, `"TERM"`, `"HUP"`
@return true; nil, a message and errno
*/
static int terminal_catch(lua_State *L) {
    static const char *const options[] = {"INT", "TERM", "HUP", NULL};
    for (int arg = 1; arg <= lua_gettop(L); arg++) {
        int which = luaL_checkoption(L, arg, NULL, options);
        if (!catch_signal(names[which].number))
            return rs_push_failure(L, "cannot catch signals");
    }
    lua_pushboolean(L, 1);
    return 1;
}

/*** Which signal came last, and how many came.
@function caught
@treturn string nil: none came
@treturn integer
*/
static int terminal_caught(lua_State *L) {
    if (count == 0) {
        lua_pushnil(L);
        return 1;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == last)
            lua_pushstring(L, names[i].name);
    rs_push_integer(L, count);
    return 2;
}

/*** Makes writing to a pipe that nobody reads fail with EPIPE, instead of
ending the process.
@function ignore_pipe
@return true; nil, a message and errno
*/
static int terminal_ignore_pipe(lua_State *L) {
    if (!take(SIGPIPE, SIG_IGN))
        return rs_push_failure(L, "cannot ignore SIGPIPE");
    lua_pushboolean(L, 1);
    return 1;
}

/*** Undoes `catch` and `ignore_pipe`.
@function restore
*/
static int terminal_restore(lua_State *L) {
    (void)L;
    restore();
    return 0;
}

/*** From now on SIGINT, SIGTERM and SIGHUP end the process, unless they are
ignored. Call this when the interpreter, which handles them, is about to be
closed.
@function default
*/
static int terminal_default(lua_State *L) {
    (void)L;
    make_default();
    return 0;
}

#define LONGEST 1000000.0 /* seconds */

static int milliseconds_at(lua_State *L, int arg) {
    lua_Number seconds = luaL_optnumber(L, arg, -1);
    if (!(seconds >= 0))
        return -1;
    if (seconds > LONGEST)
        seconds = LONGEST;
    return (int)(seconds * 1000 + 0.999);
}

/*** Waits until a descriptor is ready, a caught signal comes or the time has
passed. It can be the client's `wait`.
@function wait
@int[opt] fd nil: none
@string[opt] events `r` (default), `w` or `rw`
@number[opt] seconds nil: no limit
@treturn boolean whether the descriptor is ready
*/
static int terminal_wait(lua_State *L) {
    int fd = (int)luaL_optinteger(L, 1, -1);
    const char *wanted = luaL_optstring(L, 2, "r");
    int events = (strchr(wanted, 'r') != NULL ? POLLIN : 0) |
                 (strchr(wanted, 'w') != NULL ? POLLOUT : 0);
    lua_pushboolean(L, wait_for(fd, events, milliseconds_at(L, 3)));
    return 1;
}

/* A handler must not outlive this library, which is unloaded when the state is
 * closed. */
static void restore_at_close(lua_State *L) {
    lua_newuserdata(L, 1);
    lua_newtable(L);
    lua_pushcfunction(L, terminal_restore);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "rsnapshots.terminal.signals");
}

void rs_open_signals(lua_State *L) {
    restore_at_close(L);
    static const luaL_Reg functions[] = {{"catch", terminal_catch},
                                         {"caught", terminal_caught},
                                         {"ignore_pipe", terminal_ignore_pipe},
                                         {"restore", terminal_restore},
                                         {"default", terminal_default},
                                         {"wait", terminal_wait},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
