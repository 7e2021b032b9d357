// WallAlarm: the Alarm port on a timerfd of the wall clock. Deadlines are wall instants, so a stepped clock must not leave them waiting:
// the kernel reports a step, and the alarm then rings at once, for its owner to look at its timers again.
#pragma once

#include <functional>
#include <memory>

#include "runtime/schedule/clocks.h"
#include "runtime/schedule/loop.h"

namespace tollgate {

class WallAlarm final : public Alarm, private Watcher, private BeforeSleep {
 public:
  // `ring` runs on the loop's thread, never from inside wake_at. The loop must outlive the alarm. `haste` is that of the clock whose instants it is given.
  static Result<std::unique_ptr<WallAlarm>> create(Loop& loop, std::function<void()> ring, Haste haste = {});
  ~WallAlarm();

  // Replaces the instant armed before. An instant in the past rings in the next turn.
  void wake_at(int64_t wall_us) override;

 private:
  WallAlarm(Loop& loop, int fd, std::function<void()> ring, Haste haste);
  void on_ready(int fd, uint32_t events) override;
  int64_t before_sleep(int64_t now_us) override;

  Loop& loop_;
  int fd_;
  std::function<void()> ring_;
  Haste haste_;
  int64_t wanted_us_ = 0, armed_us_ = 0;  // 0: none
};

}  // namespace tollgate
