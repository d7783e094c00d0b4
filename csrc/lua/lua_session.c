#include "lua/lua_core.h"

#include <errno.h>
#include <string.h>

#include "http/poller.h"

#define MAX_HEADERS 64 /* of one request */
#define MAX_BYTES 4294967295.0

typedef struct session_owner {
    rs_object object;
    rs_session *session; /* NULL before it is made, and after __gc */
    bool reads; /* a report is being read, and must not be freed while its
                   values are made */
} session_owner;

rs_session *rs_check_session(lua_State *L, int arg) {
    session_owner *found = rs_check_object(L, arg, rs_session_class);
    luaL_argcheck(L, found->session != NULL, arg, "the client is closed");
    return found->session;
}

static rs_session *check_open(lua_State *L, int arg) {
    rs_session *session = rs_check_session(L, arg);
    luaL_argcheck(L, !rs_session_is_closed(session), arg,
                  "the client is closed");
    return session;
}

static size_t bytes_option(lua_State *L, int table) {
    static const char name[] = "max_response_bytes";
    double bytes = rs_number_option(L, table, name, 64.0 * 1024 * 1024);
    if (!(bytes >= 1 && bytes <= MAX_BYTES))
        luaL_error(L, "%s must be from 1 to 4294967295", name);
    return (size_t)bytes;
}

/* In C, 0 stands for the default. */
static int retries_option(lua_State *L, int table) {
    double retries = rs_number_option(L, table, "retries", -1);
    if (retries < 0)
        return 0;
    return retries < 1 ? -1 : retries < 1e9 ? (int)retries : 1000000000;
}

/* 0: no limit. */
static long connections_option(lua_State *L, int table) {
    double most = rs_number_option(L, table, "max_connections", 0);
    return most > 0 && most < 1e9 ? (long)most : 0;
}

/*** A session: the connections, the token and the calls of one client.
@function session
@tparam table options `verify` (true), `cacert`, `cert`, `key`, `proxy`,
`user_agent`, `max_connections`, `timeout`, `attempt_timeout`, `connect_timeout`
(seconds), `retries`, `max_response_bytes`, `reports`
@treturn Session nil and a message if no descriptor is left
*/
static int core_session(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    session_owner *made = rs_new_object(L, rs_session_class, sizeof *made);
    made->session = NULL;
    made->reads = false;
    rs_options options = {0};
    options.insecure = !rs_boolean_option(L, 1, "verify", true);
    options.reports = rs_boolean_option(L, 1, "reports", false);
    options.max_connections = connections_option(L, 1);
    options.timeout = rs_seconds_option(L, 1, "timeout");
    options.attempt_timeout = rs_seconds_option(L, 1, "attempt_timeout");
    options.connect_timeout = rs_seconds_option(L, 1, "connect_timeout");
    options.retries = retries_option(L, 1);
    options.max_response = bytes_option(L, 1);
    options.cacert = rs_string_option(L, 1, "cacert");
    options.cert = rs_string_option(L, 1, "cert");
    options.key = rs_string_option(L, 1, "key");
    options.proxy = rs_string_option(L, 1, "proxy");
    options.user_agent = rs_string_option(L, 1, "user_agent");
    rs_allocator memory;
    memory.resize = lua_getallocf(L, &memory.context);
    errno = 0;
    made->session = rs_session_new(&options, NULL, &memory);
    if (made->session == NULL && (errno == EMFILE || errno == ENFILE)) {
        lua_pushnil(L);
        lua_pushliteral(L, "no descriptor is left for a connection "
                           "(see ulimit -n)");
        return 2;
    }
    if (made->session == NULL)
        return luaL_error(L, "not enough memory");
    lua_settop(L, 2);
    return 1;
}

/* ------------------------------------------------------------------- calls */

/* The arguments of Session:start. */
enum { METHOD = 2, TARGET, MORE, LANE };

/* Pushes the headers, NULL-terminated, in a block. The strings stay on the
 * stack, too, so that they live whatever happens to the table. */
