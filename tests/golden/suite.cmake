add_executable(golden tests/golden/golden.cpp)
target_compile_options(golden PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(golden PRIVATE fmt::fmt)
# Hundreds of runs of the program: in the release build, where each takes milliseconds.
if(TARGET tollgate AND NOT TOLLGATE_SANITIZE)
  add_test(NAME golden COMMAND golden $<TARGET_FILE:tollgate> ${CMAKE_SOURCE_DIR}/tests/golden)
  set_tests_properties(golden PROPERTIES TIMEOUT 600)
  add_custom_target(golden-update COMMAND golden --update $<TARGET_FILE:tollgate> ${CMAKE_SOURCE_DIR}/tests/golden DEPENDS golden tollgate)
endif()

add_test(NAME golden_coverage COMMAND ${CMAKE_COMMAND} -D ROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/tests/golden/coverage.cmake)
set_tests_properties(golden_coverage PROPERTIES TIMEOUT 60)
