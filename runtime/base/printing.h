// Printing: what a command prints is its work. If it cannot be written (a full disk, a reader that has gone), the command has not done it and says so.
#pragma once

#include <string_view>
#include <system_error>

namespace tollgate {

// Writes out what was printed. `code`, or `trouble` with one line on standard error if standard output took less than it was given.
int finish_printing(std::string_view program, int code, int trouble);
// For an exception of a print, or of the system: one line, and `trouble`.
int failed_printing(std::string_view program, const std::system_error& why, int trouble);

// Runs a command. Its exit code, or `trouble` if what it printed did not arrive. A reader that has had enough (`| head`) gets no line.
template <class Run>
int printing(std::string_view program, int trouble, Run run) {
  try {
    return finish_printing(program, run(), trouble);
  } catch (const std::system_error& why) {
    return failed_printing(program, why, trouble);
  }
}

}  // namespace tollgate
