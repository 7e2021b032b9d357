#include <fmt/format.h>

#include <fstream>

#include "cli/node/command.h"
#include "runtime/api/routes.h"

namespace tollgate::cli {

int node_openapi(const NodeArguments& arguments) {
  if (arguments.words.size() != 1) {
    fmt::print(stderr, "tollgate-node openapi: name one file to write\n");
    return kNodeUsage;
  }
  std::ofstream out(arguments.words[0], std::ios::binary | std::ios::trunc);
  out << openapi_json();
  return out.flush() ? kNodeDone : kNodeTrouble;
}

}  // namespace tollgate::cli
