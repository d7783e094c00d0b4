# find_package(rsnapshots) gives rsnapshots::rsnapshots: the static library and rsnapshots.h.
include(CMakeFindDependencyMacro)
find_dependency(CURL)
include("${CMAKE_CURRENT_LIST_DIR}/rsnapshotsTargets.cmake")
