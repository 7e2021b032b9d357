#include "runtime/schedule/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/schedule/clocks.h"

namespace tollgate {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr int64_t kLongestSleepUs = 60'000'000;

// An event carries the fd and the generation of its watch: a ready event of an fd that was closed and reused in the same turn is dropped.
uint64_t tag_of(int fd, uint32_t generation) { return uint64_t{generation} << 32 | static_cast<uint32_t>(fd); }

}  // namespace

Result<std::unique_ptr<Loop>> Loop::create() {
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return Error{"loop_unavailable", "the system gives no epoll set (too many open files?)"};
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) {
    close(epoll_fd);
    return Error{"loop_unavailable", "the system gives no eventfd (too many open files?)"};
  }
  return std::unique_ptr<Loop>(new Loop(epoll_fd, wake_fd));
}

Loop::Loop(int epoll_fd, int wake_fd) : epoll_fd_(epoll_fd), wake_fd_(wake_fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag_of(wake_fd_, 0);
  TG_CHECK(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) == 0, "the loop cannot watch its own wake-up");
}

Loop::~Loop() {
  close(epoll_fd_);
  close(wake_fd_);
}

void Loop::watch(int fd, uint32_t events, Watcher* watcher) {
  TG_CHECK(fd >= 0 && watcher != nullptr, "watch needs an fd and a watcher");
  if (static_cast<size_t>(fd) >= watches_.size()) watches_.resize(static_cast<size_t>(fd) + 64);
  Watch& watch = watches_[static_cast<size_t>(fd)];
  const bool added = watch.watcher == nullptr;
  if (!added && watch.events == events && watch.watcher == watcher) return;
  if (added) ++watch.generation;
  watch.watcher = watcher;
  watch.events = events;
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag_of(fd, watch.generation);
  TG_CHECK(epoll_ctl(epoll_fd_, added ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0, "epoll refuses an fd: closed while watched?");
}

void Loop::unwatch(int fd) {
  if (fd < 0 || static_cast<size_t>(fd) >= watches_.size()) return;
  Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.watcher == nullptr) return;
  watch.watcher = nullptr;
  epoll_event unused{};
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &unused);
}

void Loop::add(BeforeSleep* hook) { hooks_.push_back(hook); }
void Loop::remove(BeforeSleep* hook) { std::replace(hooks_.begin(), hooks_.end(), hook, static_cast<BeforeSleep*>(nullptr)); }

Loop::TimerId Loop::after(int64_t delay_us, std::function<void()> run) {
  const TimerId id = next_timer_++;
  const int64_t due = now_us() + std::max<int64_t>(delay_us, 0);
  timers_.emplace(std::pair(due, id), std::move(run));
  due_.emplace(id, due);
  return id;
}

void Loop::cancel(TimerId id) {
  const auto found = due_.find(id);
  if (found == due_.end()) return;
  timers_.erase({found->second, id});
  due_.erase(found);
}

void Loop::post(std::function<void()> run) {
  {
    std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(run));
  }
  const uint64_t one = 1;
  // A full counter means that a wake-up is already due.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
}

void Loop::stop() {
  {
    std::lock_guard lock(posted_mutex_);
    stopping_ = true;
  }
  post([] {});
}

void Loop::run() {
  while (true) {
    {
      std::lock_guard lock(posted_mutex_);
      if (stopping_) {
        stopping_ = false;
        return;
      }
    }
    turn(kLongestSleepUs);
  }
}

void Loop::turn(int64_t wait_us) {
  const int64_t hooks_due = run_hooks();
  const int64_t now = now_us();
  int64_t until = std::min(now + std::clamp<int64_t>(wait_us, 0, kLongestSleepUs), hooks_due);
  if (!timers_.empty()) until = std::min(until, timers_.begin()->first.first);
  // Rounded up: waking a fraction too early would spin.
  const int timeout_ms = until <= now ? 0 : static_cast<int>((until - now + 999) / 1000);
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready = epoll_wait(epoll_fd_, events.data(), kEventsPerTurn, timeout_ms);
  for (int i = 0; i < ready; ++i) dispatch(events[static_cast<size_t>(i)].data.u64, events[static_cast<size_t>(i)].events);
  run_timers();
}

int64_t Loop::run_hooks() {
  int64_t due = kNever;
  const int64_t now = now_us();
  for (size_t i = 0; i < hooks_.size(); ++i) {
    if (hooks_[i] != nullptr) due = std::min(due, hooks_[i]->before_sleep(now));
  }
  std::erase(hooks_, nullptr);
  return due;
}

void Loop::run_timers() {
  if (timers_.empty()) return;
  const int64_t now = now_us();
  // A timer armed by a timer waits for the next turn, even with no delay: sockets get their turn between.
  const TimerId newest = next_timer_;
  for (auto first = timers_.begin(); first != timers_.end() && first->first.first <= now && first->first.second < newest;
       first = timers_.begin()) {
    const auto run = std::move(first->second);
    due_.erase(first->first.second);
    timers_.erase(first);
    run();
  }
}

void Loop::run_posted() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof count);
  std::vector<std::function<void()>> runs;
  {
    std::lock_guard lock(posted_mutex_);
    runs.swap(posted_);
  }
  for (const auto& run : runs) run();
}

void Loop::dispatch(uint64_t tag, uint32_t events) {
  const int fd = static_cast<int>(tag & 0xffffffffu);
  if (fd == wake_fd_) return run_posted();
  const Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.watcher == nullptr || watch.generation != static_cast<uint32_t>(tag >> 32)) return;
  watch.watcher->on_ready(fd, events);
}

int64_t Loop::now_us() { return SystemClock().monotonic_us(); }

}  // namespace tollgate
