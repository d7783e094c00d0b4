/*
 * rsnapshots.core: the basis of the Lua layer, and only of that.
 */
#define _DEFAULT_SOURCE /* getentropy */
#include "lua/lua_core.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/http.h"
#include "http/poller.h"
#include "parse/timestamp.h"
#include "parse/url.h"

#define MAX_RANDOM 256
#define SMALL 1024       /* bytes encoded on the C stack */
#define MAX_WAIT 86400.0 /* seconds; a longer wait takes several calls */

/*** Seconds on a clock that never goes back.
@function now
@treturn number
*/
static int core_now(lua_State *L) {
    lua_pushnumber(L, (lua_Number)rs_clock() / 1000);
    return 1;
}

/*** Reads a time as services send it.
@function timestamp
@string text
@treturn number Unix seconds UTC, or nil
*/
static int core_timestamp(lua_State *L) {
    rs_slice text;
    text.data = luaL_checklstring(L, 1, &text.size);
    double seconds;
    if (!rs_timestamp_parse(text, &seconds))
        return 0;
    lua_pushnumber(L, seconds);
    return 1;
}

/*** Is a text UTF-8? Services require that.
@function is_utf8
@string text
@treturn boolean
*/
static int core_is_utf8(lua_State *L) {
    rs_slice text;
    text.data = luaL_checklstring(L, 1, &text.size);
    lua_pushboolean(L, rs_utf8_is_valid(text));
    return 1;
}

/*** Reads the token in the answer to a request for one.
@function grant
@param answer a finished request, or its text
@int version of the identity API
@string[opt] header the answer's X-Subject-Token
@string[opt] date the answer's header of that name
@treturn string the token; nil and what is wrong
@treturn number seconds that it is good by the service's own clock, or nil
*/
static int core_grant(lua_State *L) {
    rs_grant grant;
    rs_slice header = {NULL, 0}, date = {NULL, 0};
    header.data = luaL_optlstring(L, 3, NULL, &header.size);
    date.data = luaL_optlstring(L, 4, NULL, &date.size);
    int version = (int)luaL_checknumber(L, 2);
    const char *problem =
        rs_token_read(&grant, version, rs_borrow_text(L, 1), header, date);
    rs_return_text(L, 1);
    if (problem != NULL)
        lua_pushnil(L);
    else
        lua_pushlstring(L, grant.id, grant.size);
    if (problem != NULL)
        lua_pushstring(L, problem);
    else if (grant.lifetime >= 0)
        lua_pushnumber(L, grant.lifetime / 1000);
    else
        lua_pushnil(L);
    rs_wipe(&grant, sizeof grant);
    return 2;
}

/*** Percent-encodes everything but A-Z a-z 0-9 - . _ ~.
@function encode
@string text
@treturn string
*/
static int core_encode(lua_State *L) {
    char small[SMALL];
    rs_slice text;
    text.data = luaL_checklstring(L, 1, &text.size);
    size_t size = rs_url_encode(text, NULL);
    if (size == text.size) {
        lua_settop(L, 1);
        return 1;
    }
    char *encoded = size <= SMALL ? small : lua_newuserdatauv(L, size, 0);
    (void)rs_url_encode(text, encoded);
    lua_pushlstring(L, encoded, size);
    return 1;
}

int rs_poll_time(double seconds) {
    if (!(seconds >= 0))
        return -1;
    return (int)((seconds < MAX_WAIT ? seconds : MAX_WAIT) * 1000 + 0.999);
}

/*** Waits until a descriptor is ready, the time has passed or a signal came.
@function poll
@int fd or nil: none
@string events `r`, `w` or `rw`
@number[opt] seconds nil: no limit
@treturn boolean whether it is ready
*/
static int core_poll(lua_State *L) {
    int fd = lua_isnil(L, 1) ? -1 : (int)luaL_checknumber(L, 1);
    const char *events = luaL_optstring(L, 2, "r");
    int what = (strchr(events, 'r') != NULL ? RS_POLL_READ : 0) |
               (strchr(events, 'w') != NULL ? RS_POLL_WRITE : 0);
    lua_Number seconds = luaL_optnumber(L, 3, -1);
    lua_pushboolean(L, rs_poll_one(fd, what, rs_poll_time(seconds)) != 0);
    return 1;
}

/*** Unpredictable random bytes from the system.
@function random
@int count 1 to 256
@treturn string
*/
static int core_random(lua_State *L) {
    char bytes[MAX_RANDOM];
    lua_Number count = luaL_checknumber(L, 1);
    luaL_argcheck(L, count >= 1 && count <= MAX_RANDOM, 1, "1 to 256");
    if (getentropy(bytes, (size_t)count) != 0)
        return luaL_error(L, "the system gives no random bytes");
    lua_pushlstring(L, bytes, (size_t)count);
    return 1;
}

