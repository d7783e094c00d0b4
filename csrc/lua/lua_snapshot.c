#include "lua/lua_core.h"

#include <string.h>

#include "parse/ascii.h"
#include "parse/field.h"
#include "parse/url.h"

/* Names of fields beyond those of rs_field. */
enum { CREATED_TIME = RS_FIELD_COUNT, UPDATED_TIME, NAME_COUNT };

#define SMALL 1024     /* bytes decoded on the C stack */
#define MAX_SHOWN 1024 /* bytes of a field that tostring shows */

/* One block: this, then the object's text. */
typedef struct snapshot_block {
    rs_object object;
    rs_snapshot snapshot;
    char text[];
} snapshot_block;

static snapshot_block *check_snapshot(lua_State *L, int arg) {
    snapshot_block *found = rs_test_object(L, arg, rs_snapshot_class);
    if (found == NULL)
        luaL_error(L,
                   "rsnapshots: this is not a snapshot: call its methods with "
                   "a colon, as in snapshot:to_table()");
    return found;
}

void *rs_new_snapshot(lua_State *L, size_t size, int client) {
    client = lua_absindex(L, client);
    snapshot_block *block =
        rs_new_object(L, rs_snapshot_class, sizeof *block + size);
    lua_pushvalue(L, client);
    rs_set_companion(L, -2);
    return block;
}

void rs_fill_snapshot(void *made, const char *text,
                      const rs_snapshot *snapshot) {
    snapshot_block *block = made;
    block->snapshot = *snapshot;
    memcpy(block->text, text, snapshot->size);
}

void rs_push_snapshot(lua_State *L, const char *text,
                      const rs_snapshot *snapshot, int client) {
    rs_fill_snapshot(rs_new_snapshot(L, snapshot->size, client), text,
                     snapshot);
}

/*** Decodes one snapshot.
@function snapshot
@param text a string, or a finished request: `{"snapshot": {...}}`
@param[opt] client the client that the snapshot belongs to: a table
@return a Snapshot; nil and a message if it is not a snapshot
*/
static int core_snapshot(lua_State *L) {
    rs_decode_error error;
    rs_slice object;
    rs_snapshot snapshot;
    lua_settop(L, 2);
    bool decoded =
        rs_snapshot_read(rs_borrow_text(L, 1), &object, &snapshot, &error);
    if (decoded)
        rs_push_snapshot(L, object.data, &snapshot, 2);
    rs_return_text(L, 1);
    if (decoded)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, error.message);
    return 2;
}

/* ------------------------------------------------------------------ fields */

static rs_slice name_of(int name) {
    static const rs_slice created = {"created_time", 12};
    static const rs_slice updated = {"updated_time", 12};
    return name == CREATED_TIME   ? created
           : name == UPDATED_TIME ? updated
                                  : rs_field_name((rs_field)name);
}

/* The place of a name of that size that begins with that letter. Every name has
 * a different place. */
#define PLACES 32
#define PLACE(size, first) (((size) + 5u * (unsigned char)(first)) % PLACES)

/* The field named by the string at this index; NAME_COUNT: none. */
static int find_name(lua_State *L, int at) {
    static const unsigned char places[PLACES] = {
        [PLACE(2, 'i')] = RS_FIELD_ID,
        [PLACE(9, 'v')] = RS_FIELD_VOLUME_ID,
        [PLACE(4, 'n')] = RS_FIELD_NAME,
        [PLACE(11, 'd')] = RS_FIELD_DESCRIPTION,
        [PLACE(6, 's')] = RS_FIELD_STATUS,
        [PLACE(4, 's')] = RS_FIELD_SIZE,
        [PLACE(8, 'p')] = RS_FIELD_PROGRESS,
        [PLACE(10, 'p')] = RS_FIELD_PROJECT_ID,
        [PLACE(8, 'm')] = RS_FIELD_METADATA,
        [PLACE(10, 'c')] = RS_FIELD_CREATED_AT,
        [PLACE(10, 'u')] = RS_FIELD_UPDATED_AT,
        [PLACE(7, 'u')] = RS_FIELD_USER_ID,
        [PLACE(17, 'g')] = RS_FIELD_GROUP_SNAPSHOT_ID,
        [PLACE(14, 'c')] = RS_FIELD_CONSUMES_QUOTA,
        [PLACE(12, 'c')] = CREATED_TIME,
        [PLACE(12, 'u')] = UPDATED_TIME,
    };
    rs_slice text;
    text.data = lua_tolstring(L, at, &text.size);
    int name = places[PLACE(text.size, text.data[0])];
    rs_slice wanted = name_of(name);
    return text.size == wanted.size &&
                   memcmp(text.data, wanted.data, text.size) == 0
               ? name
               : NAME_COUNT;
}

