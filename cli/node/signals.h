// StopSignals: SIGTERM and SIGINT end the loop's run instead of the process.
#pragma once

#include "runtime/schedule/loop.h"

namespace tollgate::cli {

class StopSignals final : private Watcher {
 public:
  explicit StopSignals(Loop& loop);
  ~StopSignals();

 private:
  void on_ready(int fd, uint32_t events) override;
  Loop& loop_;
  int fd_;
};

}  // namespace tollgate::cli
