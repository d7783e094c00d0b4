#include "lua/lua_core.h"

#include <string.h>

/* A Pager's companion is a table of the Lua layer: `client`, which the
 * snapshots belong to; `await(pager)`, which starts the request for the next
 * page and waits until it is done; `failure(fault)`, which makes an error. */
enum { CLIENT = 1 }; /* also its index in the companion, for speed */

typedef struct pager {
    rs_object object;
    rs_listing *listing; /* NULL before it is made, and after __gc */
    bool ended;          /* its end was reported */
} pager;

static int no_pager(lua_State *L) {
    return luaL_error(L, "rsnapshots: this is not a listing: call its methods "
                         "with a colon, as in pager:next()");
}

static pager *check_pager(lua_State *L, int arg) {
    pager *found = rs_test_object(L, arg, rs_pager_class);
    if (found == NULL || found->listing == NULL)
        no_pager(L);
    return found;
}

/* ------------------------------------------------------------------- making */

/*** Makes a listing.
@function listing
@tparam Session session
@tparam table companion `client`, `await(pager)`, `failure(fault)`
@tparam table filters, and `stop`: the time on the session's clock after which
no request goes on; `volumes`: volumes are listed instead, as plain tables, by
`name`, `status` and `metadata`
@treturn Pager
*/
static int core_listing(lua_State *L) {
    rs_filter_set set;
    rs_session *session = rs_check_session(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    pager *made = rs_new_object(L, rs_pager_class, sizeof *made);
    made->listing = NULL;
    made->ended = false;
    lua_getfield(L, 2, "client");
    lua_rawseti(L, 2, CLIENT);
    lua_pushvalue(L, 2);
    rs_set_companion(L, -2);
    rs_read_filters(L, &set);
    session = rs_check_session(L, 1); /* __gc may have been called */
    made->listing = rs_listing_begin(session, &set);
    if (made->listing == NULL)
        return luaL_error(L, "not enough memory");
    made->listing->stop = rs_moment_option(L, 3, "stop");
    lua_settop(L, 4);
    return 1;
}

/* -------------------------------------------------------------- the next row
 */

/* Pushes the client of a Pager, the first argument. */
static void push_client(lua_State *L) {
    rs_push_companion(L, 1);
    lua_rawgeti(L, -1, CLIENT);
    lua_remove(L, -2);
}

/* Copies the next row into a block of that size, the value at the top: a
 * Snapshot, or the text of a volume, which then becomes a table. While Lua
 * allocated the block, a finalizer may have read the same listing or freed it,
 * so the row is looked for again. False: it is another row now. */
static bool take_row(lua_State *L, void *block, size_t size) {
    rs_row_ref row;
    rs_listing *listing = check_pager(L, 1)->listing;
    if (!rs_listing_has_row(listing) ||
        rs_listing_row(listing, &row) != RS_NEXT_ROW ||
        row.places->size != size)
        return false;
    rs_listing_give(listing, 1);
    if (!listing->filters->volumes) {
        rs_fill_snapshot(block, row.text, row.places);
        return true;
    }
    memcpy(block, row.text, size);
    (void)rs_push_json(L, (rs_slice){block, size}, false); /* it is JSON */
    return true;
}

/* Pushes the Snapshot of the next row, or the table of a volume, if there is
 * one. */
static rs_next push_row(lua_State *L) {
    int top = lua_gettop(L);
    for (;; lua_settop(L, top)) {
        rs_row_ref row;
        rs_listing *listing = check_pager(L, 1)->listing;
        rs_next next = rs_listing_row(listing, &row);
        if (next != RS_NEXT_ROW)
            return next;
        size_t size = row.places->size;
        void *block;
        if (listing->filters->volumes) {
            block = lua_newuserdatauv(L, size, 0);
        } else {
            push_client(L);
            block = rs_new_snapshot(L, size, -1);
        }
        if (take_row(L, block, size))
            return RS_NEXT_ROW;
    }
}

/* The same for all rows that are left of the page. */
static rs_next push_rows(lua_State *L) {
    for (;; lua_settop(L, 1)) {
        const rs_row_ref *rows;
        size_t count, again = 0;
        rs_listing *listing = check_pager(L, 1)->listing;
        rs_next next = rs_listing_page(listing, &rows, &count);
        if (next != RS_NEXT_ROW)
            return next;
        size_t size = rs_size_of_rows(L, rows, count);
        push_client(L);
        void *page = rs_new_rows(L, count, size, -1);
        listing = check_pager(L, 1)->listing;
        if (rs_listing_has_row(listing))
            (void)rs_listing_page(listing, &rows, &again);
        if (again == count && rs_size_of_rows(L, rows, count) == size) {
            rs_fill_rows(page, rows, count);
            rs_listing_give(listing, count);
            return RS_NEXT_ROW;
        }
    }
}

static const rs_fault *fault_of(const rs_call *call) {
    return call != NULL ? rs_call_fault(call) : NULL;
}

/* Pushes why the request for a page failed. Returns false if it did not fail,
 * or if a finalizer has started it again. The fault's texts live as long as its
 * call, which a Call holds until everything is pushed. */
static bool push_fault(lua_State *L) {
    rs_call **held = rs_push_call(L);
    rs_call *call = check_pager(L, 1)->listing->call;
    const rs_fault *fault = fault_of(call);
    if (fault != NULL) {
        *held = rs_call_retain(call);
        rs_push_fault(L, fault);
    }
    lua_remove(L, fault != NULL ? -2 : -1);
    return fault != NULL;
}

/* Pushes nil and a fault; or false if the page has to be waited for after
 * all. */
static int push_failure(lua_State *L) {
    lua_pushnil(L);
    if (push_fault(L))
        return 2;
    lua_pushboolean(L, 0);
    return 1;
}

/* Has a page come ahead, and on_request does not know it yet? Whoever waits
 * tells it. */
static bool is_untold(const rs_listing *listing) {
    return !rs_listing_has_row(listing) &&
           rs_session_has_report(listing->session) &&
           !rs_session_is_closed(listing->session);
}

/* Pushes the next result: a value; nil at the end; false if it has to be waited
 * for; nil and a fault. Returns the number of values. */
static int push_next(lua_State *L, rs_next (*push)(lua_State *)) {
    bool untold = is_untold(check_pager(L, 1)->listing);
    switch (untold ? RS_NEXT_WAIT : push(L)) {
    case RS_NEXT_ROW:
        return 1;
    case RS_NEXT_WAIT:
        lua_pushboolean(L, 0);
        return 1;
    case RS_NEXT_FAULT:
        return push_failure(L);
    default:
        check_pager(L, 1)->ended = true;
        lua_pushnil(L);
        return 1;
    }
}

/*** The next row, without waiting.
@function take
@tparam Pager pager
@return a Snapshot; nil at the end; false if it has to be waited for; nil and a
fault
*/
static int core_take(lua_State *L) {
    lua_settop(L, 1);
    return push_next(L, push_row);
}

/*** The rest of the page, or the next page, without waiting.
@function take_page
@tparam Pager pager
@return a Page; nil at the end; false if it has to be waited for; nil and a
fault
*/
static int core_take_page(lua_State *L) {
    lua_settop(L, 1);
    return push_next(L, push_rows);
}

#define OVER                                                                   \
    "this listing is over, and a listing is read once: list again, or keep "   \
    "what pager:all() gives"

#if RS_HAS_CONTINUATIONS

/* Pushes a function of the companion. */
static void push_helper(lua_State *L, const char *name) {
    rs_push_companion(L, 1);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
}

RS_DECLARE_CONTINUATION(go_on)

enum { RAISES = 1, WAS_CLOSED = 2 }; /* how the row was asked for */

/* Goes on until there is a row, the end or a failure. Lua is called only at the
 * end of a page, to wait, and may yield there. */
static int go_on(lua_State *L, int status, rs_context how) {
    (void)status;
    for (;;) {
        lua_settop(L, 1);
        int count = push_next(L, push_row);
        if (count == 2) {
            push_helper(L, "failure");
            lua_insert(L, -2);
            lua_pushboolean(L, (how & WAS_CLOSED) != 0);
            lua_call(L, 2, 1);
            return how & RAISES ? lua_error(L) : 2;
        }
        if (!lua_isboolean(L, -1))
            return 1;
        push_helper(L, "await");
        lua_pushvalue(L, 1);
        rs_callk(L, 1, 0, how, go_on);
    }
}

RS_CONTINUATION(go_on)

static int ask(lua_State *L, rs_context how) {
    const rs_listing *listing = check_pager(L, 1)->listing;
    if (rs_session_is_closed(listing->session))
        how |= WAS_CLOSED;
    return go_on(L, 0, how);
}

static int pager_next(lua_State *L) {
    return ask(L, 0);
}

/* Usually the page has a row left. */
static int pager_call(lua_State *L) {
    const pager *self = check_pager(L, 1);
    if (self->ended)
        return luaL_error(L, "rsnapshots: " OVER);
    if (rs_listing_has_row(self->listing) && push_row(L) == RS_NEXT_ROW)
        return 1;
    return ask(L, RAISES);
}

#endif

/* ----------------------------------------------------------------- methods */

/*** Starts the request for the next page, unless none is wanted or one is under
way.
@function Pager:begin
@tparam[opt] Lane lane for its requests
*/
static int core_begin(lua_State *L) {
    pager *self = check_pager(L, 1);
    rs_lane *lane = lua_isnoneornil(L, 2) ? NULL : rs_check_lane(L, 2);
    rs_listing_set_lane(self->listing, lane);
    const rs_fault *fault = fault_of(rs_listing_call(self->listing));
    if (fault != NULL && fault->kind == RS_NO_MEMORY)
        return luaL_error(L, "not enough memory");
    return 0;
}

/*** Is there nothing to wait for? Also true once it was finalized, because a
forgotten coroutine may still be among those that wait.
@function core.is_ready
@tparam Pager pager
@treturn boolean
*/
static int core_is_ready(lua_State *L) {
    const pager *self = rs_test_object(L, 1, rs_pager_class);
    if (self == NULL)
        return no_pager(L);
    const rs_listing *listing = self->listing;
    lua_pushboolean(L, listing == NULL || listing->call == NULL ||
                           rs_call_is_done(listing->call));
    return 1;
}

/*** Why it cannot be gone through: its end was reported already, and a second
`for` would give nothing.
@function over
@tparam Pager pager
@treturn string nil: it is not over
*/
static int core_over(lua_State *L) {
    if (!check_pager(L, 1)->ended)
        return 0;
    lua_pushliteral(L, OVER);
    return 1;
}

/*** What a listing was made with.
@function companion
@tparam Pager pager
@treturn table
*/
static int core_companion(lua_State *L) {
    check_pager(L, 1);
    rs_push_companion(L, 1);
    return 1;
}

/*** Is this value a listing?
@function is_pager
@param value
@treturn boolean
*/
static int core_is_pager(lua_State *L) {
    lua_pushboolean(L, rs_test_object(L, 1, rs_pager_class) != NULL);
    return 1;
}

/*** Why the request for the next page failed.
@function page_fault
@tparam Pager pager
@treturn table nil: it is under way, or did not fail
*/
static int core_page_fault(lua_State *L) {
    const rs_fault *fault = fault_of(check_pager(L, 1)->listing->call);
    if (fault == NULL || fault->kind == RS_NO_MEMORY)
        return 0;
    return push_fault(L) ? 1 : 0;
}

static int pager_token(lua_State *L) {
    for (;; lua_settop(L, 1)) {
        rs_listing *listing = check_pager(L, 1)->listing;
        if (rs_listing_token(listing) == NULL)
            return luaL_error(L, "not enough memory");
        size_t size = listing->token.size;
        char *copy = lua_newuserdatauv(L, size, 0); /* as in take_row */
        listing = check_pager(L, 1)->listing;
        if (listing->token.size == size) {
            memcpy(copy, listing->token.data, size);
            lua_pushlstring(L, copy, size);
            return 1;
        }
    }
}

static int pager_close(lua_State *L) {
    const pager *self = rs_test_object(L, 1, rs_pager_class);
    if (self == NULL)
        return no_pager(L);
    if (self->listing != NULL)
        rs_listing_cancel(self->listing);
    return 0;
}

static int pager_gc(lua_State *L) {
    pager *self = rs_check_object(L, 1, rs_pager_class);
    rs_listing *listing = self->listing;
    self->listing = NULL;
    rs_listing_free(listing);
    return 0;
}

static int pager_len(lua_State *L) {
    return luaL_error(L, "rsnapshots: a listing has no length: count it with "
                         "client:count(filters), or take pager:all()");
}

static int no_table(lua_State *L) {
    return luaL_error(L, "rsnapshots: a listing is not a table: go through it "
                         "with for, or take pager:all() and index that");
}

static int pager_newindex(lua_State *L) {
    return luaL_error(L, "rsnapshots: a listing is not a table: nothing can be "
                         "put into it");
}

/* Upvalue 1: the methods. */
static int pager_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1))
        return 1;
    if (lua_type(L, 2) != LUA_TSTRING)
        return no_table(L);
    return luaL_error(L,
                      "rsnapshots: a listing has no '%s'; it has all, "
                      "each_page, next, pages, token and close",
                      lua_tostring(L, 2));
}

