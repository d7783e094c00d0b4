#include "lua/lua_core.h"

#include <ctype.h>
#include <string.h>

#include "parse/timestamp.h"

/* Values of the name table beyond rs_field's. */
enum { CREATED_TIME = RS_FIELD_COUNT, UPDATED_TIME, NAME_COUNT };

/* One block: this, then the object's text. */
typedef struct snapshot_block {
    rs_snapshot snapshot;
    char text[];
} snapshot_block;

static snapshot_block *check_snapshot(lua_State *L, int arg) {
    return luaL_checkudata(L, arg, RS_SNAPSHOT);
}

bool rs_push_snapshot(lua_State *L, rs_slice text, int client,
                      rs_decode_error *error) {
    client = lua_absindex(L, client);
    rs_snapshot snapshot;
    if (!rs_snapshot_parse(text, &snapshot, error))
        return false;
    snapshot_block *block = lua_newuserdatauv(L, sizeof *block + text.size, 1);
    block->snapshot = snapshot;
    memcpy(block->text, text.data, text.size);
    luaL_getmetatable(L, RS_SNAPSHOT);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, client);
    rs_set_companion(L, -2);
    return true;
}

/*** Decodes one snapshot.
@function snapshot
@param text a string, or a finished request: `{"snapshot": {...}}`
@param[opt] client a table: whose snapshot it is
@return a Snapshot; nil and a message when it is none
*/
static int core_snapshot(lua_State *L) {
    rs_decode_error error;
    rs_span span;
    lua_settop(L, 2);
    rs_slice text = rs_hold_text(L, 1);
    bool decoded = rs_snapshot_find(text, &span, &error);
    if (decoded) {
        rs_slice object = {text.data + span.offset, span.size};
        decoded = rs_push_snapshot(L, object, 2, &error);
    }
    rs_let_go_text(L, 1);
    if (decoded)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, error.message);
    return 2;
}

/* ----------------------------------------------------------------- fields */

static rs_slice value_text(const snapshot_block *block, rs_value value) {
    rs_slice text = {block->text + value.offset, value.size};
    return text;
}

static const char *name_of(int name) {
    if (name == CREATED_TIME)
        return "created_time";
    if (name == UPDATED_TIME)
        return "updated_time";
    return rs_field_name((rs_field)name);
}

/* Pushes a JSON object's text as a table; {} for none. */
static void push_object(lua_State *L, const snapshot_block *block,
                        rs_value value) {
    if (value.type == RS_VALUE_NONE)
        lua_newtable(L);
    else if (!rs_push_json(L, value_text(block, value), false))
        lua_error(L); /* not possible: it was read before */
}