/* A text field, decoded into small or, if that is not enough, into a userdata
 * that is pushed; data NULL if there is none. */
static rs_slice text_of(lua_State *L, const snapshot_block *block,
                        rs_field field, char small[SMALL]) {
    rs_slice found =
        rs_snapshot_text(block->text, &block->snapshot, field, small, SMALL);
    if (found.data == NULL && found.size > 0) {
        char *large = lua_newuserdatauv(L, found.size, 0);
        found = rs_snapshot_text(block->text, &block->snapshot, field, large,
                                 found.size);
    }
    return found;
}

/* Removes everything above that index except the value at the top. */
static void keep_top(lua_State *L, int index) {
    if (lua_gettop(L) > index + 1) {
        lua_replace(L, index + 1);
        lua_settop(L, index + 1);
    }
}

static void push_text(lua_State *L, const snapshot_block *block,
                      rs_field field) {
    char small[SMALL];
    rs_value value = block->snapshot.fields[field];
    if (value.type == RS_VALUE_STRING) { /* as it is, like almost all */
        lua_pushlstring(L, block->text + value.offset, value.size);
        return;
    }
    if (value.type == RS_VALUE_NONE) {
        lua_pushnil(L);
        return;
    }
    int top = lua_gettop(L);
    rs_slice found = text_of(L, block, field, small);
    if (found.data != NULL)
        lua_pushlstring(L, found.data, found.size);
    else
        lua_pushnil(L);
    keep_top(L, top);
}

/* Pushes the status in upper case, as the constants are. Only ASCII letters
 * change, whatever the host's locale. */
static void push_status(lua_State *L, const snapshot_block *block) {
    char small[SMALL];
    int top = lua_gettop(L);
    rs_slice found = text_of(L, block, RS_FIELD_STATUS, small);
    if (found.data == NULL) {
        lua_pushnil(L);
        return;
    }
    char *upper =
        found.size <= SMALL ? small : lua_newuserdatauv(L, found.size, 0);
    for (size_t i = 0; i < found.size; i++)
        upper[i] = rs_upper(found.data[i]);
    lua_pushlstring(L, upper, found.size);
    keep_top(L, top);
}

static void push_time(lua_State *L, const snapshot_block *block,
                      rs_field field) {
    double seconds;
    if (rs_snapshot_time(block->text, &block->snapshot, field, &seconds))
        lua_pushnumber(L, seconds);
    else
        lua_pushnil(L);
}

static void push_size(lua_State *L, const snapshot_block *block) {
    int64_t gib;
    if (rs_snapshot_gib(block->text, &block->snapshot, &gib))
        rs_push_integer(L, gib);
    else
        lua_pushnil(L);
}

static void push_consumes_quota(lua_State *L, const snapshot_block *block) {
    bool consumes;
    if (rs_snapshot_consumes_quota(block->text, &block->snapshot, &consumes))
        lua_pushboolean(L, consumes);
    else
        lua_pushnil(L);
}

/* Pushes a value of metadata. An object or array becomes a text, too. */
static void push_value(lua_State *L, rs_text value) {
    rs_slice raw = value.raw;
    bool is_inner = !value.escaped && raw.size > 0 &&
                    (raw.data[0] == '{' || raw.data[0] == '[');
    if (!is_inner || rs_utf8_is_valid(raw)) {
        rs_push_json_string(L, raw, value.escaped);
        return;
    }
    char *mended = lua_newuserdatauv(L, 3 * raw.size, 0);
    lua_pushlstring(L, mended, rs_utf8_mend(raw, mended));
    lua_remove(L, -2);
}

/* Pushes a new table of texts. */
static void push_metadata(lua_State *L, const snapshot_block *block) {
    rs_metadata_reader reader;
    rs_pair pair;
    bool is_empty = block->snapshot.fields[RS_FIELD_METADATA].size <= 2;
    lua_createtable(L, 0, is_empty ? 0 : 2); /* it grows if there are more */
    rs_metadata_begin(&reader, block->text, &block->snapshot);
    while (rs_metadata_next(&reader, &pair)) {
        rs_push_json_string(L, pair.key.raw, pair.key.escaped);
        if (pair.value.raw.data != NULL)
            push_value(L, pair.value);
        else
            lua_pushnil(L);
        lua_rawset(L, -3);
    }
}

