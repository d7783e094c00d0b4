#include "lua/lua_core.h"

#include <string.h>

/* The largest page that services send by default; a larger one is read twice.
 */
#define USUAL_PAGE 1024

/* One block: this, the spans, the text. */
typedef struct page_block {
    rs_page page;
    rs_span *spans;
    char *text;
} page_block;

/* Pushes a Page of that many spans and bytes, with the client at that index. */
static page_block *new_page(lua_State *L, size_t count, size_t size,
                            int client) {
    client = lua_absindex(L, client);
    page_block *block =
        lua_newuserdatauv(L, sizeof *block + count * sizeof(rs_span) + size, 1);
    block->spans = (rs_span *)(void *)(block + 1);
    block->text = (char *)(block->spans + count);
    luaL_getmetatable(L, RS_PAGE);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, client);
    rs_set_companion(L, -2);
    return block;
}

/* Pushes the Page of a listing's body. */
static bool push_page(lua_State *L, rs_slice text, int client,
                      rs_decode_error *error) {
    rs_span spans[USUAL_PAGE];
    rs_page page;
    if (!rs_page_parse(text, &page, spans, USUAL_PAGE, error))
        return false;
    page_block *block = new_page(L, page.count, text.size, client);
    if (page.count <= USUAL_PAGE)
        memcpy(block->spans, spans, page.count * sizeof *spans);
    else if (!rs_page_parse(text, &page, block->spans, page.count, error))
        return false; /* not possible: it was read before */
    memcpy(block->text, text.data, text.size);
    block->page = page;
    if (page.next_link.size > 0)
        block->page.next_link.data =
            block->text + (page.next_link.data - text.data);
    return true;
}

/*** Decodes a page of snapshots.
@function page
@param text a string, or a finished request
@param[opt] client a table: whose snapshots they are
@return a Page; nil and a message when it is none
*/
static int core_page(lua_State *L) {
    rs_decode_error error;
    lua_settop(L, 2);
    bool decoded = push_page(L, rs_hold_text(L, 1), 2, &error);
    rs_let_go_text(L, 1);
    if (decoded)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, error.message);
    return 2;
}

static page_block *check_page(lua_State *L, int arg) {
    return luaL_checkudata(L, arg, RS_PAGE);
}

static rs_slice span_text(const page_block *block, size_t i) {
    rs_slice text = {block->text + block->spans[i].offset,
                     block->spans[i].size};
    return text;
}

/* The position, from 0, that the Lua value at this argument names. */
static bool position(lua_State *L, int arg, const page_block *block,
                     size_t *found) {
    lua_Number wanted = lua_tonumber(L, arg);
    if (!(wanted >= 1 && wanted <= (lua_Number)block->page.count))
        return false;
    *found = (size_t)wanted - 1;
    return (lua_Number)(*found + 1) == wanted;
}

/* Pushes the Snapshot at that position, from 0. */
static void push_element(lua_State *L, const page_block *block, size_t at) {
    rs_decode_error error;
    rs_push_companion(L, 1);
    if (!rs_push_snapshot(L, span_text(block, at), -1, &error))
        luaL_error(L, "%s",
                   error.message); /* not possible: it was read before */
    lua_remove(L, -2);
}

static int page_index(lua_State *L) {
    page_block *block = check_page(L, 1);
    size_t at;
    if (lua_type(L, 2) == LUA_TNUMBER) {
        if (!position(L, 2, block, &at))
            return 0;
        push_element(L, block, at);
        return 1;
    }
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    rs_slice name;
    name.data = lua_tolstring(L, 2, &name.size);
    if (rs_slice_is(name, "next_link") && block->page.next_link.size > 0) {
        rs_push_json_string(L, block->page.next_link, block->page.next_escaped);
        return 1;
    }
    if (rs_slice_is(name, "total") && block->page.total >= 0) {
        rs_push_integer(L, block->page.total);
        return 1;
    }
    return 0;
}

static int page_newindex(lua_State *L) {
    check_page(L, 1);
    return luaL_error(L, "a page is read-only");
}

static int page_len(lua_State *L) {
    rs_push_integer(L, check_page(L, 1)->page.count);
    return 1;
}

static int page_tostring(lua_State *L) {
    lua_pushfstring(L, "%s: %d snapshots", RS_PAGE,
                    (int)check_page(L, 1)->page.count);
    return 1;
}

/* The next pair after the index at argument 2; nil for the first. */
static int page_next(lua_State *L) {
    page_block *block = check_page(L, 1);
    size_t at = 0;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checknumber(L, 2);
        if (!position(L, 2, block, &at))
            return 0;
        at++;
    }
    if (at >= block->page.count)
        return 0;
    rs_push_integer(L, at + 1);
    push_element(L, block, at);
    return 2;
}

static int page_pairs(lua_State *L) {
    check_page(L, 1);
    lua_pushcfunction(L, page_next);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* Bytes of the snapshots that a sequence of positions names. */
static size_t measure(lua_State *L, int arg, const page_block *from) {
    size_t at = 0, total = 0, count = lua_rawlen(L, arg);
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, arg, (int)i);
        luaL_argcheck(L, position(L, -1, from, &at), arg, "no such snapshot");
        total += from->spans[at].size;
        luaL_argcheck(L, total <= UINT32_MAX, arg, "4 GiB or more");
        lua_pop(L, 1);
    }
    return total;
}

/*** A page of some of a page's snapshots only, which keeps the others' memory
no longer.
@function select
@param page a Page
@param positions a sequence of indices of it
@return a Page, without next link and total
*/
static int core_select(lua_State *L) {
    page_block *from = check_page(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t count = lua_rawlen(L, 2), offset = 0, at = 0;
    size_t size = measure(L, 2, from);
    rs_push_companion(L, 1);
    page_block *block = new_page(L, count, size, -1);
    memset(&block->page, 0, sizeof block->page);
    block->page.total = -1;
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, 2, (int)(i + 1));
        bool found = position(L, -1, from, &at);
        lua_pop(L, 1);
        /* making the page may have run a finalizer that changed the table */
        if (!found || from->spans[at].size > size - offset)
            return luaL_error(L, "the positions were changed meanwhile");
        rs_slice text = span_text(from, at);
        memcpy(block->text + offset, text.data, text.size);
        block->spans[i].offset = (uint32_t)offset;
        block->spans[i].size = (uint32_t)text.size;
        offset += text.size;
    }
    block->page.count = count;
    return 1;
}

static const luaL_Reg functions[] = {
    {"page", core_page}, {"select", core_select}, {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__index", page_index}, {"__newindex", page_newindex}, {"__len", page_len},
    {"__pairs", page_pairs}, {"__tostring", page_tostring}, {NULL, NULL}};

void rs_open_page(lua_State *L) {
    rs_new_metatable(L, RS_PAGE);
    luaL_setfuncs(L, metamethods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}