/* Pushes a text with the letters of ASCII in upper case. */
static void push_upper(lua_State *L, rs_slice text) {
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        luaL_addchar(&buffer, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    luaL_pushresult(&buffer);
}

/* What a string field means. It lives as long as the snapshot or, where it has
 * to be unescaped first, as long as the Lua string that is pushed for it. */
static rs_slice plain_text(lua_State *L, const snapshot_block *block,
                           rs_value value) {
    rs_slice text = value_text(block, value);
    if (value.type == RS_VALUE_ESCAPED) {
        rs_push_json_string(L, text, true);
        text.data = lua_tolstring(L, -1, &text.size);
    }
    return text;
}

/* Pushes a status in upper case, as the constants are. */
static void push_status(lua_State *L, const snapshot_block *block,
                        rs_value value) {
    int top = lua_gettop(L);
    push_upper(L, plain_text(L, block, value));
    if (lua_gettop(L) > top + 1)
        lua_remove(L, top + 1);
}

static void push_time(lua_State *L, const snapshot_block *block,
                      rs_field field) {
    rs_value value = block->snapshot.fields[field];
    int top = lua_gettop(L);
    double seconds;
    bool readable = value.type != RS_VALUE_NONE &&
                    rs_timestamp_parse(plain_text(L, block, value), &seconds);
    lua_settop(L, top);
    if (readable)
        lua_pushnumber(L, seconds);
    else
        lua_pushnil(L);
}

/* Pushes a field's value, nil for none. */
static void push_field(lua_State *L, const snapshot_block *block, int name) {
    if (name >= RS_FIELD_COUNT) {
        push_time(L, block,
                  name == CREATED_TIME ? RS_FIELD_CREATED_AT
                                       : RS_FIELD_UPDATED_AT);
        return;
    }
    rs_value value = block->snapshot.fields[name];
    if (name == RS_FIELD_METADATA)
        push_object(L, block, value);
    else if (value.type == RS_VALUE_NONE)
        lua_pushnil(L);
    else if (name == RS_FIELD_STATUS)
        push_status(L, block, value);
    else if (name == RS_FIELD_SIZE)
        rs_push_integer(L, block->snapshot.gib);
    else if (name == RS_FIELD_CONSUMES_QUOTA)
        lua_pushboolean(L, block->snapshot.consumes_quota);
    else
        rs_push_json_string(L, value_text(block, value),
                            value.type == RS_VALUE_ESCAPED);
}

/* Pushes the whole object as the service sent it, decoded. */
static void push_raw(lua_State *L, const snapshot_block *block) {
    rs_slice text = {block->text, block->snapshot.size};
    if (!rs_push_json(L, text, false))
        lua_error(L); /* not possible: it was read before */
}

/* Upvalue 1: name -> number of a field, or a method. */
static int snapshot_index(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (lua_type(L, -1) == LUA_TNUMBER) {
        push_field(L, block, (int)lua_tonumber(L, -1));
    } else if (lua_isnil(L, -1) && lua_type(L, 2) == LUA_TSTRING) {
        push_raw(L, block);
        lua_pushvalue(L, 2);
        lua_rawget(L, -2);
    }
    return 1;
}

static int snapshot_newindex(lua_State *L) {
    check_snapshot(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    return luaL_error(L,
                      "cannot assign to '%s': a snapshot is what the service "
                      "said at one moment; use snapshot:update{...}",
                      name);
}

/* Upvalue 1: which field comes next. */
static int next_field(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    int name = (int)lua_tonumber(L, lua_upvalueindex(1));
    for (; name < NAME_COUNT; name++) {
        lua_settop(L, 1);
        lua_pushstring(L, name_of(name));
        push_field(L, block, name);
        if (!lua_isnil(L, -1)) {
            lua_pushnumber(L, name + 1);
            lua_replace(L, lua_upvalueindex(1));
            return 2;
        }
    }
    return 0;
}

static int snapshot_pairs(lua_State *L) {
    check_snapshot(L, 1);
    lua_pushnumber(L, 0);
    lua_pushcclosure(L, next_field, 1);
    lua_pushvalue(L, 1);
    return 2;
}

/* Pushes the endpoint of the client at the top's snapshot, or nil. */
static void push_endpoint(lua_State *L, int at) {
    rs_push_companion(L, at);
    if (lua_istable(L, -1))
        lua_getfield(L, -1, "endpoint");
    else
        lua_pushnil(L);
    lua_remove(L, -2);
}

static int snapshot_eq(lua_State *L) {
    snapshot_block *one = luaL_testudata(L, 1, RS_SNAPSHOT);
    snapshot_block *other = luaL_testudata(L, 2, RS_SNAPSHOT);
    lua_settop(L, 2);
    if (one == NULL || other == NULL) {
        lua_pushboolean(L, 0);
        return 1;
    }
    push_field(L, one, RS_FIELD_ID);
    push_field(L, other, RS_FIELD_ID);
    push_endpoint(L, 1);
    push_endpoint(L, 2);
    lua_pushboolean(L, lua_rawequal(L, 3, 4) && lua_rawequal(L, 5, 6));
    return 1;
}

/* rsnapshots.Snapshot: ID ("name", AVAILABLE) */
static int snapshot_tostring(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    lua_settop(L, 1);
    lua_pushliteral(L, RS_SNAPSHOT ": ");
    push_field(L, block, RS_FIELD_ID);
    lua_pushliteral(L, " (");
    push_field(L, block, RS_FIELD_NAME);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
    } else {
        lua_pushliteral(L, "\"");
        lua_insert(L, -2);
        lua_pushliteral(L, "\", ");
    }
    push_field(L, block, RS_FIELD_STATUS);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushliteral(L, "no status");
    }
    lua_pushliteral(L, ")");
    lua_concat(L, lua_gettop(L) - 1);
    return 1;
}

/* ---------------------------------------------------------------- methods */

/* Moves the attributes that are no known field from the raw object at the top
 * into the table below it. */
static void copy_others(lua_State *L) {
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        rs_slice name; /* an object of JSON has no other keys */
        name.data = lua_tolstring(L, -2, &name.size);
        if (!rs_field_is_wire_name(name)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -5);
        } else {
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/*** A plain table of everything in a snapshot: the fields by their names, other
attributes by their wire names.
@function Snapshot:to_table
@treturn table
*/
static int snapshot_to_table(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    lua_newtable(L);
    push_raw(L, block);
    copy_others(L);
    for (int name = 0; name < NAME_COUNT; name++) {
        push_field(L, block, name);
        lua_setfield(L, -2, name_of(name));
    }
    return 1;
}

/*** The snapshot's JSON object, byte for byte as received.
@function Snapshot:to_json
@treturn string
*/
static int snapshot_to_json(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    lua_pushlstring(L, block->text, block->snapshot.size);
    return 1;
}

/* The client that a snapshot came from, or nil. */
static int core_client_of(lua_State *L) {
    check_snapshot(L, 1);
    rs_push_companion(L, 1);
    return 1;
}

/* Is this value a Snapshot? */
static int core_is_snapshot(lua_State *L) {
    lua_pushboolean(L, luaL_testudata(L, 1, RS_SNAPSHOT) != NULL);
    return 1;
}

static const luaL_Reg functions[] = {{"snapshot", core_snapshot},
                                     {"client_of", core_client_of},
                                     {"is_snapshot", core_is_snapshot},
                                     {NULL, NULL}};

static const luaL_Reg methods[] = {{"to_table", snapshot_to_table},
                                   {"to_json", snapshot_to_json},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__newindex", snapshot_newindex},
                                       {"__eq", snapshot_eq},
                                       {"__pairs", snapshot_pairs},
                                       {"__tostring", snapshot_tostring},
                                       {NULL, NULL}};

void rs_open_snapshot(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
    rs_new_metatable(L, RS_SNAPSHOT);
    luaL_setfuncs(L, metamethods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    for (int name = 0; name < NAME_COUNT; name++) {
        lua_pushnumber(L, name);
        lua_setfield(L, -2, name_of(name));
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "snapshot_methods"); /* the Lua layer adds its own */
    lua_pushcclosure(L, snapshot_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
