# What is installed, and where below the prefix (README.md, "Install").
#
# Several Luas can share a prefix. Each has its modules in a folder and its command under a name
# of its own, as lib/lua/5.1 and bin/rsnapshots-5.1; the rest is the same for all of them.

# Debian's are lib/x86_64-linux-gnu.
set(RS_LIBDIR lib CACHE STRING "Folder below the prefix for libraries")
set(RS_LUA_LIBDIR ${RS_LIBDIR}/lua/${RS_LUA_DIR})
set(RS_LUA_SHAREDIR share/lua/${RS_LUA_DIR})

install(TARGETS core terminal LIBRARY DESTINATION ${RS_LUA_LIBDIR}/rsnapshots)
install(DIRECTORY lua/rsnapshots DESTINATION ${RS_LUA_SHAREDIR} FILES_MATCHING PATTERN "*.lua")

# ------------------------------------------------------------------ the command

# It runs on the Lua that it was installed for.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS bin/rsnapshots)
file(READ bin/rsnapshots command)
string(REPLACE "env lua5.4" "env ${RS_LUA_PROGRAM}" command "${command}")
string(REPLACE "share/lua/5.4" "${RS_LUA_SHAREDIR}" command "${command}")
string(REPLACE "lib/lua/5.4" "${RS_LUA_LIBDIR}" command "${command}")
file(WRITE ${CMAKE_BINARY_DIR}/bin/rsnapshots "${command}")
install(PROGRAMS ${CMAKE_BINARY_DIR}/bin/rsnapshots DESTINATION bin
  RENAME rsnapshots-${LUA_VERSION})
# The plain name belongs to the Lua that was installed first.
set(RS_COMMAND_LINE "#!/usr/bin/env ${RS_LUA_PROGRAM}")
configure_file(cmake/install_command.cmake.in ${CMAKE_BINARY_DIR}/install_command.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/install_command.cmake)

install(FILES share/man/rsnapshots.1 DESTINATION share/man/man1)
install(FILES share/completions/rsnapshots.bash RENAME rsnapshots
  DESTINATION share/bash-completion/completions)
install(FILES share/completions/_rsnapshots DESTINATION share/zsh/site-functions)
install(FILES share/completions/rsnapshots.fish DESTINATION share/fish/vendor_completions.d)

# ---------------------------------------------------------------- the C library

install(TARGETS rsnapshots EXPORT rsnapshots ARCHIVE DESTINATION ${RS_LIBDIR}
  INCLUDES DESTINATION include)
install(TARGETS rsnapshots_lua ARCHIVE DESTINATION ${RS_LIBDIR})
install(FILES csrc/rsnapshots.h DESTINATION include)
# libcurl's own libraries are not asked for: it is linked as the shared library that it is.
set(RS_PC_LIBS ${CMAKE_DL_LIBS})
list(TRANSFORM RS_PC_LIBS PREPEND -l)
file(RELATIVE_PATH RS_PC_PREFIX /${RS_LIBDIR}/pkgconfig /)
configure_file(scripts/rsnapshots.pc.in rsnapshots.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/rsnapshots.pc DESTINATION ${RS_LIBDIR}/pkgconfig)
install(EXPORT rsnapshots NAMESPACE rsnapshots:: FILE rsnapshotsTargets.cmake
  DESTINATION ${RS_LIBDIR}/cmake/rsnapshots)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/rsnapshotsConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/rsnapshotsConfig.cmake ${CMAKE_BINARY_DIR}/rsnapshotsConfigVersion.cmake
  DESTINATION ${RS_LIBDIR}/cmake/rsnapshots)

# ---------------------------------------------------------------- for people

install(DIRECTORY library DESTINATION share/rsnapshots)
install(FILES LICENSE README.md CHANGELOG.md SECURITY.md DESTINATION share/doc/rsnapshots)
install(DIRECTORY docs DESTINATION share/doc/rsnapshots FILES_MATCHING
  PATTERN "*.md" PATTERN site EXCLUDE)
install(DIRECTORY examples DESTINATION share/doc/rsnapshots)

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
    -P ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake
  COMMENT "Removing what was installed last"
  VERBATIM)
