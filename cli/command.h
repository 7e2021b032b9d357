// A command of `tollgate`: one row in commands.def, one function in cmd_<name>.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tollgate::cli {

// Exit codes, the same for every command.
enum Exit : int {
  kDone = 0,
  kFindings = 1,   // errors in carrier files, failing tests, files that fmt would change
  kUsage = 2,      // the command line is wrong
  kTrouble = 3,    // the world: a file that cannot be read or written, a port in use
  kDefect = 4,     // a mistake of this program, to be reported
};

using Arguments = std::vector<std::string>;

// Commands that run in this program.
#define here(name) int cmd_##name(const Arguments& arguments);
#define node(name)
#define TG_COMMAND(name, arguments, program, sentence) program(name)
#include "cli/commands.def"
#undef TG_COMMAND
#undef here
#undef node

// Compiles the paths among `arguments`, then becomes tollgate-node; returns only if that fails.
int start_node(std::string_view command, const Arguments& arguments);

// "usage: tollgate check …" and what the command does.
std::string usage_of(std::string_view command);
int usage_error(std::string_view command, std::string_view what);
bool colour_wanted(int fd);  // a terminal, and NO_COLOR is not set

}  // namespace tollgate::cli
