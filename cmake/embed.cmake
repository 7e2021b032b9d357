# embed_library(OUT FILES…): writes a .cpp that holds the library's files as text, so that the compiler needs no files at run time.
# Run as a script at build time: cmake -DOUT=… -DFOLDER=… -P embed.cmake
file(GLOB files ${FOLDER}/*.carrier)
list(SORT files)
set(body "// Made at build from the library's .carrier files.\n#include \"stdlib/stdlib.h\"\n\nnamespace tollgate {\nnamespace {\n")
set(rows "")
set(n 0)
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
  # Literals are cut so that no compiler limit is met; adjacent literals are one.
  string(REGEX REPLACE "(................................................................................................................................)" "\\1\"\n    \"" text "${text}")
  string(APPEND body "constexpr char kFile${n}[] =\n    \"${text}\";\n")
  string(APPEND rows "    {\"std/${name}\", {kFile${n}, sizeof(kFile${n}) - 1}},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND body "constexpr LibraryFile kLibrary[] = {\n${rows}};\n}  // namespace\n\nstd::span<const LibraryFile> library() { return kLibrary; }\n\n}  // namespace tollgate\n")
file(WRITE ${OUT} "${body}")
