#include "lua/lua_core.h"

#include <string.h>

#define MAX_HEADERS 64 /* of one request */
#define MAX_SECONDS 1000000.0

typedef struct transport {
    rs_http *http; /* NULL before it is made, and after __gc */
} transport;

static rs_http *check_http(lua_State *L, int arg) {
    transport *found = luaL_checkudata(L, arg, RS_TRANSPORT);
    luaL_argcheck(L, found->http != NULL && !rs_http_is_closed(found->http),
                  arg, "the client is closed");
    return found->http;
}

const char *rs_check_plain_string(lua_State *L, int arg) {
    size_t size;
    const char *text = luaL_checklstring(L, arg, &size);
    luaL_argcheck(L, strlen(text) == size, arg, "must not hold a NUL");
    return text;
}

/* Pushes a field of the table at 1 or 2, and raises with its name when it is
 * of another type; returns whether it is there. */
static bool push_option(lua_State *L, int table, const char *name, int type) {
    lua_getfield(L, table, name);
    if (lua_isnil(L, -1))
        return false;
    if (lua_type(L, -1) != type)
        luaL_error(L, "%s must be a %s, not a %s", name, lua_typename(L, type),
                   luaL_typename(L, -1));
    return true;
}

/* The string stays on the stack, so that it lives. */
static const char *string_option(lua_State *L, int table, const char *name) {
    if (!push_option(L, table, name, LUA_TSTRING))
        return NULL;
    size_t size;
    const char *text = lua_tolstring(L, -1, &size);
    if (strlen(text) != size)
        luaL_error(L, "%s must not hold a NUL", name);
    return text;
}

static double number_option(lua_State *L, int table, const char *name,
                            double otherwise) {
    double value = otherwise;
    if (push_option(L, table, name, LUA_TNUMBER))
        value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static long milliseconds_option(lua_State *L, const char *name) {
    double seconds = number_option(L, 2, name, 0);
    if (!(seconds > 0))
        luaL_error(L, "%s must be a number of seconds over 0", name);
    if (seconds > MAX_SECONDS)
        seconds = MAX_SECONDS;
    long milliseconds = (long)(seconds * 1000);
    return milliseconds > 0 ? milliseconds : 1;
}

/*** A transport: the connections of one client.
@function transport
@tparam table options `verify` (true), `cacert`, `cert`, `key`, `proxy`,
`user_agent`, `max_connections`
@treturn Transport
*/
static int core_transport(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    transport *made = lua_newuserdatauv(L, sizeof *made, 0);
    made->http = NULL;
    luaL_getmetatable(L, RS_TRANSPORT);
    lua_setmetatable(L, -2);
    rs_http_options options = {0};
    options.insecure =
        push_option(L, 1, "verify", LUA_TBOOLEAN) && !lua_toboolean(L, -1);
    options.cacert = string_option(L, 1, "cacert");
    options.cert = string_option(L, 1, "cert");
    options.key = string_option(L, 1, "key");
    options.proxy = string_option(L, 1, "proxy");
    options.user_agent = string_option(L, 1, "user_agent");
    options.max_connections = (long)number_option(L, 1, "max_connections", 0);
    rs_allocator memory;
    memory.resize = lua_getallocf(L, &memory.context);
    made->http = rs_http_new(&memory, &options);
    if (made->http == NULL)
        return luaL_error(L, "not enough memory, or no descriptor left");
    lua_settop(L, 2);
    return 1;
}

/* The headers, NULL-terminated, in a block on the stack. The strings stay there
 * too, so that they live whatever becomes of the table. */
static const char *const *check_headers(lua_State *L) {
    push_option(L, 2, "headers", LUA_TTABLE);
    int table = lua_gettop(L);
    size_t count = lua_istable(L, table) ? lua_rawlen(L, table) : 0;
    if (count > MAX_HEADERS)
        luaL_error(L, "too many headers");
    const char **list =
        lua_newuserdatauv(L, (count + 1) * sizeof(const char *), 0);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, table, (int)(i + 1));
        luaL_checktype(L, lua_gettop(L), LUA_TSTRING);
        list[i] = rs_check_plain_string(L, lua_gettop(L));
    }
    list[count] = NULL;
    return list;
}

