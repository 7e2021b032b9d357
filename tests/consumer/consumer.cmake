# Installs the build folder BUILD into FOLDER, then builds this project against what was installed and runs it.
# cmake -DBUILD=… -DFOLDER=… -DCOMPILER=… -P consumer.cmake
file(REMOVE_RECURSE ${FOLDER})
set(prefix ${FOLDER}/installed)
set(node ${FOLDER}/node)
file(MAKE_DIRECTORY ${node}/modules)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " words)
    message(FATAL_ERROR "${words}: ${code}\n${said}")
  endif()
  message(STATUS "${said}")
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${FOLDER}/build -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON)
run(${CMAKE_COMMAND} --build ${FOLDER}/build)

# What was installed must not lead back to where it was built.
file(GLOB_RECURSE exported ${prefix}/*/cmake/tollgate/*.cmake)
foreach(file IN LISTS exported)
  file(READ ${file} text)
  string(FIND "${text}" "${BUILD}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} names the build folder ${BUILD}")
  endif()
endforeach()

run(${FOLDER}/build/compile_text ${node}/modules/acme.tgm)
run(${prefix}/bin/tollgate init ${node}/node.key)
file(WRITE ${node}/node.json [=[{
  "listen": "127.0.0.1:0", "public_url": "http://127.0.0.1:1", "store": "node.db", "key_file": "node.key", "modules": "modules", "log": "error",
  "tenants": [{ "name": "shop", "token_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }],
  "carriers": { "acme": { "settings": { "base": "http://127.0.0.1:1", "key": "k" } } }
}]=])
file(CHMOD ${node}/node.json PERMISSIONS OWNER_READ OWNER_WRITE)
run(${FOLDER}/build/run_node ${node}/node.json)
run(${prefix}/bin/tollgate check ${prefix}/share/tollgate/carriers)
