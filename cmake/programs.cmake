# The two programs. `tollgate` is what authors and CI run: it loads no network, no database. `tollgate-node` is what runs and simulates;
# `tollgate run`, `sim` and `demo` start it, so a user types one command.

function(program name folder room)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
    add_executable(${name} ${folder}/main.cpp)
    target_compile_options(${name} PRIVATE ${TOLLGATE_WARNINGS})
    target_compile_definitions(${name} PRIVATE TOLLGATE_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${name} PRIVATE ${room})
  endif()
endfunction()

program(tollgate cli tg_cli)
program(tollgate-node cli/node tg_cli_node)