static const luaL_Reg functions[] = {
    {"listing", core_listing},     {"take", core_take},
    {"take_page", core_take_page}, {"begin", core_begin},
    {"is_ready", core_is_ready},   {"over", core_over},
    {"companion", core_companion}, {"page_fault", core_page_fault},
    {"is_pager", core_is_pager},   {NULL, NULL}};

static const luaL_Reg methods[] = {{"token", pager_token},
                                   {"close", pager_close},
#if RS_HAS_CONTINUATIONS
                                   {"next", pager_next},
#endif
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__gc", pager_gc},
                                       {"__close", pager_close},
                                       {"__len", pager_len},
                                       {"__newindex", pager_newindex},
                                       {"__pairs", no_table},
#if RS_HAS_CONTINUATIONS
                                       {"__call", pager_call},
#endif
                                       {NULL, NULL}};

/* The Lua layer adds its own methods, through `pager_methods`, and if Lua
 * cannot yield across a C function, the iterator itself, through
 * `pager_meta`. */
void rs_open_listing(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
    rs_open_class(L, rs_pager_class);
    luaL_setfuncs(L, metamethods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "pager_methods");
    lua_pushcclosure(L, pager_index, 1);
    lua_setfield(L, -2, "__index");
#if !RS_HAS_CONTINUATIONS
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "pager_meta");
#endif
    lua_pop(L, 1);
}
