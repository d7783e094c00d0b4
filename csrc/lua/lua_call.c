#include "lua/lua_core.h"

#include <math.h>
#include <string.h>

/* Whenever Lua makes a value, it may run a finalizer, which may close the call
 * whose bytes are being read. Then the call is freed after they were read. */
typedef struct owner {
    rs_object object;
    rs_call *call; /* NULL before it is made, and once it is freed */
    int readers;   /* stays above 0 if one of them raised */
    bool closed;
} owner;

rs_call **rs_push_call(lua_State *L) {
    owner *made = rs_new_object(L, rs_call_class, sizeof *made);
    made->call = NULL;
    made->readers = 0;
    made->closed = false;
    return &made->call;
}

static owner *check_owner(lua_State *L, int arg) {
    owner *found = rs_check_object(L, arg, rs_call_class);
    luaL_argcheck(L, found->call != NULL && !found->closed, arg,
                  "the call is closed");
    return found;
}

static rs_call *check_call(lua_State *L, int arg) {
    return check_owner(L, arg)->call;
}

static rs_call *borrow(lua_State *L, int arg) {
    owner *lent = check_owner(L, arg);
    lent->readers++;
    return lent->call;
}

static void free_call(owner *of) {
    rs_call *call = of->call;
    of->call = NULL;
    rs_call_free(call);
}

static void give_back(lua_State *L, int arg) {
    owner *lent = lua_touserdata(L, arg);
    if (--lent->readers == 0 && lent->closed)
        free_call(lent);
}

rs_slice rs_borrow_text(lua_State *L, int arg) {
    rs_slice text;
    if (lua_type(L, arg) == LUA_TUSERDATA) {
        text.data = rs_call_body(borrow(L, arg), &text.size);
        return text.data != NULL ? text : (rs_slice){"", 0};
    }
    text.data = luaL_checklstring(L, arg, &text.size);
    return text;
}

void rs_return_text(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TUSERDATA)
        give_back(L, arg);
}

/* ------------------------------------------------------------------ faults */

void rs_set_text(lua_State *L, const char *name, const char *text) {
    if (text == NULL)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag) {
    if (!flag)
        return;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
}

void rs_push_fault(lua_State *L, const rs_fault *fault) {
    if (fault->kind == RS_NO_MEMORY)
        luaL_error(L, "not enough memory");
    lua_createtable(L, 0, 12);
    rs_set_text(L, "kind", rs_kind_name(fault->kind));
    rs_set_text(L, "message", fault->message);
    rs_set_text(L, "code", fault->code);
    rs_set_text(L, "request_id", fault->request_id);
    rs_set_text(L, "method", fault->method);
    rs_set_text(L, "url", fault->url);
    rs_push_integer(L, fault->attempts);
    lua_setfield(L, -2, "attempts");
    lua_pushboolean(L, fault->lost);
    lua_setfield(L, -2, "lost");
    set_flag(L, "sent", fault->sent);
    set_flag(L, "closed", fault->closed);
    set_flag(L, "unrouted", fault->unrouted);
    if (fault->status > 0) {
        rs_push_integer(L, fault->status);
        lua_setfield(L, -2, "status");
    }
    if (fault->retry_after >= 0) {
        lua_pushnumber(L, fault->retry_after);
        lua_setfield(L, -2, "retry_after");
    }
    if (fault->cause != NULL) {
        rs_push_fault(L, fault->cause);
        lua_setfield(L, -2, "cause");
    }
}

/*** Has it ended, with or without success? Also true once it was finalized,
because a forgotten coroutine may still be among those that wait.
@function Call:done
@treturn boolean
*/
static int call_done(lua_State *L) {
    const owner *of = rs_check_object(L, 1, rs_call_class);
    bool is_gone = of->call == NULL && !of->closed;
    lua_pushboolean(L, is_gone || rs_call_is_done(check_call(L, 1)));
    return 1;
}

/*** Why it failed.
@function Call:fault
@treturn table the fields of an error; nil: it is under way or succeeded
@treturn integer the answer's HTTP status, 0 if none came
*/
static int call_fault(lua_State *L) {
    const rs_call *call = borrow(L, 1);
    const rs_fault *fault = rs_call_fault(call);
    long status = rs_call_status(call);
    if (fault != NULL)
        rs_push_fault(L, fault);
    else
        lua_pushnil(L);
    give_back(L, 1);
    rs_push_integer(L, status);
    return 2;
}

/* ----------------------------------------------------------------- answers */

/*** The answer's HTTP status.
@function Call:status
@treturn integer 0 if none came
*/
static int call_status(lua_State *L) {
    rs_push_integer(L, rs_call_status(check_call(L, 1)));
    return 1;
}

/*** A header of the answer.
@function Call:header
@string name in any case
@treturn string or nil
*/
static int call_header(lua_State *L) {
    rs_slice value = {NULL, 0};
    luaL_checktype(L, 2, LUA_TSTRING);
    const rs_request *request = rs_call_request(borrow(L, 1));
    if (request != NULL)
        value = rs_request_header(request, lua_tostring(L, 2));
    if (value.data != NULL)
        lua_pushlstring(L, value.data, value.size);
    give_back(L, 1);
    return value.data != NULL ? 1 : 0;
}

/*** The answer's body.
@function Call:text
@int[opt] max at most so many bytes of it
@treturn string
*/
static int call_text(lua_State *L) {
    check_call(L, 1);
    lua_Number max = luaL_optnumber(L, 2, HUGE_VAL);
    luaL_argcheck(L, max >= 0, 2, "must not be negative");
    rs_slice body = rs_borrow_text(L, 1);
    if (max < (lua_Number)body.size)
        body.size = (size_t)max;
    lua_pushlstring(L, body.data, body.size);
    rs_return_text(L, 1);
    return 1;
}

/*** Fails a call that was answered, because the answer is not what the API
promises.
@function Call:reject
@string problem
@tparam[opt] boolean made whether it created something whose id is unknown
*/
static int call_reject(lua_State *L) {
    const char *problem = luaL_checkstring(L, 2);
    rs_call_reject(check_call(L, 1), problem, lua_toboolean(L, 3));
    return 0;
}

/*** Ends it, if it is under way, and frees what it holds; idempotent.
@function Call:close
*/
static int call_close(lua_State *L) {
    owner *closed = rs_check_object(L, 1, rs_call_class);
    closed->closed = true;
    if (closed->readers == 0)
        free_call(closed);
    else if (closed->call != NULL)
        rs_call_cancel(closed->call);
    return 0;
}

/* Nobody reads it any more, whatever the count is. */
static int call_gc(lua_State *L) {
    free_call(rs_check_object(L, 1, rs_call_class));
    return 0;
}

static const luaL_Reg methods[] = {
    {"done", call_done},     {"fault", call_fault}, {"status", call_status},
    {"header", call_header}, {"text", call_text},   {"reject", call_reject},
    {"close", call_close},   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", call_gc}, {"__close", call_close}, {NULL, NULL}};

void rs_open_call(lua_State *L) {
    rs_new_class(L, rs_call_class, methods, metamethods);
}
