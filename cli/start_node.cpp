#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/command.h"
#include "cli/workspace.h"

namespace tollgate::cli {
namespace fs = std::filesystem;

namespace {

// Options of sim and demo that take a value, so that the value is not mistaken for a carrier file.
bool takes_value(const std::string& option) {
  return option == "--listen" || option == "--scenario" || option == "--charges" || option == "--kill" || option == "--port" || option == "--seed" ||
         option == "--speed";
}

// Carrier files among the arguments are compiled here, since tollgate-node has no compiler: it gets the folder of their modules.
Result<std::string> compile_paths(const std::vector<std::string>& paths) {
  Result<std::vector<SourceText>> sources = read_sources(paths);
  if (!sources.ok()) return sources.error();
  Compilation result = compile(std::move(sources).value());
  if (!result.ok()) return Error{"carrier", result.diagnostics(colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal)};
  std::string folder = (fs::temp_directory_path() / "tollgate-modules-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return Error{"file", fmt::format("cannot make a folder for modules: {}", std::strerror(errno))};
  for (const CompiledCarrier& carrier : result.carriers()) {
    Status written = write_file(folder + "/" + carrier.name + ".tgm", carrier.bytes);
    if (!written.ok()) return written.error();
  }
  return folder;
}

}  // namespace

int start_node(std::string_view command, const Arguments& arguments) {
  std::vector<std::string> words = {"tollgate-node", std::string(command)};
  if (command == "run" || command == "init") {
    if (arguments.size() != 1 || arguments[0].starts_with("-")) return usage_error(command, "name one file");
    words.push_back(arguments[0]);
  } else {
    std::vector<std::string> paths;
    size_t plain = command == "replay" ? 2 : 0;   // words that are no carrier files
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (!arguments[i].starts_with("--")) {
        if (plain > 0) words.push_back(arguments[i]), --plain;
        else paths.push_back(arguments[i]);
        continue;
      }
      if (command == "replay" && arguments[i] == "--bytes") {
        words.insert(words.end(), {"--bytes", "shown"});
        continue;
      }
      words.push_back(arguments[i]);
      if (!takes_value(arguments[i])) return usage_error(command, fmt::format("there is no option `{}`", arguments[i]));
      if (i + 1 == arguments.size()) return usage_error(command, fmt::format("`{}` needs a value", arguments[i]));
      words.push_back(arguments[++i]);
    }
    if (plain > 0) return usage_error(command, "name a configuration file and the id of a procedure");
    if (paths.empty() && command != "replay") return usage_error(command, "name at least one carrier file or folder");
    if (!paths.empty()) {
      Result<std::string> modules = compile_paths(paths);
      if (!modules.ok()) {
        fmt::print(stderr, "{}\n", modules.error().message);
        return modules.error().code == "carrier" ? kFindings : kTrouble;
      }
      words.push_back("--made-modules");  // it removes them when it ends
      words.push_back(modules.value());
    }
  }
  std::error_code ec;
  std::string program = (fs::read_symlink("/proc/self/exe", ec).parent_path() / "tollgate-node").string();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  fmt::print(stderr, "tollgate {}: cannot start {}: {}\n", command, program, std::strerror(errno));
  return kTrouble;
}

}  // namespace tollgate::cli
