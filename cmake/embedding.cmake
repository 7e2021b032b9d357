# embed(NAME FOLDER PATTERN HEADER TYPE FUNCTION PREFIX): NAME becomes a generated source that holds the files of FOLDER; see embed.cmake.
function(embed name folder pattern header type function prefix)
  get_filename_component(root ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/.. ABSOLUTE)
  file(GLOB files CONFIGURE_DEPENDS ${root}/${folder}/${pattern})
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/${name}
    COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_BINARY_DIR}/${name} -DFOLDER=${root}/${folder} -DPATTERN=${pattern} -DHEADER=${header} -DTYPE=${type}
      -DFUNCTION=${function} -DPREFIX=${prefix} -P ${root}/cmake/embed.cmake
    DEPENDS ${files} ${root}/cmake/embed.cmake VERBATIM)
endfunction()