static const char *const *check_headers(lua_State *L) {
    static const char *const none[] = {NULL};
    if (!rs_push_option(L, MORE, "headers", LUA_TTABLE))
        return none;
    int table = lua_gettop(L);
    size_t count = (size_t)lua_rawlen(L, table);
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

static void read_more(lua_State *L, rs_call_options *options,
                      rs_call_extra *extra) {
    luaL_checktype(L, MORE, LUA_TTABLE);
    rs_check_stack(L, MAX_HEADERS + 30);
    options->headers = check_headers(L);
    if (rs_push_option(L, MORE, "body", LUA_TSTRING))
        options->body = lua_tolstring(L, -1, &options->body_size);
    options->timeout = rs_seconds_option(L, MORE, "timeout");
    extra->deadline = rs_moment_option(L, MORE, "deadline");
    options->retries = retries_option(L, MORE);
    options->idempotent = rs_boolean_option(L, MORE, "idempotent", false);
    options->retry_conflict =
        rs_boolean_option(L, MORE, "retry_conflict", false);
    extra->choices = rs_boolean_option(L, MORE, "choices", false);
    extra->with_token = rs_boolean_option(L, MORE, "with_token", false);
    extra->login = rs_boolean_option(L, MORE, "login", false);
}

/*** Starts a call. A GET below the endpoint has to be answered with a JSON
object: after any other answer, it is sent again.
@function Session:start
@string method
@string target a path below the endpoint, which begins with a slash, or a URL
@tparam[opt] table more `headers` (a sequence of `"Name: value"`), `body`,
`timeout` (seconds) or `deadline` (on the session's clock), `retries`,
`idempotent`, `retry_conflict`, `choices` (300 is a success), `with_token` (also
to a URL), `login` (it asks for a token)
@tparam[opt] Lane lane
@treturn Call
*/
static int session_start(lua_State *L) {
    (void)check_open(L, 1);
    lua_settop(L, LANE);
    rs_call_options options = {0};
    rs_call_extra extra = {0};
    options.method = rs_check_plain_string(L, METHOD);
    const char *target = rs_check_plain_string(L, TARGET);
    if (*target == '/')
        options.path = target;
    else
        options.url = target;
    options.expects_object =
        *target == '/' && strcmp(options.method, "GET") == 0;
    if (!lua_isnil(L, MORE))
        read_more(L, &options, &extra);
    rs_call **owned = rs_push_call(L);
    /* a finalizer may have closed the session, or called __gc, also the
     * lane's */
    if (!lua_isnil(L, LANE))
        options.lane = rs_check_lane(L, LANE);
    *owned = rs_call_begin(rs_check_session(L, 1), &options, &extra);
    if (*owned == NULL)
        return luaL_error(L, "not enough memory");
    return 1;
}

/*** Does what can be done without waiting.
@function Session:step
*/
static int session_step(lua_State *L) {
    rs_session_step(check_open(L, 1));
    return 0;
}

/*** The descriptor that is readable when a step is due.
@function Session:pollfd
@treturn integer
*/
static int session_pollfd(lua_State *L) {
    rs_push_integer(L, rs_session_fd(check_open(L, 1)));
    return 1;
}

/*** Seconds until a step is due even if the descriptor stays quiet; nil: no
limit.
@function Session:timeout
@treturn number or nil
*/
static int session_timeout(lua_State *L) {
    long milliseconds = rs_session_timeout(check_open(L, 1));
    if (milliseconds < 0)
        return 0;
    lua_pushnumber(L, (lua_Number)milliseconds / 1000);
    return 1;
}

/* How long to wait for the next step at most, in seconds; negative: that time
 * has passed. */
static lua_Number seconds_until(rs_session *session, lua_Number stop) {
    lua_Number left = stop - (lua_Number)rs_session_now(session) / 1000;
    if (!(left > 0))
        return -1;
    long milliseconds = rs_session_timeout(session);
    lua_Number due = (lua_Number)milliseconds / 1000;
    return milliseconds >= 0 && due < left ? due : left;
}

/*** What to wait for before the next step.
@function Session:due
@number stop the end of the wait on the session's clock
@treturn integer the descriptor; none if that time has passed
@treturn number seconds to wait at most
*/
static int session_due(lua_State *L) {
    rs_session *session = check_open(L, 1);
    lua_Number seconds = seconds_until(session, luaL_checknumber(L, 2));
    if (seconds < 0)
        return 0;
    rs_push_integer(L, rs_session_fd(session));
    lua_pushnumber(L, seconds);
    return 2;
}

/* Is there nothing more to wait for? */
static bool is_over(lua_State *L) {
    if (rs_session_is_closed(rs_check_session(L, 1)))
        return true;
    lua_settop(L, 4);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 4);
    lua_call(L, 1, 1);
    return lua_toboolean(L, -1) || rs_session_is_closed(rs_check_session(L, 1));
}

/*** Waits, with a poll that blocks the process, until something is ready, the
time has passed or the client is closed. Nothing of the host runs between a test
and the poll.
@function Session:wait
@number stop the end of the wait on the session's clock
@tparam function ready a test that changes nothing
@param what the test's argument
@treturn boolean false: a signal may have come, and this has to be called again
after Lua has handled it
*/
static int session_wait(lua_State *L) {
    lua_Number stop = luaL_checknumber(L, 2);
    bool came = true;
    while (came && !is_over(L)) {
        rs_session *session = rs_check_session(L, 1);
        lua_Number seconds = seconds_until(session, stop);
        if (seconds < 0)
            break;
        came = rs_poll_one(rs_session_fd(session), RS_POLL_READ,
                           rs_poll_time(seconds)) != 0;
        rs_session_step(session);
    }
    lua_pushboolean(L, came);
    return 1;
}

