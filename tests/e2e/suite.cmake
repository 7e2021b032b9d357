# Whole programs over real sockets: a demonstration, a gateway killed a hundred times, a node given everything that is wrong.
# Only where programs are as they are installed: a sanitizer's pace says nothing, and its shadow memory breaks the bounds.
if(NOT TOLLGATE_SANITIZE AND TARGET tollgate AND TARGET tollgate-node)
  add_executable(node_e2e tests/e2e/node_e2e.cpp)
  target_compile_options(node_e2e PRIVATE ${TOLLGATE_WARNINGS})
  target_link_libraries(node_e2e PRIVATE tg_cli_node OpenSSL::SSL Threads::Threads)

  set(modules ${CMAKE_BINARY_DIR}/e2e_modules)
  add_test(NAME e2e_modules COMMAND tollgate build -o ${modules} ${CMAKE_SOURCE_DIR}/carriers)
  set_tests_properties(e2e_modules PROPERTIES FIXTURES_SETUP e2e_modules)
  # A count that is no count is wrong usage at once, not a run without end.
  add_test(NAME demo_counts COMMAND tollgate demo --charges -1 ${CMAKE_SOURCE_DIR}/carriers)
  set_tests_properties(demo_counts PROPERTIES PASS_REGULAR_EXPRESSION "are whole numbers up to" TIMEOUT 20)
  add_test(NAME full_output COMMAND ${CMAKE_SOURCE_DIR}/tests/e2e/full_output.sh $<TARGET_FILE:tollgate> ${CMAKE_SOURCE_DIR}/carriers ${CMAKE_BINARY_DIR}/full_output)
  add_test(NAME demo COMMAND tollgate demo --charges 200 --speed 30 ${CMAKE_SOURCE_DIR}/carriers)
  # Carriers answer "no such payment" for two minutes before it is proof, links are paced, a restarted node leaves a full window free: most of this test's time would be
  # waiting. With both sides' clock ten times as fast it is the same run, in the same order, with a tenth of the waiting; the kills themselves come at real instants.
  # The carriers whose proofs come within minutes: others wait half an hour for a message that was lost, or for users whom nobody plays.
  set(quick camara.carrier daraja.carrier mtn_momo.carrier parlayx.carrier)
  set(killed ${CMAKE_BINARY_DIR}/kills_modules)
  list(TRANSFORM quick PREPEND ${CMAKE_SOURCE_DIR}/carriers/)
  add_test(NAME kills_modules COMMAND tollgate build -o ${killed} ${quick})
  set_tests_properties(kills_modules PROPERTIES FIXTURES_SETUP kills_modules)
  add_test(NAME kills COMMAND tollgate-node demo --charges 3000 --kill 100 --speed 10 --modules ${killed})
  add_test(NAME node_e2e COMMAND node_e2e ${modules})
  set_tests_properties(kills PROPERTIES FIXTURES_REQUIRED kills_modules)
  set_tests_properties(node_e2e PROPERTIES FIXTURES_REQUIRED e2e_modules)
  set_tests_properties(demo node_e2e PROPERTIES TIMEOUT 300)
  set_tests_properties(kills PROPERTIES TIMEOUT 240 RUN_SERIAL TRUE
    PASS_REGULAR_EXPRESSION "3000 charges, 100 kills, 0 lost, 0 doubled, 0 still open. The ledgers agree."
    FAIL_REGULAR_EXPRESSION "DISAGREES;STILL OPEN")
endif()