/* Pushes a field's value; nil if there is none. */
static void push_field(lua_State *L, const snapshot_block *block, int name) {
    switch (name) {
    case CREATED_TIME:
        push_time(L, block, RS_FIELD_CREATED_AT);
        break;
    case UPDATED_TIME:
        push_time(L, block, RS_FIELD_UPDATED_AT);
        break;
    case RS_FIELD_METADATA:
        push_metadata(L, block);
        break;
    case RS_FIELD_STATUS:
        push_status(L, block);
        break;
    case RS_FIELD_SIZE:
        push_size(L, block);
        break;
    case RS_FIELD_CONSUMES_QUOTA:
        push_consumes_quota(L, block);
        break;
    default:
        push_text(L, block, (rs_field)name);
    }
}

/* Pushes a field as scripts get it. The metadata table raises an error if it is
 * assigned to. */
static void push_attribute(lua_State *L, const snapshot_block *block,
                           int name) {
    push_field(L, block, name);
    if (name == RS_FIELD_METADATA)
        rs_set_class(L, rs_metadata_class);
}

/* Pushes JSON that was read before, decoded. */
static void push_json(lua_State *L, rs_slice text) {
    if (!rs_push_json(L, text, false))
        lua_error(L);
}

/* Pushes the value of the member whose wire name is the string at the top. */
static void push_member(lua_State *L, const snapshot_block *block) {
    rs_slice name, json;
    name.data = lua_tolstring(L, -1, &name.size);
    if (rs_snapshot_member(block->text, &block->snapshot, name, &json) &&
        !rs_slice_is(json, "null"))
        push_json(L, json);
    else
        lua_pushnil(L);
}

