#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "cli/command.h"
#include "cli/workspace.h"

namespace tollgate::cli {

int cmd_build(const Arguments& arguments) {
  std::string folder = ".";
  std::vector<std::string> paths;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "-o") {
      if (i + 1 == arguments.size()) return usage_error("build", "`-o` needs a folder");
      folder = arguments[++i];
    } else if (arguments[i].starts_with("-")) {
      return usage_error("build", fmt::format("there is no option `{}`", arguments[i]));
    } else {
      paths.push_back(arguments[i]);
    }
  }
  if (paths.empty()) return usage_error("build", "name at least one file or folder");

  Result<std::vector<SourceText>> sources = read_sources(paths);
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate build: {}\n", sources.error().message);
    return kTrouble;
  }
  Compilation result = compile(std::move(sources).value(), Phase::lower, today());
  std::string text = result.diagnostics(colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal);
  std::fputs(text.c_str(), stderr);
  if (!result.ok()) return exit_of(result);

  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  for (const CompiledCarrier& carrier : result.carriers()) {
    std::string path = (std::filesystem::path(folder) / (carrier.name + ".tgm")).string();
    Status written = write_file(path, carrier.bytes);
    if (!written.ok()) {
      fmt::print(stderr, "tollgate build: {}\n", written.error().message);
      return kTrouble;
    }
    fmt::print("{}  {}  {} bytes{}\n", carrier.hash, path, carrier.bytes.size(), carrier.version.empty() ? "" : "  version " + carrier.version);
  }
  return kDone;
}

}  // namespace tollgate::cli
