#include "terminal/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

/*** The terminal, signals, checked output and locks, for the command.
@module rsnapshots.terminal
*/

/*** Is a descriptor a terminal?
@function isatty
@int fd
@treturn boolean
*/
static int terminal_isatty(lua_State *L) {
    lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
    return 1;
}

/*** A terminal's size.
@function size
@int fd
@treturn int columns; nil if it is not a terminal, or its size is unknown
@treturn int rows
*/
static int terminal_size(lua_State *L) {
    struct winsize size = {0};
    int fd = (int)luaL_checkinteger(L, 1);
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        lua_pushnil(L);
        return 1;
    }
    rs_push_integer(L, size.ws_col);
    rs_push_integer(L, size.ws_row);
    return 2;
}

/*** How many columns a text (UTF-8) takes on a terminal, whatever the locale.
@function width
@string text
@treturn int
*/
static int terminal_width(lua_State *L) {
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    rs_push_integer(L, rs_width(text, size));
    return 1;
}

/*** The longest beginning of a text that fits into this many columns.
@function prefix
@string text
@int columns
@treturn string
*/
static int terminal_prefix(lua_State *L) {
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer columns = luaL_checkinteger(L, 2);
    luaL_argcheck(L, columns >= 0, 2, "must not be negative");
    lua_pushlstring(L, text, rs_width_prefix(text, size, (size_t)columns));
    return 1;
}

#define RS_EXPORT __attribute__((visibility("default")))

RS_EXPORT int luaopen_rsnapshots_terminal(lua_State *L);

RS_EXPORT int luaopen_rsnapshots_terminal(lua_State *L) {
    static const luaL_Reg functions[] = {{"isatty", terminal_isatty},
                                         {"size", terminal_size},
                                         {"width", terminal_width},
                                         {"prefix", terminal_prefix},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    rs_open_files(L);
    rs_open_lock(L);
    rs_open_signals(L);
    return 1;
}