/*** Can everybody on this machine read the file?
@function is_public
@string path
@treturn boolean also false if there is no such file
*/
static int core_is_public(lua_State *L) {
    struct stat status;
    const char *path = rs_check_plain_string(L, 1);
    lua_pushboolean(L, stat(path, &status) == 0 &&
                           (status.st_mode & S_IROTH) != 0);
    return 1;
}

/*** Calls a function in which the host's hooks cannot yield. Some hosts make a
coroutine yield, wherever it is, after it has run for long enough. Inside this C
function, Lua does not allow that.
@function atomic
@func f must not yield itself
@param ... its arguments
@return what it returns
*/
static int core_atomic(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/*** Has a coroutine ended? This asks Lua itself: a host's own coroutine.status
may look into what the host keeps of each coroutine, and nginx crashes there
after the coroutine's request is over.
@function is_dead
@tparam thread thread
@treturn boolean
*/
static int core_is_dead(lua_State *L) {
    lua_Debug frame;
    lua_State *of = lua_tothread(L, 1);
    luaL_argcheck(L, of != NULL, 1, "a coroutine is wanted");
    int status = lua_status(of);
    bool is_over = lua_gettop(of) == 0 && lua_getstack(of, 0, &frame) == 0;
    lua_pushboolean(L, status == 0 ? is_over : status != LUA_YIELD);
    return 1;
}

/*** Does a table have any other key than this one?
@function has_others
@tparam table of
@param[opt] key nil: any key counts
@treturn boolean
*/
static int core_has_others(lua_State *L) {
    bool found = false;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushnil(L);
    while (!found && lua_next(L, 1) != 0) {
        lua_pop(L, 1);
        found = !lua_rawequal(L, -1, 2);
    }
    lua_pushboolean(L, found);
    return 1;
}

/* ----------------------------------------------------------------- classes */

rs_class rs_session_class = "rsnapshots.Session";
rs_class rs_call_class = "rsnapshots.Call";
rs_class rs_lane_class = "rsnapshots.Lane";
rs_class rs_pager_class = "rsnapshots.Pager";
rs_class rs_page_class = "rsnapshots.Page";
rs_class rs_snapshot_class = "rsnapshots.Snapshot";
rs_class rs_metadata_class = "rsnapshots.Metadata";

/* The registry has it by an address of ours, not by its name, which another
 * copy of this library in the same state would take for its own. */
void rs_open_class(lua_State *L, const char *class) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, class);
    if (!lua_isnil(L, -1))
        return; /* we were loaded before, and there are objects of it */
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushstring(L, class);
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

void rs_set_class(lua_State *L, const char *class) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, class);
    lua_setmetatable(L, -2);
}

void *rs_new_object(lua_State *L, const char *class, size_t size) {
    rs_object *made = lua_newuserdatauv(L, size, 1);
    made->class = class;
    rs_set_class(L, class);
    return made;
}

void *rs_test_object(lua_State *L, int arg, const char *class) {
    rs_object *found = lua_touserdata(L, arg);
    bool is_large = found != NULL && lua_rawlen(L, arg) >= sizeof *found;
    return is_large && found->class == class ? found : NULL;
}

void *rs_check_object(lua_State *L, int arg, const char *class) {
    void *found = rs_test_object(L, arg, class);
    if (found == NULL)
        luaL_argerror(L, arg,
                      lua_pushfstring(L, "%s expected, got %s", class,
                                      luaL_typename(L, arg)));
    return found;
}

void rs_new_class(lua_State *L, const char *class, const luaL_Reg *methods,
                  const luaL_Reg *metamethods) {
    rs_open_class(L, class);
    if (methods != NULL) {
        lua_newtable(L);
        luaL_setfuncs(L, methods, 0);
        lua_setfield(L, -2, "__index");
    }
    luaL_setfuncs(L, metamethods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

static const luaL_Reg functions[] = {{"atomic", core_atomic},
                                     {"has_others", core_has_others},
                                     {"is_dead", core_is_dead},
                                     {"encode", core_encode},
                                     {"now", core_now},
                                     {"timestamp", core_timestamp},
                                     {"grant", core_grant},
                                     {"is_utf8", core_is_utf8},
                                     {"poll", core_poll},
                                     {"random", core_random},
                                     {"is_public", core_is_public},
                                     {NULL, NULL}};

#if defined(_WIN32)
#define RS_EXPORT __declspec(dllexport)
#else
#define RS_EXPORT __attribute__((visibility("default")))
#endif

RS_EXPORT int luaopen_rsnapshots_core(lua_State *L);

RS_EXPORT int luaopen_rsnapshots_core(lua_State *L) {
#ifdef RS_MODULE
    /* Lua 5.1 unloads us before the finalizers of older objects are called,
     * which may call us */
    rs_keep_loaded((uintptr_t)luaopen_rsnapshots_core);
#endif
    luaL_newlib(L, functions);
    rs_open_json(L);
    rs_open_call(L);
    rs_open_session(L);
    rs_open_filters(L);
    rs_open_listing(L);
    rs_open_snapshot(L);
    rs_open_page(L);
    return 1;
}
