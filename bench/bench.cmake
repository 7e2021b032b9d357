# Programs that measure; not tests. Build them in Release.
add_executable(bench_store EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/store_bench.cpp)
target_compile_options(bench_store PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(bench_store PRIVATE tg_runtime_store fmt::fmt)
add_executable(bench_front EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/front_bench.cpp)
target_compile_options(bench_front PRIVATE ${TOLLGATE_WARNINGS})
target_link_libraries(bench_front PRIVATE tg_compiler_driver fmt::fmt)