/*** Makes the descriptor readable in any case, to wake all who wait for it.
@function Session:alarm
@tparam boolean on true: until it is turned off
*/
static int session_alarm(lua_State *L) {
    luaL_checktype(L, 2, LUA_TBOOLEAN);
    if (!rs_session_alarm(rs_check_session(L, 1), lua_toboolean(L, 2)))
        return luaL_error(L, "no descriptor left");
    return 0;
}

/*** Ends every call, but keeps the descriptor open, because others may wait for
it.
@function Session:shut
*/
static int session_shut(lua_State *L) {
    rs_session_end(rs_check_session(L, 1));
    return 0;
}

/*** Ends every call and closes the connections; idempotent.
@function Session:close
*/
static int session_close(lua_State *L) {
    session_owner *found = rs_check_object(L, 1, rs_session_class);
    if (found->session != NULL)
        rs_session_close(found->session);
    return 0;
}

static int session_gc(lua_State *L) {
    session_owner *found = rs_check_object(L, 1, rs_session_class);
    rs_session *session = found->session;
    found->session = NULL;
    rs_session_free(session);
    return 0;
}

/* ------------------------------------------------------------------- clock */

/*** Seconds on the session's clock, which never goes back.
@function Session:now
@treturn number
*/
static int session_now(lua_State *L) {
    lua_pushnumber(L,
                   (lua_Number)rs_session_now(rs_check_session(L, 1)) / 1000);
    return 1;
}

/*** Moves the session's clock forward, so that what waits for that time is due.
For tests. They hold sessions in weak tables, in which a session may be found
for a while after it was collected; then this does nothing.
@function Session:skip
@number seconds
*/
static int session_skip(lua_State *L) {
    const session_owner *found = rs_check_object(L, 1, rs_session_class);
    double seconds = luaL_checknumber(L, 2);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e9, 2, "0 to 1e9 seconds");
    if (found->session != NULL)
        rs_session_skip(found->session, (int64_t)(seconds * 1000 + 0.999));
    return 0;
}

/* ----------------------------------------------------- service and secrets */

/*** Sets where the service is.
@function Session:service
@string endpoint
@int version of the API: 1, 2, 3
@int minor of the microversion 3.N
@string[opt] header that tells the version
*/
static int session_service(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    const char *endpoint = rs_check_plain_string(L, 2);
    int version = (int)luaL_checknumber(L, 3);
    int minor = (int)luaL_checknumber(L, 4);
    const char *header =
        lua_isnoneornil(L, 5) ? NULL : rs_check_plain_string(L, 5);
    if (!rs_session_set_service(session, endpoint, version, minor, header))
        return luaL_error(L, "not enough memory");
    return 0;
}

/*** Sets the token.
@function Session:token
@string token
@number[opt] lifetime seconds
*/
static int session_token(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    rs_slice token;
    token.data = luaL_checklstring(L, 2, &token.size);
    double lifetime = luaL_optnumber(L, 3, -1);
    if (!rs_session_set_token(session, token,
                              lifetime < 0 ? -1 : lifetime * 1000))
        return luaL_error(L, "not enough memory");
    return 0;
}

/*** Sets where the next tokens come from.
@function Session:source
@tparam table source `url`, `body` (JSON), `version` (2, 3), `who` (logs in, a
line break, and for what and where: for messages)
*/
static int session_source(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    rs_token_source source = {0};
    source.url = rs_string_option(L, 2, "url");
    source.body = rs_string_option(L, 2, "body");
    source.version = (int)rs_number_option(L, 2, "version", 3);
    const char *who = rs_string_option(L, 2, "who");
    if (source.url == NULL || source.body == NULL)
        return luaL_error(L, "url and body are needed");
    if (!rs_session_set_source(session, &source, who))
        return luaL_error(L, "not enough memory");
    return 0;
}

/*** Keeps a text out of every message from now on, also in its spellings in
URLs and JSON.
@function Session:hide
@string text
*/
static int session_hide(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    rs_slice text;
    text.data = luaL_checklstring(L, 2, &text.size);
    if (!rs_session_hide(session, text))
        return luaL_error(L, "not enough memory");
    return 0;
}

/*** A text with the secrets masked.
@function Session:scrub
@string text
@treturn string
*/
static int session_scrub(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    char *copy = lua_newuserdatauv(L, size + 1, 0);
    memcpy(copy, text, size);
    lua_pushlstring(L, copy, rs_session_scrub(session, copy, size));
    return 1;
}

