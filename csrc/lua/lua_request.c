#include "lua/lua_core.h"

#include <math.h>
#include <string.h>

/* Wherever Lua makes a value it may run a finalizer, and that may close the
 * request whose bytes are being read: then it goes only once they were. */
typedef struct owner {
    rs_request *request; /* NULL before it is made, and once it is freed */
    int readers;         /* stays over 0 where one of them raised */
    bool closed;
} owner;

rs_request **rs_push_request(lua_State *L) {
    owner *made = lua_newuserdatauv(L, sizeof *made, 0);
    memset(made, 0, sizeof *made);
    luaL_getmetatable(L, RS_REQUEST);
    lua_setmetatable(L, -2);
    return &made->request;
}

static owner *check_owner(lua_State *L, int arg) {
    owner *found = luaL_checkudata(L, arg, RS_REQUEST);
    luaL_argcheck(L, found->request != NULL && !found->closed, arg,
                  "the request is closed");
    return found;
}

static rs_request *check_request(lua_State *L, int arg) {
    return check_owner(L, arg)->request;
}

static rs_request *hold(lua_State *L, int arg) {
    owner *held = check_owner(L, arg);
    held->readers++;
    return held->request;
}

static void free_request(owner *of) {
    rs_request *request = of->request;
    of->request = NULL;
    if (request != NULL)
        rs_request_free(request);
}

static void let_go(lua_State *L, int arg) {
    owner *held = lua_touserdata(L, arg);
    if (--held->readers == 0 && held->closed)
        free_request(held);
}

rs_slice rs_hold_text(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TUSERDATA)
        return rs_request_body(hold(L, arg));
    rs_slice text;
    text.data = luaL_checklstring(L, arg, &text.size);
    return text;
}

void rs_let_go_text(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TUSERDATA)
        let_go(L, arg);
}

/*** Is it over, one way or the other?
@function Request:done
@treturn boolean
*/
static int request_done(lua_State *L) {
    lua_pushboolean(L, rs_request_is_done(check_request(L, 1)));
    return 1;
}

static const char *error_name(rs_http_error error) {
    switch (error) {
    case RS_HTTP_INVALID:
        return "invalid";
    case RS_HTTP_NETWORK:
        return "network";
    case RS_HTTP_TLS:
        return "tls";
    case RS_HTTP_TIMEOUT:
        return "timeout";
    case RS_HTTP_CANCELLED:
        return "cancelled";
    default:
        return "decode"; /* too large, or not HTTP */
    }
}

/*** Why there is no whole answer.
@function Request:error
@return nil where there is one; else `network`, `tls`, `timeout`, `decode`,
`invalid` or `cancelled`, and a message
*/
static int request_error(lua_State *L) {
    rs_http_error error = rs_request_error(check_request(L, 1));
    if (error == RS_HTTP_NO_MEMORY)
        return luaL_error(L, "not enough memory");
    if (error == RS_HTTP_OK)
        return 0;
    const rs_request *request = hold(L, 1);
    lua_pushstring(L, error_name(error));
    lua_pushstring(L, rs_request_message(request));
    let_go(L, 1);
    return 2;
}

/*** The answer's HTTP status.
@function Request:status
@treturn integer 0 where none came
*/
static int request_status(lua_State *L) {
    rs_push_integer(L, rs_request_status(check_request(L, 1)));
    return 1;
}

/*** A header of the answer.
@function Request:header
@string name in any case
@treturn string or nil
*/
static int request_header(lua_State *L) {
    check_request(L, 1);
    luaL_checktype(L, 2, LUA_TSTRING);
    rs_slice value = rs_request_header(hold(L, 1), lua_tostring(L, 2));
    if (value.data != NULL)
        lua_pushlstring(L, value.data, value.size);
    let_go(L, 1);
    return value.data != NULL ? 1 : 0;
}

/*** The answer's body.
@function Request:text
@int[opt] max only so many bytes of it
@treturn string
*/
static int request_text(lua_State *L) {
    check_request(L, 1);
    lua_Number max = luaL_optnumber(L, 2, HUGE_VAL);
    luaL_argcheck(L, max >= 0, 2, "must not be negative");
    rs_slice body = rs_request_body(hold(L, 1));
    if (max < (lua_Number)body.size)
        body.size = (size_t)max;
    lua_pushlstring(L, body.data, body.size);
    let_go(L, 1);
    return 1;
}

/*** May the service have acted on it? False means surely not.
@function Request:sent
@treturn boolean
*/
static int request_sent(lua_State *L) {
    lua_pushboolean(L, rs_request_was_sent(check_request(L, 1)));
    return 1;
}

/*** How long it took, or has been taking.
@function Request:seconds
@treturn number
*/
static int request_seconds(lua_State *L) {
    lua_pushnumber(L, rs_request_seconds(check_request(L, 1)));
    return 1;
}

/*** Ends it, if it is under way, and frees what it holds; idempotent.
@function Request:close
*/
static int request_close(lua_State *L) {
    owner *closed = luaL_checkudata(L, 1, RS_REQUEST);
    closed->closed = true;
    if (closed->readers == 0)
        free_request(closed);
    else if (closed->request != NULL)
        rs_request_cancel(closed->request);
    return 0;
}

/* Nobody reads any more, whatever the count is. */
static int request_gc(lua_State *L) {
    free_request(luaL_checkudata(L, 1, RS_REQUEST));
    return 0;
}

static const luaL_Reg methods[] = {{"done", request_done},
                                   {"error", request_error},
                                   {"status", request_status},
                                   {"header", request_header},
                                   {"text", request_text},
                                   {"sent", request_sent},
                                   {"seconds", request_seconds},
                                   {"close", request_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", request_gc}, {"__close", request_close}, {NULL, NULL}};

void rs_open_request(lua_State *L) {
    rs_new_class(L, RS_REQUEST, methods, metamethods);
}
