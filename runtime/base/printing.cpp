#include "runtime/base/printing.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace tollgate {
namespace {

// Not by fmt: it throws where it cannot write, and standard error may be as full as standard output.
int unwritten(std::string_view program, int why, int trouble) {
  if (why == EPIPE) return trouble;
  std::string line(program);
  line.append(": standard output cannot be written").append(why == 0 ? "" : std::string(": ") + std::strerror(why)).append("\n");
  std::fputs(line.c_str(), stderr);
  return trouble;
}

}  // namespace

int finish_printing(std::string_view program, int code, int trouble) {
  errno = 0;
  const bool failed = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !failed) return code;
  return unwritten(program, errno, trouble);
}

int failed_printing(std::string_view program, const std::system_error& why, int trouble) {
  if (std::ferror(stdout) != 0 || std::ferror(stderr) != 0) return unwritten(program, why.code().value(), trouble);
  std::string line(program);
  line.append(": ").append(why.what()).append("\n");
  std::fputs(line.c_str(), stderr);
  return trouble;
}

}  // namespace tollgate
