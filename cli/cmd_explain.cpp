#include <fmt/format.h>

#include "cli/command.h"
#include "tollgate/compiler.h"

namespace tollgate::cli {

int cmd_explain(const Arguments& arguments) {
  if (arguments.size() != 1) return usage_error("explain", "name one code, as in `tollgate explain CR0501`");
  std::optional<std::string> page = explain(arguments[0]);
  if (!page) {
    fmt::print(stderr, "tollgate explain: no diagnostic has the code `{}`; codes are CR and four digits\n", arguments[0]);
    return kUsage;
  }
  fmt::print("{}", *page);
  return kDone;
}

}  // namespace tollgate::cli
