# room(PATH NEEDS <rooms> LIBS <libraries>): one static library per folder, holding every .cpp in it.
# The public name is tg_<path with _ for />. What a room NEEDS is also what its files may include.

include(CheckCXXCompilerFlag)

set(TOLLGATE_WARNINGS -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlaps in std::string that are not there, once it optimises (GCC bug 105329).
  list(APPEND TOLLGATE_WARNINGS -Wno-restrict)
endif()
if(TOLLGATE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
find_program(TOLLGATE_CCACHE ccache)
if(TOLLGATE_CCACHE)
  # Paths count relative to the source, so that every clone of the same text shares what was compiled once.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${TOLLGATE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

# The standard headers that nearly every file names are parsed once for each preset instead of once for each file: almost half of an
# unoptimised build. They add no name that a file may lean on: a file that forgets an #include fails with -DTOLLGATE_PRECOMPILE=OFF.
# Not where the compiler optimises: g++ 12 then forgets that these are the system's headers, and warns of overlaps inside them.
string(COMPARE EQUAL "${CMAKE_BUILD_TYPE}" Debug unoptimised)
option(TOLLGATE_PRECOMPILE "Parse the standard headers once" ${unoptimised})
set(TOLLGATE_COMMON_HEADERS <algorithm> <array> <cstdint> <cstring> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
  <utility> <variant> <vector> <fmt/format.h>)
add_compile_options($<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<BOOL:${TOLLGATE_PRECOMPILE}>>:-fpch-preprocess>)  # for ccache
# precompile(NAME HEADERS <headers> LIBS <libraries> FLAGS <flags>): what targets name in `target_precompile_headers(... REUSE_FROM NAME)`.
function(precompile name)
  cmake_parse_arguments(PCH "" "" "HEADERS;LIBS;FLAGS" ${ARGN})
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp.new "")
  file(COPY_FILE ${CMAKE_BINARY_DIR}/${name}.cpp.new ${CMAKE_BINARY_DIR}/${name}.cpp ONLY_IF_DIFFERENT)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${PCH_LIBS})
  target_compile_options(${name} PRIVATE ${PCH_FLAGS})
  target_precompile_headers(${name} PRIVATE ${PCH_HEADERS})
endfunction()

find_program(TOLLGATE_MOLD mold)
if(TOLLGATE_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

define_property(GLOBAL PROPERTY TOLLGATE_ROOMS BRIEF_DOCS "rooms" FULL_DOCS "every room, in order")

function(room path)
  cmake_parse_arguments(ROOM "" "" "NEEDS;LIBS;SOURCES" ${ARGN})
  string(REPLACE "/" "_" name "tg_${path}")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${path}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")  # a room's main belongs to a program: see programs.cmake
  list(APPEND sources ${ROOM_SOURCES})
  set(deps)
  foreach(need IN LISTS ROOM_NEEDS)
    string(REPLACE "/" "_" dep "tg_${need}")
    list(APPEND deps ${dep})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
    target_compile_options(${name} PRIVATE ${TOLLGATE_WARNINGS})
    if(TOLLGATE_PRECOMPILE)
      target_precompile_headers(${name} REUSE_FROM common_headers)
    endif()
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope}
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/runtime/include>
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/compiler/include>
    $<INSTALL_INTERFACE:include>)
  target_link_libraries(${name} ${scope} ${deps} ${ROOM_LIBS})
  set_property(GLOBAL APPEND PROPERTY TOLLGATE_ROOMS ${path})
  set_property(GLOBAL PROPERTY TOLLGATE_ROOM_${path}_NEEDS ${ROOM_NEEDS})
endfunction()
