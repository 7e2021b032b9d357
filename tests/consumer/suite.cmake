# A host project against an installed Tollgate: find_package, the public headers, the libraries. Only of builds that are installed.
if(NOT TOLLGATE_SANITIZE AND TARGET tollgate AND TARGET tollgate-node)
  add_test(NAME consumer COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_BINARY_DIR} -DFOLDER=${CMAKE_BINARY_DIR}/consumer -DCOMPILER=${CMAKE_CXX_COMPILER}
    -P ${CMAKE_SOURCE_DIR}/tests/consumer/consumer.cmake)
  set_tests_properties(consumer PROPERTIES TIMEOUT 300)
endif()
