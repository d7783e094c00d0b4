#include "lua/lua_core.h"

#include <math.h>
#include <stdio.h>

#define MAX_PATH 262144 /* bytes */

/* Reads the pairs of a table of strings into a block on the stack. The strings
 * themselves stay in the table. */
static void read_metadata(lua_State *L, rs_filter_set *set) {
    if (!rs_push_option(L, 3, "metadata", LUA_TTABLE))
        return;
    int table = lua_gettop(L);
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
        count++;
    rs_item *items = lua_newuserdatauv(L, (count + 1) * sizeof *items, 0);
    lua_pushnil(L);
    while (set->metadata_count < count && lua_next(L, table) != 0) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "metadata must map strings to strings");
        rs_item *item = &items[set->metadata_count++];
        item->key.data = lua_tolstring(L, -2, &item->key.size);
        item->value.data = lua_tolstring(L, -1, &item->value.size);
        lua_pop(L, 1);
    }
    lua_settop(L, table + 1); /* the table keeps the strings alive */
    set->metadata = items;
}

static size_t count_option(lua_State *L, const char *name, size_t otherwise) {
    double count = rs_number_option(L, 3, name, -1);
    if (!(count >= 0))
        return otherwise;
    return count < 4294967295.0 ? (size_t)count : (size_t)4294967295u;
}

static bool read_time(lua_State *L, const char *name, double *seconds) {
    *seconds = rs_number_option(L, 3, name, NAN);
    return !isnan(*seconds);
}

/* Reads the order, and where to begin in it; false: *problem says why not. */
static bool read_order(lua_State *L, int table, rs_filter_set *set,
                       rs_decode_error *problem) {
    rs_slice sort = rs_slice_option(L, table, "sort");
    rs_slice token = rs_slice_option(L, table, "token");
    if (sort.data != NULL && !rs_filter_read_sort(set, sort, problem))
        return false;
    (void)snprintf(problem->message, sizeof problem->message, "%s",
                   "token does not come from pager:token()");
    return token.data == NULL || rs_filter_read_token(set, token);
}

void rs_read_filters(lua_State *L, rs_filter_set *set) {
    rs_decode_error problem;
    *set = (rs_filter_set){.consumes_quota = -1};
    rs_check_stack(L, 40);
    set->name = rs_slice_option(L, 3, "name");
    set->status = rs_slice_option(L, 3, "status");
    set->volume_id = rs_slice_option(L, 3, "volume_id");
    set->project_id = rs_slice_option(L, 3, "project_id");
    set->name_like = rs_slice_option(L, 3, "name_like");
    set->extra = rs_slice_option(L, 3, "query");
    set->has_after = read_time(L, "created_after", &set->created_after);
    set->has_before = read_time(L, "created_before", &set->created_before);
    if (rs_push_option(L, 3, "consumes_quota", LUA_TBOOLEAN))
        set->consumes_quota = lua_toboolean(L, -1);
    set->all_projects = rs_boolean_option(L, 3, "all_projects", false);
    set->detailed = rs_boolean_option(L, 3, "detailed", true);
    set->prefetch = rs_boolean_option(L, 3, "prefetch", true);
    set->has_own_order = rs_boolean_option(L, 3, "has_own_order", false);
    set->volumes = rs_boolean_option(L, 3, "volumes", false);
    set->page_size = count_option(L, "page_size", 0);
    set->max = count_option(L, "max", SIZE_MAX);
    set->marker = rs_slice_option(L, 3, "marker");
    set->skip = count_option(L, "offset", 0);
    read_metadata(L, set);
    if (!read_order(L, 3, set, &problem))
        luaL_error(L, "%s", problem.message);
}

/*** The path, below the endpoint, at which the service itself counts a
listing's rows.
@function count_path
@tparam Session session
@tparam table filters
@treturn string nil: it cannot, or might treat different values as equal
*/
static int core_count_path(lua_State *L) {
    rs_filter_set set;
    const rs_session *session = rs_check_session(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushvalue(L, 2); /* filters are read from this index */
    rs_read_filters(L, &set);
    rs_buffer path = {.max = MAX_PATH};
    rs_buffer_result made = RS_BUFFER_FULL;
    if (rs_filter_is_counted(&set, session))
        made = rs_query_count(&path, &session->memory, &set, session);
    if (made == RS_BUFFER_OK) /* otherwise raises when memory runs out */
        lua_pushlstring(L, path.data, path.size);
    rs_buffer_free(&path, &session->memory);
    if (made == RS_BUFFER_NO_MEMORY)
        return luaL_error(L, "not enough memory");
    return made == RS_BUFFER_OK ? 1 : 0;
}

/*** What is wrong with a listing's sort order or token.
@function filter_problem
@tparam table filters
@treturn string nil: they are right
*/
static int core_filter_problem(lua_State *L) {
    rs_filter_set set = {0};
    rs_decode_error problem;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (read_order(L, 1, &set, &problem))
        return 0;
    lua_pushstring(L, problem.message);
    return 1;
}

void rs_open_filters(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"count_path", core_count_path},
        {"filter_problem", core_filter_problem},
        {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
