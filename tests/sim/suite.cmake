# The simulation: the engine against a carrier with its own ledger, under faults from a seed. More seeds: sim --seeds 10000.
add_executable(sim ${CMAKE_SOURCE_DIR}/tests/sim/sim_main.cpp)
target_compile_options(sim PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(sim PRIVATE tg_runtime_engine)
add_test(NAME sim COMMAND sim --seeds 150)
set_tests_properties(sim PROPERTIES TIMEOUT 120)
