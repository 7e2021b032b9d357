// tollgate: check, build, test, format and explain carrier files; run, simulate and demonstrate them through tollgate-node.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "runtime/base/printing.h"

namespace {

using tollgate::cli::Arguments;

struct Row {
  std::string_view name;
  int (*run)(const Arguments&);  // null: in tollgate-node
};

constexpr Row kCommands[] = {
#define here(name) {#name, tollgate::cli::cmd_##name},
#define node(name) {#name, nullptr},
#define TG_COMMAND(name, arguments, program, sentence) program(name)
#include "cli/commands.def"
#undef TG_COMMAND
#undef here
#undef node
};

void print_help(std::FILE* out) {
  fmt::print(out, "tollgate {}: carriers, described once and charged exactly once\n\nusage: tollgate COMMAND …\n\n", TOLLGATE_VERSION);
#define TG_COMMAND(name, arguments, program, sentence) fmt::print(out, "  {:<8} {}\n", #name, sentence);
#include "cli/commands.def"
#undef TG_COMMAND
  fmt::print(out, "\n`tollgate COMMAND --help` says more. Exit codes: 0 done, 1 findings (errors in carrier files, failing tests), 2 wrong usage,\n"
                  "3 trouble with files or the network, 4 a defect of this program.\n");
}

int run(int argc, char** argv) {
  if (argc < 2) {
    print_help(stderr);
    return tollgate::cli::kUsage;
  }
  std::string_view command = argv[1];
  if (command == "--help" || command == "-h" || command == "help") {
    print_help(stdout);
    return tollgate::cli::kDone;
  }
  if (command == "--version") {
    fmt::print("tollgate {}\n", TOLLGATE_VERSION);
    return tollgate::cli::kDone;
  }
  Arguments arguments(argv + 2, argv + argc);
  for (const Row& row : kCommands) {
    if (row.name != command) continue;
    for (const std::string& argument : arguments) {
      if (argument == "--help" || argument == "-h") {
        fmt::print("{}", tollgate::cli::usage_of(command));
        return tollgate::cli::kDone;
      }
    }
    return row.run != nullptr ? row.run(arguments) : tollgate::cli::start_node(command, arguments);
  }
  fmt::print(stderr, "tollgate: there is no command `{}`; `tollgate --help` lists them\n", command);
  return tollgate::cli::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string_view command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
  return tollgate::printing(command.empty() ? "tollgate" : "tollgate " + std::string(command), tollgate::cli::kTrouble, [&] { return run(argc, argv); });
}
