#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace tollgate::cli {

std::string usage_of(std::string_view command) {
#define TG_COMMAND(name, arguments, program, sentence) \
  if (command == #name) return fmt::format("usage: tollgate {} {}\n\n{}\n", #name, arguments, sentence);
#include "cli/commands.def"
#undef TG_COMMAND
  return "";
}

int usage_error(std::string_view command, std::string_view what) {
  fmt::print(stderr, "tollgate {}: {}\n{}", command, what, usage_of(command));
  return kUsage;
}

bool colour_wanted(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(fd) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace tollgate::cli
