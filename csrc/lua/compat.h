/*
 * What differs between Lua 5.1 (LuaJIT), 5.2, 5.3 and 5.4, in 5.4's names.
 */
#ifndef RS_COMPAT_H
#define RS_COMPAT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 502

/* Names of our own, because LuaJIT 2.1 has some of these functions, and 5.1
 * none. */
#define lua_rawlen lua_objlen
#define lua_absindex rs_absindex
#define luaL_setfuncs rs_setfuncs
#define lua_rawgetp rs_rawgetp
#define lua_rawsetp rs_rawsetp
#undef luaL_newlib
#define luaL_newlib(L, list) (lua_newtable(L), luaL_setfuncs((L), (list), 0))

static inline void rs_setfuncs(lua_State *L, const luaL_Reg *list, int up) {
    for (; list->name != NULL; list++) {
        for (int i = 0; i < up; i++)
            lua_pushvalue(L, -up);
        lua_pushcclosure(L, list->func, up);
        lua_setfield(L, -(up + 2), list->name);
    }
    lua_pop(L, up);
}

static inline int rs_absindex(lua_State *L, int at) {
    return at > 0 || at <= LUA_REGISTRYINDEX ? at : lua_gettop(L) + at + 1;
}

/* In these two, `at` is always the registry, whose index does not change by a
 * push. */
static inline void rs_rawgetp(lua_State *L, int at, const void *key) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_rawget(L, at);
}

static inline void rs_rawsetp(lua_State *L, int at, const void *key) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_insert(L, -2);
    lua_rawset(L, at);
}

#endif

#if LUA_VERSION_NUM < 503

/* An integer, as exact as it can be in this Lua's only number type. */
#define rs_push_integer(L, value) lua_pushnumber((L), (lua_Number)(value))

#else

#define rs_push_integer(L, value) lua_pushinteger((L), (lua_Integer)(value))

#endif

#if LUA_VERSION_NUM < 504

#define lua_newuserdatauv(L, size, values) lua_newuserdata((L), (size))

#endif

/* May a C function call a Lua function that yields, and continue in a
 * continuation? Not in 5.1 and LuaJIT: there, the Lua layer waits instead. */
#if LUA_VERSION_NUM >= 503

#define RS_HAS_CONTINUATIONS 1
typedef lua_KContext rs_context;
#define RS_DECLARE_CONTINUATION(name)
#define RS_CONTINUATION(name)
#define rs_callk(L, arguments, results, context, name)                         \
    lua_callk((L), (arguments), (results), (context), (name))

#elif LUA_VERSION_NUM == 502

#define RS_HAS_CONTINUATIONS 1
typedef int rs_context;
/* In 5.2, a continuation has to ask for its context. */
#define RS_DECLARE_CONTINUATION(name) static int name##_52(lua_State *L);
#define RS_CONTINUATION(name)                                                  \
    static int name##_52(lua_State *L) {                                       \
        int context;                                                           \
        int status = lua_getctx(L, &context);                                  \
        return name(L, status, context);                                       \
    }
#define rs_callk(L, arguments, results, context, name)                         \
    lua_callk((L), (arguments), (results), (context), name##_52)

#else

#define RS_HAS_CONTINUATIONS 0

#endif

/* A userdata's one companion value: a table or nil, because 5.1 allows nothing
 * else (and does not check that it is a table). */
static inline void rs_set_companion(lua_State *L, int at) {
    if (!lua_istable(L, -1) && !lua_isnil(L, -1))
        luaL_error(L, "expected a table, got a %s", luaL_typename(L, -1));
#if LUA_VERSION_NUM >= 504
    (void)lua_setiuservalue(L, at, 1);
#elif LUA_VERSION_NUM >= 502
    lua_setuservalue(L, at);
#else
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushvalue(L, LUA_REGISTRYINDEX); /* stands for nil */
    }
    (void)lua_setfenv(L, at);
#endif
}

static inline void rs_push_companion(lua_State *L, int at) {
#if LUA_VERSION_NUM >= 504
    (void)lua_getiuservalue(L, at, 1);
#elif LUA_VERSION_NUM >= 502
    lua_getuservalue(L, at);
#else
    lua_getfenv(L, at);
    if (lua_rawequal(L, -1, LUA_REGISTRYINDEX)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
#endif
}

#endif
