add_executable(tidy tests/tidy/tidy_test.cpp tests/tidy/named_tests_test.cpp)
target_compile_definitions(tidy PRIVATE TOLLGATE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(tidy PRIVATE catch_main)
add_test(NAME tidy COMMAND tidy)
