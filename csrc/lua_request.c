#include "lua_core.h"

#include <string.h>

rs_request **rs_push_request(lua_State *L) {
    rs_request **owned = lua_newuserdatauv(L, sizeof *owned, 0);
    *owned = NULL;
    luaL_getmetatable(L, RS_REQUEST);
    lua_setmetatable(L, -2);
    return owned;
}

rs_request *rs_check_request(lua_State *L, int arg) {
    rs_request **owned = luaL_checkudata(L, arg, RS_REQUEST);
    luaL_argcheck(L, *owned != NULL, arg, "the request is closed");
    return *owned;
}

rs_slice rs_check_text(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TUSERDATA)
        return rs_request_body(rs_check_request(L, arg));
    rs_slice text;
    text.data = luaL_checklstring(L, arg, &text.size);
    return text;
}

/*** Is it over, one way or the other?
@function Request:done
@treturn boolean
*/
static int request_done(lua_State *L) {
    lua_pushboolean(L, rs_request_is_done(rs_check_request(L, 1)));
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
    const rs_request *request = rs_check_request(L, 1);
    rs_http_error error = rs_request_error(request);
    if (error == RS_HTTP_NO_MEMORY)
        return luaL_error(L, "not enough memory");
    if (error == RS_HTTP_OK)
        return 0;
    lua_pushstring(L, error_name(error));
    lua_pushstring(L, rs_request_message(request));
    return 2;
}

/*** The answer's HTTP status.
@function Request:status
@treturn integer 0 where none came
*/
static int request_status(lua_State *L) {
    rs_push_integer(L, rs_request_status(rs_check_request(L, 1)));
    return 1;
}

/*** A header of the answer.
@function Request:header
@string name in any case
@treturn string or nil
*/
static int request_header(lua_State *L) {
    const rs_request *request = rs_check_request(L, 1);
    rs_slice value = rs_request_header(request, luaL_checkstring(L, 2));
    if (value.data == NULL)
        return 0;
    lua_pushlstring(L, value.data, value.size);
    return 1;
}

/*** The answer's body.
@function Request:text
@int[opt] max only so many bytes of it
@treturn string
*/
static int request_text(lua_State *L) {
    rs_slice body = rs_request_body(rs_check_request(L, 1));
    lua_Number max = luaL_optnumber(L, 2, (lua_Number)body.size);
    luaL_argcheck(L, max >= 0, 2, "must not be negative");
    if (max < (lua_Number)body.size)
        body.size = (size_t)max;
    lua_pushlstring(L, body.data, body.size);
    return 1;
}

/*** May the service have acted on it? False means surely not.
@function Request:sent
@treturn boolean
*/
static int request_sent(lua_State *L) {
    lua_pushboolean(L, rs_request_was_sent(rs_check_request(L, 1)));
    return 1;
}

/*** How long it took, or has been taking.
@function Request:seconds
@treturn number
*/
static int request_seconds(lua_State *L) {
    lua_pushnumber(L, rs_request_seconds(rs_check_request(L, 1)));
    return 1;
}

/*** Ends it, if it is under way, and frees what it holds; idempotent.
@function Request:close
*/
static int request_close(lua_State *L) {
    rs_request **owned = luaL_checkudata(L, 1, RS_REQUEST);
    if (*owned != NULL)
        rs_request_free(*owned);
    *owned = NULL;
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
    {"__gc", request_close}, {"__close", request_close}, {NULL, NULL}};

void rs_open_request(lua_State *L) {
    rs_new_class(L, RS_REQUEST, methods, metamethods);
}
