# Another implementation is the judge: Python's standard library takes apart what our builders wrote, and our matchers what it wrote.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND AND TOLLGATE_UNIT_TESTS)
  add_executable(shape_bodies tests/judge/bodies.cpp)
  target_compile_options(shape_bodies PRIVATE ${TOLLGATE_WARNINGS})
  target_link_libraries(shape_bodies PRIVATE tg_runtime_shapes)
  add_test(NAME shapes_judged COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/judge/judge.py $<TARGET_FILE:shape_bodies>)
  set_tests_properties(shapes_judged PROPERTIES TIMEOUT 120)
endif()
