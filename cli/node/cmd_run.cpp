#include <fmt/format.h>

#include <cstdio>

#include "cli/node/command.h"
#include "runtime/api/node.h"

namespace tollgate::cli {

int node_run(const NodeArguments& arguments) {
  if (arguments.words.size() != 1) {
    fmt::print(stderr, "tollgate run: name one configuration file\n");
    return kNodeUsage;
  }
  auto fail = [](const Error& error) {
    fmt::print(stderr, "tollgate run: {}\n", error.message);
    return kNodeTrouble;
  };
  auto config = load_config(arguments.words[0]);
  if (!config.ok()) return fail(config.error());
  auto node = Node::start(std::move(config).value());
  if (!node.ok()) return fail(node.error());
  fmt::print("{}\n", node.value()->ready_line());  // whoever started us waits for this line
  std::fflush(stdout);
  if (node.value()->run()) return kNodeDone;
  fmt::print(stderr, "tollgate run: stopped with exchanges in flight; the next start finds them in doubt and asks\n");
  return kNodeTrouble;
}

}  // namespace tollgate::cli
