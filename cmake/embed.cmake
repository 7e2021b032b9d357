# Writes a .cpp that holds text files, so that the program needs none at run time: the language's library, the pages of diagnostics.
# Run as a script at build time:
#   cmake -DOUT=… -DFOLDER=… -DPATTERN=*.carrier -DHEADER=stdlib/stdlib.h -DTYPE=LibraryFile -DFUNCTION=library -DPREFIX=std/ -P embed.cmake
# HEADER declares `std::span<const TYPE> FUNCTION()`; a TYPE is a name (PREFIX and the file's) and a text.
file(GLOB files ${FOLDER}/${PATTERN})
list(SORT files)
set(body "// Made at build from ${PATTERN} files.\n#include \"${HEADER}\"\n\nnamespace tollgate {\nnamespace {\n")
set(rows "")
set(n 0)
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
  # Literals are cut so that no compiler limit is met; adjacent literals are one.
  string(REGEX REPLACE "(................................................................................................................................)" "\\1\"\n    \"" text "${text}")
  string(APPEND body "constexpr char kFile${n}[] =\n    \"${text}\";\n")
  string(APPEND rows "    {\"${PREFIX}${name}\", {kFile${n}, sizeof(kFile${n}) - 1}},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND body "constexpr ${TYPE} kFiles[] = {\n${rows}};\n}  // namespace\n\nstd::span<const ${TYPE}> ${FUNCTION}() { return kFiles; }\n\n}  // namespace tollgate\n")
file(WRITE ${OUT} "${body}")
