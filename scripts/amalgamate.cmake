# Writes rsnapshots.c and rsnapshots_lua.h: all Lua files of the library in one C file, for
# programs that link librsnapshots-lua5.4.a and find nothing on disk.
#
# usage: cmake -DOUTPUT=FOLDER -P scripts/amalgamate.cmake
cmake_minimum_required(VERSION 3.16)
if(NOT OUTPUT)
  message(FATAL_ERROR "usage: cmake -DOUTPUT=FOLDER -P scripts/amalgamate.cmake")
endif()

get_filename_component(top "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
file(GLOB_RECURSE paths RELATIVE "${top}/lua" "${top}/lua/rsnapshots/*.lua")
list(SORT paths)
set(sources "")
set(modules "")
set(number 0)
foreach(path IN LISTS paths)
  if(NOT path MATCHES "^rsnapshots/cli/") # the command's, which nobody embeds
    string(REGEX REPLACE "(/init)?\\.lua$" "" name "${path}")
    string(REPLACE "/" "." name "${name}")
    # 24 bytes a line
    file(READ "${top}/lua/${path}" bytes HEX)
    string(REGEX REPLACE "(................................................)" "\\1\n" bytes
      "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND sources "static const unsigned char source_${number}[] = {\n${bytes}};\n\n")
    string(APPEND modules
      "    {\"${name}\", \"@${path}\",\n     source_${number}, sizeof source_${number}},\n")
    math(EXPR number "${number} + 1")
  endif()
endforeach()

configure_file("${top}/scripts/amalgamate.c.in" "${OUTPUT}/rsnapshots.c" @ONLY)
configure_file("${top}/scripts/amalgamate.h.in" "${OUTPUT}/rsnapshots_lua.h" @ONLY)
