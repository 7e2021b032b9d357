#include <fmt/format.h>

#include "cli/node/command.h"
#include "runtime/store/vault.h"

namespace tollgate::cli {

int node_init(const NodeArguments& arguments) {
  if (arguments.words.size() != 1) {
    fmt::print(stderr, "tollgate init: name one file\n");
    return kNodeUsage;
  }
  Status made = KeyVault::make_key(arguments.words[0]);
  if (!made.ok()) {
    fmt::print(stderr, "tollgate init: {}\n", made.error().message);
    return kNodeTrouble;
  }
  fmt::print("{}: a new key; keep a copy apart from the store, for without it the store cannot be read\n", arguments.words[0]);
  return kNodeDone;
}

}  // namespace tollgate::cli
