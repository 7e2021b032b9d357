# Another implementation is the judge: Python's standard library takes apart what our builders wrote, and our matchers what it wrote.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND AND TOLLGATE_UNIT_TESTS)
  add_executable(shape_bodies tests/judge/bodies.cpp)
  target_compile_options(shape_bodies PRIVATE ${TOLLGATE_WARNINGS})
  target_link_libraries(shape_bodies PRIVATE tg_runtime_shapes)
  add_test(NAME shapes_judged COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/judge/judge.py $<TARGET_FILE:shape_bodies>)
  set_tests_properties(shapes_judged PROPERTIES TIMEOUT 120)
endif()

# The schema of SARIF comes through npm; without node or the registry the test says that it was skipped.
find_program(TOLLGATE_NODE node)
if(TOLLGATE_NODE)
  add_test(NAME sarif_judged COMMAND ${TOLLGATE_NODE} ${CMAKE_SOURCE_DIR}/tests/judge/sarif.mjs $<TARGET_FILE:tollgate> ${CMAKE_SOURCE_DIR}
    ${CMAKE_BINARY_DIR}/sarif_judge)
  set_tests_properties(sarif_judged PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endif()
