# Finds the Lua that LUA_VERSION names. Sets RS_LUA_INCLUDE_DIRS, RS_LUA_LIBRARIES,
# RS_LUA_LIBRARY_DIRS, RS_LUA_DIR (the folder's name below lib/lua and share/lua: LuaJIT has
# 5.1's) and RS_LUA_PROGRAM.

if(LUA_VERSION STREQUAL "jit")
  set(RS_LUA_DIR 5.1)
  set(RS_LUA_PROGRAM luajit)
  set(modules "luajit>=2.1")
  set(headers "the headers of LuaJIT 2.1"
    "libluajit-5.1-dev, or libluajit2-5.1-dev beside nginx's Lua module" luajit-devel luajit-dev
    luajit)
elseif(LUA_VERSION MATCHES "^5\\.[1-9]$")
  string(REPLACE "." "" digits "${LUA_VERSION}")
  set(RS_LUA_DIR ${LUA_VERSION})
  set(RS_LUA_PROGRAM lua${LUA_VERSION})
  set(modules lua${LUA_VERSION} lua-${LUA_VERSION} lua${digits} lua)
  set(headers "the headers of Lua ${LUA_VERSION}" liblua${LUA_VERSION}-dev lua-devel
    lua${LUA_VERSION}-dev lua@${LUA_VERSION})
  if(LUA_VERSION STREQUAL "5.1")
    list(REMOVE_AT headers 1)
    list(INSERT headers 1 liblua5.1-0-dev)
  endif()
else()
  message(FATAL_ERROR "LUA_VERSION is 5.4, 5.3, 5.2, 5.1 or jit, not ${LUA_VERSION}")
endif()

# The cache keeps what was found under a name of its own for each version, so that one build
# folder can change from one to another.
string(MAKE_C_IDENTIFIER "RS_LUA_${LUA_VERSION}" found)
pkg_search_module(${found} ${modules})
if(NOT ${found}_FOUND)
  rs_missing(${headers})
endif()
string(FIND "${${found}_VERSION}" "${LUA_VERSION}" place)
if(NOT place EQUAL 0 AND NOT LUA_VERSION STREQUAL "jit") # a plain "lua" may be any
  message(FATAL_ERROR "Lua ${LUA_VERSION} is needed, but ${${found}_VERSION} was found")
endif()
foreach(part INCLUDE_DIRS LIBRARIES LIBRARY_DIRS)
  set(RS_LUA_${part} ${${found}_${part}})
endforeach()
