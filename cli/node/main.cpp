// tollgate-node: what meets the world. Started by `tollgate run`, `sim` and `demo`.
#include <fmt/format.h>
#include <malloc.h>

#include <csignal>
#include <string>

#include "cli/node/command.h"
#include "runtime/base/printing.h"

namespace {

using namespace tollgate::cli;

int run(int argc, char** argv) {
  NodeArguments arguments;
  for (int i = 2; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.starts_with("--")) {
      arguments.words.push_back(word);
    } else if (i + 1 < argc) {
      arguments.options[word.substr(2)] = argv[++i];
    } else {
      fmt::print(stderr, "tollgate-node: `{}` needs a value\n", word);
      return kNodeUsage;
    }
  }
  std::string command = argc > 1 ? argv[1] : "";
  if (command == "init") return node_init(arguments);
  if (command == "run") return node_run(arguments);
  if (command == "replay") return node_replay(arguments);
  if (command == "sim") return node_sim(arguments);
  if (command == "demo") return node_demo(arguments);
  if (command == "bench") return node_bench(arguments);
  if (command == "openapi") return node_openapi(arguments);
  fmt::print(stderr, "tollgate-node is started by `tollgate run`, `replay`, `sim` and `demo`; `tollgate --help` says more\n");
  return kNodeUsage;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  // What one charge frees the next one takes: giving memory back to the system in between costs page faults. Bounded by what is in flight.
  mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  return tollgate::printing("tollgate " + std::string(argc > 1 ? argv[1] : ""), kNodeTrouble, [&] { return run(argc, argv); });
}