/* ----------------------------------------------------------------- reports */

/*** Is there an unread report of an attempt?
@function Session:has_report
@treturn boolean
*/
static int session_has_report(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    const session_owner *self = lua_touserdata(L, 1);
    lua_pushboolean(L, !self->reads && rs_session_has_report(session));
    return 1;
}

/* The table of the report at the light userdata. */
static int make_report(lua_State *L) {
    const rs_report *report = lua_touserdata(L, 1);
    lua_createtable(L, 0, 7);
    rs_set_text(L, "method", report->method);
    rs_set_text(L, "url", report->url);
    rs_set_text(L, "request_id", report->request_id);
    lua_pushnumber(L, report->seconds);
    lua_setfield(L, -2, "seconds");
    rs_push_integer(L, report->attempt);
    lua_setfield(L, -2, "attempt");
    if (report->status > 0) {
        rs_push_integer(L, report->status);
        lua_setfield(L, -2, "status");
    }
    if (report->fault != NULL) {
        rs_push_fault(L, report->fault);
        lua_setfield(L, -2, "fault");
    }
    return 1;
}

/*** The next report of an attempt.
@function Session:report
@treturn table `method`, `url`, `status`, `seconds`, `attempt`, `request_id`,
`fault`; nil: there is none
*/
static int session_report(lua_State *L) {
    rs_report report;
    rs_session *session = rs_check_session(L, 1);
    session_owner *self = lua_touserdata(L, 1);
    lua_pushcfunction(L, make_report);
    if (self->reads || !rs_session_next_report(session, &report))
        return 0;
    lua_pushlightuserdata(L, &report);
    rs_session_retain(session); /* a finalizer may release ours */
    self->reads = true;
    int status = lua_pcall(L, 1, 1, 0); /* memory may run out */
    self->reads = false;
    rs_session_release(session);
    return status == 0 ? 1 : lua_error(L);
}

/* ------------------------------------------------------------------- lanes */

typedef struct lane_owner {
    rs_object object;
    rs_lane *lane;
} lane_owner;

rs_lane *rs_check_lane(lua_State *L, int arg) {
    lane_owner *found = rs_check_object(L, arg, rs_lane_class);
    luaL_argcheck(L, found->lane != NULL, arg, "the lane is closed");
    return found->lane;
}

/*** Makes a lane, which limits how many requests its calls have under way at
once.
@function Session:lane
@int most
@treturn Lane
*/
static int session_lane(lua_State *L) {
    rs_session *session = rs_check_session(L, 1);
    int most = (int)luaL_checknumber(L, 2);
    lane_owner *made = rs_new_object(L, rs_lane_class, sizeof *made);
    made->lane = NULL;
    made->lane = rs_lane_new(session, most);
    if (made->lane == NULL)
        return luaL_error(L, "not enough memory");
    return 1;
}

/*** How many requests may be under way now.
@function Lane:limit
@treturn integer
*/
static int lane_limit(lua_State *L) {
    rs_push_integer(L, rs_lane_limit(rs_check_lane(L, 1)));
    return 1;
}

static int lane_gc(lua_State *L) {
    lane_owner *found = rs_check_object(L, 1, rs_lane_class);
    rs_lane *lane = found->lane;
    found->lane = NULL;
    rs_lane_free(lane);
    return 0;
}

static const luaL_Reg methods[] = {{"start", session_start},
                                   {"step", session_step},
                                   {"pollfd", session_pollfd},
                                   {"timeout", session_timeout},
                                   {"due", session_due},
                                   {"wait", session_wait},
                                   {"alarm", session_alarm},
                                   {"shut", session_shut},
                                   {"close", session_close},
                                   {"now", session_now},
                                   {"skip", session_skip},
                                   {"service", session_service},
                                   {"token", session_token},
                                   {"source", session_source},
                                   {"hide", session_hide},
                                   {"scrub", session_scrub},
                                   {"has_report", session_has_report},
                                   {"report", session_report},
                                   {"lane", session_lane},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", session_gc}, {"__close", session_close}, {NULL, NULL}};

static const luaL_Reg lane_methods[] = {{"limit", lane_limit}, {NULL, NULL}};
static const luaL_Reg lane_metamethods[] = {{"__gc", lane_gc}, {NULL, NULL}};

void rs_open_session(lua_State *L) {
    rs_new_class(L, rs_session_class, methods, metamethods);
    rs_new_class(L, rs_lane_class, lane_methods, lane_metamethods);
    lua_pushcfunction(L, core_session);
    lua_setfield(L, -2, "session");
}
