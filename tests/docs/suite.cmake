add_executable(docs_blocks tests/docs/docs.cpp)
target_compile_options(docs_blocks PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(docs_blocks PRIVATE fmt::fmt)
# Hundreds of runs of the program: in the release build, where each takes milliseconds.
if(TARGET tollgate AND NOT TOLLGATE_SANITIZE)
  add_test(NAME docs COMMAND docs_blocks $<TARGET_FILE_DIR:tollgate> ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/docs)
  set_tests_properties(docs PROPERTIES TIMEOUT 600)
  # Generated pages are made again and compared, byte for byte.
  add_test(NAME docs_reference COMMAND ${CMAKE_COMMAND} -DTOLLGATE=$<TARGET_FILE:tollgate> -DPAGES=${CMAKE_SOURCE_DIR}/docs/reference
    -DMADE=${CMAKE_BINARY_DIR}/docs_reference -P ${CMAKE_SOURCE_DIR}/tests/docs/compare.cmake)
  add_custom_target(docs-update COMMAND tollgate doc ${CMAKE_SOURCE_DIR}/docs/reference COMMAND tollgate-node openapi ${CMAKE_SOURCE_DIR}/docs/reference/openapi.json
    DEPENDS tollgate tollgate-node)
  add_test(NAME carriers_format COMMAND tollgate fmt --check ${CMAKE_SOURCE_DIR}/carriers ${CMAKE_SOURCE_DIR}/stdlib)
endif()
# Every diagnostic has a page, and both samples of each page are compiled.
add_executable(docs_pages tests/docs/pages.cpp)
target_compile_options(docs_pages PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(docs_pages PRIVATE tg_compiler_driver)
add_test(NAME docs_pages COMMAND docs_pages ${CMAKE_SOURCE_DIR}/docs/reference/diagnostics)
set_tests_properties(docs_pages PROPERTIES TIMEOUT 300)
if(TARGET tollgate)
  add_test(NAME carriers_check COMMAND tollgate check ${CMAKE_SOURCE_DIR}/carriers)
  add_test(NAME carriers_test COMMAND tollgate test ${CMAKE_SOURCE_DIR}/carriers)
endif()
