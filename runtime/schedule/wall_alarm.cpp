#include "runtime/schedule/wall_alarm.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

namespace tollgate {

Result<std::unique_ptr<WallAlarm>> WallAlarm::create(Loop& loop, std::function<void()> ring, Haste haste) {
  const int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd < 0) return Error{"alarm_unavailable", "the system gives no timerfd (too many open files?)"};
  return std::unique_ptr<WallAlarm>(new WallAlarm(loop, fd, std::move(ring), haste));
}

WallAlarm::WallAlarm(Loop& loop, int fd, std::function<void()> ring, Haste haste) : loop_(loop), fd_(fd), ring_(std::move(ring)), haste_(haste) {
  loop_.watch(fd_, EPOLLIN, this);
  loop_.add(this);
}

WallAlarm::~WallAlarm() {
  loop_.remove(this);
  loop_.unwatch(fd_);
  close(fd_);
}

void WallAlarm::wake_at(int64_t wall_us) { wanted_us_ = std::max<int64_t>(haste_.system_us(wall_us), 1); }

// The engine moves its alarm with every procedure; the kernel hears of it once a turn, and only if it changed.
int64_t WallAlarm::before_sleep(int64_t) {
  if (wanted_us_ == armed_us_) return kNever;
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(wanted_us_ / 1'000'000);
  when.it_value.tv_nsec = static_cast<long>(wanted_us_ % 1'000'000) * 1000;
  TG_CHECK(timerfd_settime(fd_, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, nullptr) == 0, "timerfd refuses an instant");
  armed_us_ = wanted_us_;
  return kNever;
}

void WallAlarm::on_ready(int, uint32_t) {
  uint64_t expirations = 0;
  // ECANCELED (the clock was stepped) counts as a ring; the timer stays armed, so it is armed anew from what the owner says now.
  [[maybe_unused]] const ssize_t got = read(fd_, &expirations, sizeof expirations);
  armed_us_ = 0;
  wanted_us_ = 0;
  ring_();
}

}  // namespace tollgate
