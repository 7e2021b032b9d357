# Unit tests mirror the rooms: tests/unit/<room>/*_test.cpp becomes the program unit_<room>, which links that room.
# Catch2's own main is compiled once, without optimisation.

find_package(Catch2 2 REQUIRED)
add_library(catch_main STATIC tests/unit/catch_main.cpp tests/unit/source_dir.cpp)
set_source_files_properties(tests/unit/source_dir.cpp PROPERTIES COMPILE_DEFINITIONS TOLLGATE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_include_directories(catch_main PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_options(catch_main PRIVATE -O0)
target_link_libraries(catch_main PUBLIC Catch2::Catch2)
if(TOLLGATE_PRECOMPILE)
  precompile(test_headers HEADERS ${TOLLGATE_COMMON_HEADERS} <catch2/catch.hpp> LIBS fmt::fmt Catch2::Catch2
    FLAGS -fPIE)  # programs, unlike rooms
endif()

get_property(rooms GLOBAL PROPERTY TOLLGATE_ROOMS)
foreach(path IN LISTS rooms)
  string(REPLACE "/" "_" name "${path}")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${path}/*_test.cpp)
  if(sources AND TOLLGATE_UNIT_TESTS)
    add_executable(unit_${name} ${sources})
    target_compile_options(unit_${name} PRIVATE ${TOLLGATE_WARNINGS})
    target_link_libraries(unit_${name} PRIVATE tg_${name} catch_main)
    if(TOLLGATE_PRECOMPILE)
      target_precompile_headers(unit_${name} REUSE_FROM test_headers)
    endif()
    # A test may need further rooms than the room it tests: their libraries, one a line, in needs.txt beside it.
    if(EXISTS ${CMAKE_SOURCE_DIR}/tests/unit/${path}/needs.txt)
      file(STRINGS ${CMAKE_SOURCE_DIR}/tests/unit/${path}/needs.txt further)
      target_link_libraries(unit_${name} PRIVATE ${further})
    endif()
    add_test(NAME unit_${name} COMMAND unit_${name})
    set_tests_properties(unit_${name} PROPERTIES TIMEOUT 300)
  endif()
endforeach()

# Further suites each bring their own file beside their sources.
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/suite.cmake)
foreach(suite IN LISTS suites)
  include(${suite})
endforeach()
