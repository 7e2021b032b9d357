#include <fmt/format.h>

#include "cli/command.h"
#include "cli/workspace.h"

namespace tollgate::cli {

int cmd_fmt(const Arguments& arguments) {
  bool check_only = false;
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    if (argument == "--check") check_only = true;
    else if (argument.starts_with("-")) return usage_error("fmt", fmt::format("there is no option `{}`", argument));
    else paths.push_back(argument);
  }
  if (paths.empty()) return usage_error("fmt", "name at least one file or folder");

  Result<std::vector<SourceText>> sources = read_sources(paths);
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate fmt: {}\n", sources.error().message);
    return kTrouble;
  }
  int exit = kDone;
  for (const SourceText& source : sources.value()) {
    Formatted formatted = format_source(source);
    if (!formatted.ok) {  // a file that does not parse is left as it is
      fmt::print(stderr, "{}", formatted.diagnostics);
      exit = kFindings;
      continue;
    }
    if (formatted.text == source.text) continue;
    if (check_only) {
      fmt::print("{} is not in canonical form\n", source.name);
      exit = kFindings;
      continue;
    }
    Status written = write_file(source.name, formatted.text);
    if (!written.ok()) {
      fmt::print(stderr, "tollgate fmt: {}\n", written.error().message);
      return kTrouble;
    }
    fmt::print("{} formatted\n", source.name);
  }
  return exit;
}

}  // namespace tollgate::cli
