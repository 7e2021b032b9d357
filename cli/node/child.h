// Child: a process of the demonstration: started, watched for one line, stopped or killed by its own id.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace tollgate::cli {

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept : pid_(other.pid_), out_(other.out_) { other.pid_ = 0, other.out_ = -1; }
  Child& operator=(Child&& other) noexcept;
  ~Child();  // kills what still runs

  // Starts this very program with other words; its standard error goes to `log`.
  static Result<Child> start(std::vector<std::string> words, const std::string& log);

  // The first line that begins with `prefix`, without it; an Error after `timeout_ms` or when the process ends first.
  Result<std::string> wait_for_line(const std::string& prefix, int timeout_ms);
  void kill_now();             // SIGKILL, and waits
  int stop(int timeout_ms);    // SIGTERM, and waits; -1 if it had to be killed
  bool running();
  pid_t pid() const { return pid_; }
  long peak_kib() const;       // largest resident size so far; 0 if unknown

 private:
  pid_t pid_ = 0;
  int out_ = -1;
};

}  // namespace tollgate::cli
