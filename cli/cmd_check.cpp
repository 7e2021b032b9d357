#include <fmt/format.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/workspace.h"

namespace tollgate::cli {

int cmd_check(const Arguments& arguments) {
  Rendering rendering = colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal;
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    if (argument == "--json") rendering = Rendering::json;
    else if (argument == "--brief") rendering = Rendering::brief;
    else if (argument.starts_with("-")) return usage_error("check", fmt::format("there is no option `{}`", argument));
    else paths.push_back(argument);
  }
  if (paths.empty()) return usage_error("check", "name at least one file or folder");

  Result<std::vector<SourceText>> sources = read_sources(paths);
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate check: {}\n", sources.error().message);
    return kTrouble;
  }
  size_t files = sources.value().size();
  Compilation result = compile(std::move(sources).value(), Phase::check, today());
  std::string text = result.diagnostics(rendering);
  // Machines read standard output; people see errors on standard error.
  std::fputs(text.c_str(), rendering == Rendering::json ? stdout : stderr);
  if (result.ok() && rendering != Rendering::json) {
    fmt::print("{} file{} checked: no errors\n", files, files == 1 ? "" : "s");
  }
  return exit_of(result);
}

}  // namespace tollgate::cli
