// The language's own library, written in the language and embedded at build: std.model, std.markets, std.http, std.soap …
#pragma once

#include <span>
#include <string_view>

namespace tollgate {

struct LibraryFile {
  std::string_view name;  // "std/http.carrier", as diagnostics show it
  std::string_view text;
};

// Every file of the library, sorted by name. Lives as long as the program.
std::span<const LibraryFile> library();

}  // namespace tollgate
