# rs_missing(WHAT DEBIAN FEDORA ALPINE HOMEBREW): stops, and names the package to install.
function(rs_missing what debian fedora alpine homebrew)
  message(FATAL_ERROR "rsnapshots needs ${what}, which cannot be found. Install\n"
    "  Debian, Ubuntu  ${debian}\n"
    "  Fedora          ${fedora}\n"
    "  Alpine          ${alpine}\n"
    "  Homebrew        ${homebrew}")
endfunction()

find_package(PkgConfig)
if(NOT PKG_CONFIG_FOUND)
  rs_missing(pkg-config pkg-config pkgconf-pkg-config pkgconf pkgconf)
endif()
find_package(CURL)
if(NOT CURL_FOUND)
  rs_missing("libcurl and its headers" libcurl4-openssl-dev libcurl-devel curl-dev curl)
elseif(CURL_VERSION_STRING VERSION_LESS 7.84)
  message(FATAL_ERROR "rsnapshots needs libcurl 7.84 or newer, but found ${CURL_VERSION_STRING}")
endif()
