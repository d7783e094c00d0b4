# Removes what the last `cmake --install` of a build folder wrote, and the folders that are empty
# then. What the Luas below one prefix share stays while another one of them is there.
#
# usage: cmake -DMANIFEST=BUILD/install_manifest.txt -P cmake/uninstall.cmake
if(NOT EXISTS "${MANIFEST}")
  message(FATAL_ERROR "Nothing was installed from here: there is no ${MANIFEST}")
endif()
file(STRINGS "${MANIFEST}" files ENCODING UTF-8)

# The cores of other Luas: lib/lua/5.1/rsnapshots/core.so beside lib/lua/5.4/rsnapshots/core.so
function(find_others result)
  set(others)
  foreach(path ${files})
    if(path MATCHES "^(.*)/lua/[^/]+/rsnapshots/core\\.so$")
      file(GLOB others "$ENV{DESTDIR}${CMAKE_MATCH_1}/lua/*/rsnapshots/core.so")
      list(REMOVE_ITEM others "$ENV{DESTDIR}${path}")
    endif()
  endforeach()
  set(${result} "${others}" PARENT_SCOPE)
endfunction()

function(remove_empty_folders path)
  get_filename_component(folder "${path}" DIRECTORY)
  file(GLOB inside LIST_DIRECTORIES true "${folder}/*" "${folder}/.*")
  if(EXISTS "${folder}" AND NOT inside)
    file(REMOVE_RECURSE "${folder}")
    remove_empty_folders("${folder}")
  endif()
endfunction()

find_others(others)
foreach(path ${files})
  set(own FALSE)
  if(path MATCHES "/lua/[^/]+/rsnapshots/" OR path MATCHES "/bin/rsnapshots[^/]*$"
      OR path MATCHES "/librsnapshots-lua[^/]*\\.a$")
    set(own TRUE)
  endif()
  if(own OR NOT others)
    message(STATUS "Removing: $ENV{DESTDIR}${path}")
    file(REMOVE "$ENV{DESTDIR}${path}")
    remove_empty_folders("$ENV{DESTDIR}${path}")
  endif()
endforeach()
if(others)
  message(STATUS "Kept what is shared with ${others}")
endif()