/*** Starts a request.
@function Transport:start
@tparam table request `method`, `url`, `headers` (a sequence of `"Name:
value"`), `body`, `timeout` and `connect_timeout` (seconds), `max_bytes`
@treturn Request
*/
static int transport_start(lua_State *L) {
    check_http(L, 1);
    const transport *self = lua_touserdata(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    rs_check_stack(L, MAX_HEADERS + 20);
    rs_request_options options = {0};
    options.method = string_option(L, 2, "method");
    options.url = string_option(L, 2, "url");
    if (options.method == NULL || options.url == NULL)
        return luaL_error(L, "method and url are needed");
    options.headers = check_headers(L);
    if (push_option(L, 2, "body", LUA_TSTRING))
        options.body = lua_tolstring(L, -1, &options.body_size);
    double max = number_option(L, 2, "max_bytes", 0);
    if (!(max >= 1 && max <= 4294967295.0))
        return luaL_error(L, "max_bytes must be from 1 to 4294967295");
    options.max_body = (size_t)max;
    options.timeout_ms = milliseconds_option(L, "timeout");
    options.connect_timeout_ms = milliseconds_option(L, "connect_timeout");
    rs_request **owned = rs_push_request(L);
    if (self->http == NULL) /* somebody has called __gc meanwhile */
        return luaL_error(L, "the client is closed");
    *owned = rs_request_start(self->http, &options);
    if (*owned == NULL)
        return luaL_error(L, "not enough memory");
    return 1;
}

/*** Does what can be done without waiting.
@function Transport:step
*/
static int transport_step(lua_State *L) {
    rs_http_step(check_http(L, 1));
    return 0;
}

/*** The descriptor that is readable when a step is due.
@function Transport:pollfd
@treturn integer
*/
static int transport_pollfd(lua_State *L) {
    rs_push_integer(L, rs_http_fd(check_http(L, 1)));
    return 1;
}

/*** Seconds until a step is due whatever the descriptor says, or nil.
@function Transport:timeout
@treturn number or nil
*/
static int transport_timeout(lua_State *L) {
    long milliseconds = rs_http_timeout(check_http(L, 1));
    if (milliseconds < 0)
        return 0;
    lua_pushnumber(L, (lua_Number)milliseconds / 1000);
    return 1;
}

/*** Makes the descriptor readable, whatever else: for waking all who wait for
it.
@function Transport:alarm
@tparam boolean on until it is turned off
*/
static int transport_alarm(lua_State *L) {
    luaL_checktype(L, 2, LUA_TBOOLEAN);
    if (!rs_http_alarm(check_http(L, 1), lua_toboolean(L, 2)))
        return luaL_error(L, "no descriptor left");
    return 0;
}

/*** How many requests are under way.
@function Transport:active
@treturn integer
*/
static int transport_active(lua_State *L) {
    rs_push_integer(L, rs_http_active(check_http(L, 1)));
    return 1;
}

/*** Cancels every request and closes the connections; idempotent.
@function Transport:close
*/
static int transport_close(lua_State *L) {
    transport *found = luaL_checkudata(L, 1, RS_TRANSPORT);
    if (found->http != NULL)
        rs_http_close(found->http);
    return 0;
}

static int transport_gc(lua_State *L) {
    transport *found = luaL_checkudata(L, 1, RS_TRANSPORT);
    if (found->http != NULL) {
        rs_http_close(found->http);
        rs_http_release(found->http);
    }
    found->http = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"start", transport_start},   {"step", transport_step},
    {"pollfd", transport_pollfd}, {"timeout", transport_timeout},
    {"alarm", transport_alarm},   {"active", transport_active},
    {"close", transport_close},   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", transport_gc}, {"__close", transport_close}, {NULL, NULL}};

void rs_open_transport(lua_State *L) {
    rs_new_class(L, RS_TRANSPORT, methods, metamethods);
    lua_pushcfunction(L, core_transport);
    lua_setfield(L, -2, "transport");
}
