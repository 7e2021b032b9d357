# Tests of a compiler phase start from text, so they link the phases before it.
if(TARGET unit_compiler_resolve)
  target_link_libraries(unit_compiler_resolve PRIVATE tg_compiler_parse tg_stdlib)
endif()
if(TARGET unit_compiler_check)
  target_link_libraries(unit_compiler_check PRIVATE tg_compiler_resolve tg_compiler_parse tg_stdlib)
endif()