/* Upvalue 1: the methods, by name. */
static int snapshot_index(lua_State *L) {
    const snapshot_block *block = check_snapshot(L, 1);
    bool named = lua_type(L, 2) == LUA_TSTRING;
    int name = named ? find_name(L, 2) : NAME_COUNT;
    if (name < NAME_COUNT) {
        push_attribute(L, block, name);
        return 1;
    }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (named && lua_isnil(L, -1)) {
        lua_settop(L, 2);
        push_member(L, block);
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
        lua_pushstring(L, name_of(name).data);
        push_attribute(L, block, name);
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

/* Pushes the endpoint of the client of the snapshot at this index, or nil. */
static void push_endpoint(lua_State *L, int at) {
    rs_push_companion(L, at);
    if (lua_istable(L, -1))
        lua_getfield(L, -1, "endpoint");
    else
        lua_pushnil(L);
    lua_remove(L, -2);
}

static int snapshot_eq(lua_State *L) {
    snapshot_block *one = rs_test_object(L, 1, rs_snapshot_class);
    snapshot_block *other = rs_test_object(L, 2, rs_snapshot_class);
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

/* Replaces the string at the top with one that fits on one line and has a
 * length for people. */
static void quote(lua_State *L) {
    char shown[6 * MAX_SHOWN];
    rs_slice text;
    text.data = lua_tolstring(L, -1, &text.size);
    bool cut = text.size > MAX_SHOWN;
    if (cut) {
        text.size = MAX_SHOWN;
        while (((unsigned char)text.data[text.size] & 0xC0) == 0x80)
            text.size--; /* not within a character */
    }
    lua_pushlstring(L, shown, rs_text_quote(text, shown));
    lua_pushstring(L, cut ? "..." : "");
    lua_concat(L, 2);
    lua_remove(L, -2);
}

/* rsnapshots.Snapshot: ID ("name", AVAILABLE) */
static int snapshot_tostring(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    lua_settop(L, 1);
    lua_pushfstring(L, "%s: ", rs_snapshot_class);
    push_field(L, block, RS_FIELD_ID);
    quote(L);
    lua_pushliteral(L, " (");
    push_field(L, block, RS_FIELD_NAME);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
    } else {
        quote(L);
        lua_pushliteral(L, "\"");
        lua_insert(L, -2);
        lua_pushliteral(L, "\", ");
    }
    push_field(L, block, RS_FIELD_STATUS);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushliteral(L, "no status");
    } else {
        quote(L);
    }
    lua_pushliteral(L, ")");
    lua_concat(L, lua_gettop(L) - 1);
    return 1;
}

/* ----------------------------------------------------------------- methods */

/* Moves the attributes that are not known fields from the raw object at the top
 * into the table below it. */
static void copy_others(lua_State *L) {
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        rs_slice name; /* a JSON object has no other keys */
        name.data = lua_tolstring(L, -2, &name.size);
        if (rs_field_of_wire_name(name) == RS_FIELD_COUNT) {
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
    push_json(L, (rs_slice){block->text, block->snapshot.size});
    copy_others(L);
    for (int name = 0; name < NAME_COUNT; name++) {
        push_field(L, block, name);
        lua_setfield(L, -2, name_of(name).data);
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

/*** What the service said about one attribute, whatever its type: the decoded
value, by its wire name.
@function Snapshot:raw
@string name
@return nil if it is null or was not sent
*/
static int snapshot_raw(lua_State *L) {
    snapshot_block *block = check_snapshot(L, 1);
    luaL_checktype(L, 2, LUA_TSTRING);
    lua_settop(L, 2);
    push_member(L, block);
    return 1;
}

/* Called when a script assigns to a snapshot's metadata. */
static int metadata_newindex(lua_State *L) {
    return luaL_error(L,
                      "a snapshot's metadata is what the service said, and "
                      "assigning to it would change nothing there: use "
                      "snapshot:set_metadata{...}, or for a table of your own "
                      "snapshot:to_table().metadata");
}

/* The client that a snapshot came from, or nil. */
static int core_client_of(lua_State *L) {
    check_snapshot(L, 1);
    rs_push_companion(L, 1);
    return 1;
}

/* Is this value a Snapshot? */
static int core_is_snapshot(lua_State *L) {
    lua_pushboolean(L, rs_test_object(L, 1, rs_snapshot_class) != NULL);
    return 1;
}

/*** The id in a caller's argument.
@function id
@tparam string|Snapshot value
@treturn string nil if it is neither a Snapshot nor a text, or is empty, or
cannot be an id
@treturn string why it cannot be an id; nil: it can, or there is none
*/
static int core_id(lua_State *L) {
    const snapshot_block *block = rs_test_object(L, 1, rs_snapshot_class);
    rs_slice id = {NULL, 0};
    lua_settop(L, 1);
    if (block != NULL)
        push_field(L, block, RS_FIELD_ID);
    if (lua_type(L, -1) == LUA_TSTRING)
        id.data = lua_tolstring(L, -1, &id.size);
    if (id.size == 0)
        return 0;
    const char *flaw = rs_id_flaw(id);
    if (flaw == NULL)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, flaw);
    return 2;
}

/*** The path of a snapshot below the endpoint.
@function path
@tparam string|Snapshot value
@treturn string nil as for `id`
@treturn string as for `id`
*/
static int core_path(lua_State *L) {
    static const char folder[] = "/snapshots/";
    enum { START = sizeof folder - 1 };
    char small[SMALL];
    rs_slice id;
    int count = core_id(L);
    if (count != 1)
        return count;
    id.data = lua_tolstring(L, -1, &id.size);
    size_t most = START + 3 * id.size;
    char *path = most <= SMALL ? small : lua_newuserdatauv(L, most, 0);
    memcpy(path, folder, START);
    lua_pushlstring(L, path, START + rs_url_encode(id, path + START));
    return 1;
}

static const luaL_Reg functions[] = {{"snapshot", core_snapshot},
                                     {"id", core_id},
                                     {"path", core_path},
                                     {"client_of", core_client_of},
                                     {"is_snapshot", core_is_snapshot},
                                     {NULL, NULL}};

static const luaL_Reg methods[] = {{"to_table", snapshot_to_table},
                                   {"to_json", snapshot_to_json},
                                   {"raw", snapshot_raw},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__newindex", snapshot_newindex},
                                       {"__eq", snapshot_eq},
                                       {"__pairs", snapshot_pairs},
                                       {"__tostring", snapshot_tostring},
                                       {NULL, NULL}};

static const luaL_Reg metadata_metamethods[] = {
    {"__newindex", metadata_newindex}, {NULL, NULL}};

void rs_open_snapshot(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
    rs_open_class(L, rs_metadata_class);
    luaL_setfuncs(L, metadata_metamethods, 0);
    lua_pop(L, 1);
    rs_open_class(L, rs_snapshot_class);
    luaL_setfuncs(L, metamethods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "snapshot_methods"); /* the Lua layer adds its own */
    lua_pushcclosure(L, snapshot_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
