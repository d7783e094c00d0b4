#include "lua/lua_core.h"

#include <string.h>

#include "parse/page.h"

/* A row is expected to have at least this size, for the first allocation. */
#define USUAL_ROW 512 /* bytes */

/* One block: this, the records, the text. */
typedef struct page_block {
    rs_object object;
    rs_page page;
    rs_record *records;
    char *text;
} page_block;

/* Makes sure that the size of so many records and bytes does not overflow. */
static void check_size(lua_State *L, size_t records, size_t bytes) {
    if (bytes > SIZE_MAX / 2 ||
        records > (SIZE_MAX / 2 - bytes) / sizeof(rs_record))
        luaL_error(L, "not enough memory");
}

/* Pushes a Page of that many records and bytes, with the client at that index.
 */
static page_block *new_page(lua_State *L, size_t count, size_t size,
                            int client) {
    client = lua_absindex(L, client);
    check_size(L, count, size);
    page_block *block = rs_new_object(
        L, rs_page_class, sizeof *block + count * sizeof(rs_record) + size);
    block->page = (rs_page){.count = count, .total = -1};
    block->records = (rs_record *)(void *)(block + 1);
    block->text = (char *)(block->records + count);
    lua_pushvalue(L, client);
    rs_set_companion(L, -2);
    return block;
}

/* Replaces the userdata at the top, which holds records, with a larger one. */
static rs_record *grow(lua_State *L, const rs_record *records, size_t count,
                       size_t *capacity) {
    *capacity += count;
    check_size(L, *capacity, 0);
    rs_record *larger = lua_newuserdatauv(L, *capacity * sizeof(rs_record), 0);
    memcpy(larger, records, count * sizeof(rs_record));
    lua_replace(L, -2);
    return larger;
}

/* Pushes the records of all rows; the rest is in the reader. NULL if it is not
 * a page. */
static rs_record *push_records(lua_State *L, rs_slice text,
                               rs_page_reader *reader, rs_decode_error *error) {
    size_t capacity = text.size / USUAL_ROW + 8;
    rs_record record;
    rs_row row;
    check_size(L, capacity, 0);
    rs_record *records = lua_newuserdatauv(L, capacity * sizeof(rs_record), 0);
    rs_page_begin(reader, text, error);
    while ((row = rs_page_next(reader, &record)) == RS_ROW) {
        if (reader->page.count > capacity)
            records = grow(L, records, reader->page.count - 1, &capacity);
        records[reader->page.count - 1] = record;
    }
    return row == RS_ROWS_END ? records : NULL;
}

/* Pushes the Page of a listing's body. */
static bool push_page(lua_State *L, rs_slice text, int client,
                      rs_decode_error *error) {
    rs_page_reader reader;
    const rs_record *records = push_records(L, text, &reader, error);
    if (records == NULL)
        return false;
    size_t count = reader.page.count;
    page_block *block = new_page(L, count, text.size, client);
    block->page = reader.page;
    if (count > 0)
        memcpy(block->records, records, count * sizeof *records);
    memcpy(block->text, text.data, text.size);
    if (block->page.next_link.size > 0) {
        block->page.next_link.data =
            block->text + (reader.page.next_link.data - text.data);
    }
    return true;
}

size_t rs_size_of_rows(lua_State *L, const rs_row_ref *rows, size_t count) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].places->size > UINT32_MAX - size)
            luaL_error(L, "not enough memory");
        size += rows[i].places->size;
    }
    return size;
}

void *rs_new_rows(lua_State *L, size_t count, size_t size, int client) {
    return new_page(L, count, size, client);
}

void rs_fill_rows(void *page, const rs_row_ref *rows, size_t count) {
    page_block *block = page;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(block->text + at, rows[i].text, rows[i].places->size);
        block->records[i] = (rs_record){(uint32_t)at, *rows[i].places};
        at += rows[i].places->size;
    }
}

/*** Decodes a page of snapshots.
@function page
@param text a string, or a finished request
@param[opt] client the client that the snapshots belong to: a table
@return a Page; nil and a message if it is not a page
*/
static int core_page(lua_State *L) {
    rs_decode_error error;
    lua_settop(L, 2);
    bool decoded = push_page(L, rs_borrow_text(L, 1), 2, &error);
    rs_return_text(L, 1);
    if (decoded)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, error.message);
    return 2;
}

static page_block *check_page(lua_State *L, int arg) {
    return rs_check_object(L, arg, rs_page_class);
}

/*** Do all rows of a page pass a listing's filters?
@function all_pass
@tparam Page page
@tparam table filters
@treturn boolean
*/
static int core_all_pass(lua_State *L) {
    rs_filter_set set;
    const page_block *block = check_page(L, 1);
    bool pass = true;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushvalue(L, 2); /* filters are read from this index */
    rs_read_filters(L, &set);
    for (size_t i = 0; i < block->page.count && pass; i++) {
        const rs_record *row = &block->records[i];
        pass = rs_filter_passes(&set, block->text + row->offset, &row->snapshot,
                                (rs_slice){NULL, 0});
    }
    lua_pushboolean(L, pass);
    return 1;
}

/* Finds the position, from 0, for the Lua value at this argument. */
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
    const rs_record *record = &block->records[at];
    rs_push_companion(L, 1);
    rs_push_snapshot(L, block->text + record->offset, &record->snapshot, -1);
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
    lua_pushfstring(L, "%s: %d snapshots", rs_page_class,
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

static const luaL_Reg metamethods[] = {
    {"__index", page_index}, {"__newindex", page_newindex}, {"__len", page_len},
    {"__pairs", page_pairs}, {"__tostring", page_tostring}, {NULL, NULL}};

void rs_open_page(lua_State *L) {
    rs_new_class(L, rs_page_class, NULL, metamethods);
    lua_pushcfunction(L, core_page);
    lua_setfield(L, -2, "page");
    lua_pushcfunction(L, core_all_pass);
    lua_setfield(L, -2, "all_pass");
}
