#include "lua/lua_core.h"

#include <stdio.h>

#include "parse/json.h"

#define SMALL 1024 /* bytes unescaped on the C stack */

void rs_check_stack(lua_State *L, int slots) {
    if (!lua_checkstack(L, slots))
        luaL_error(L, "not enough memory");
}

void rs_push_json_string(lua_State *L, rs_slice text, bool escaped) {
    char small[SMALL];
    if (!escaped) {
        lua_pushlstring(L, text.data, text.size);
        return;
    }
    size_t size = rs_json_unescape(text, NULL);
    char *out = size <= sizeof small ? small : lua_newuserdatauv(L, size, 0);
    lua_pushlstring(L, out, rs_json_unescape(text, out));
    if (out != small)
        lua_remove(L, -2);
}

/* Pushes a value that is not a container. */
static void push_scalar(lua_State *L, const rs_json_token *token) {
    switch (token->type) {
    case RS_JSON_STRING:
        rs_push_json_string(L, token->text, token->escaped);
        break;
    case RS_JSON_INTEGER:
        rs_push_integer(L, token->integer);
        break;
    case RS_JSON_REAL:
        lua_pushnumber(L, token->real);
        break;
    case RS_JSON_TRUE:
    case RS_JSON_FALSE:
        lua_pushboolean(L, token->type == RS_JSON_TRUE);
        break;
    default:
        lua_pushlightuserdata(L, NULL);
        break;
    }
}

/* Stores the value at the top into its container. Below it is an object's key,
 * or an array, whose last index was *index. */
static void store(lua_State *L, bool in_object, int *index, bool drop) {
    if (!in_object) {
        lua_rawseti(L, -2, ++*index);
        return;
    }
    if (drop) { /* also removes an earlier value of the same key */
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    lua_rawset(L, -3);
}

/* Builds the value on the stack, without recursion. */
static bool build(lua_State *L, rs_json *reader, bool keep_null) {
    int index[RS_JSON_MAX_DEPTH + 1] = {0};
    bool objects[RS_JSON_MAX_DEPTH + 1] = {false};
    int depth = 0;
    for (;;) {
        rs_json_token token;
        rs_json_type type = rs_json_next(reader, &token);
        if (type == RS_JSON_ERROR || type == RS_JSON_END)
            return type == RS_JSON_END;
        if (type == RS_JSON_KEY) {
            rs_push_json_string(L, token.text, token.escaped);
            continue;
        }
        if (type == RS_JSON_OBJECT || type == RS_JSON_ARRAY) {
            lua_newtable(L);
            depth++;
            index[depth] = 0;
            objects[depth] = type == RS_JSON_OBJECT;
            continue;
        }
        if (type == RS_JSON_OBJECT_END || type == RS_JSON_ARRAY_END)
            depth--;
        else
            push_scalar(L, &token);
        if (depth > 0)
            store(L, objects[depth], &index[depth],
                  type == RS_JSON_NULL && !keep_null);
    }
}

bool rs_push_json(lua_State *L, rs_slice text, bool keep_null) {
    int top = lua_gettop(L);
    rs_json reader;
    rs_check_stack(L, 2 * RS_JSON_MAX_DEPTH + 8);
    rs_json_init(&reader, text.data, text.size);
    if (build(L, &reader, keep_null))
        return true;
    lua_settop(L, top);
    char offset[24]; /* lua_pushfstring has no format for a size_t */
    (void)snprintf(offset, sizeof offset, "%zu", rs_json_offset(&reader));
    lua_pushfstring(L, "invalid JSON at byte %s: %s", offset, reader.error);
    return false;
}

/*** Decodes JSON.
@function decode
@param text a string, or a finished request
@param[opt] keep_null keeps nulls in objects, as `core.null`; otherwise they are
left out. Nulls in arrays are always kept, so that no index changes
@return the value; nil and a message if it is not JSON
*/
static int core_decode(lua_State *L) {
    bool decoded = rs_push_json(L, rs_borrow_text(L, 1), lua_toboolean(L, 2));
    rs_return_text(L, 1);
    if (decoded)
        return 1;
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

void rs_open_json(lua_State *L) {
    lua_pushcfunction(L, core_decode);
    lua_setfield(L, -2, "decode");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}
