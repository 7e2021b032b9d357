# What a host gets: the two programs, the public headers, the libraries, and find_package(tollgate) with the targets
# tollgate::compiler (carrier text to modules) and tollgate::runtime (modules to charges). tests/consumer tries both.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(tollgate_compiler INTERFACE)
target_link_libraries(tollgate_compiler INTERFACE tg_compiler_driver)
add_library(tollgate_runtime INTERFACE)
target_link_libraries(tollgate_runtime INTERFACE tg_runtime_api)
set_target_properties(tollgate_compiler PROPERTIES EXPORT_NAME compiler)
set_target_properties(tollgate_runtime PROPERTIES EXPORT_NAME runtime)

get_property(rooms GLOBAL PROPERTY TOLLGATE_ROOMS)
set(room_targets tollgate_compiler tollgate_runtime)
foreach(path IN LISTS rooms)
  if(NOT path MATCHES "^(cli|gateway)")
    string(REPLACE "/" "_" name "tg_${path}")
    list(APPEND room_targets ${name})
  endif()
endforeach()

install(TARGETS ${room_targets} EXPORT tollgateTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/tollgate)
install(EXPORT tollgateTargets NAMESPACE tollgate:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tollgate)
install(DIRECTORY compiler/include/tollgate runtime/include/tollgate DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY carriers DESTINATION ${CMAKE_INSTALL_DATADIR}/tollgate FILES_MATCHING PATTERN "*.carrier")
foreach(program tollgate tollgate-node)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

configure_package_config_file(cmake/tollgate-config.cmake.in ${CMAKE_BINARY_DIR}/tollgate-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tollgate)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tollgate-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/tollgate-config.cmake ${CMAKE_BINARY_DIR}/tollgate-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tollgate)
