// Loop: one epoll set and one thread. Everything that meets the world (carriers' sockets, callers' sockets, the store's wake-up, timers,
// signals) waits here, so nothing in the engine needs a lock.
//
//   auto loop = std::move(Loop::create()).value();
//   loop->watch(fd, EPOLLIN, &watcher);                // watcher.on_ready(fd, events) when readable
//   loop->after(5'000'000, [] { … });                  // once, in five seconds
//   loop->run();                                       // until stop()
//
// All calls come from the loop's thread, except `stop` and `post`, which may come from any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// Told when a watched fd is ready. Level-triggered: told again while it stays ready. It may unwatch or close anything, itself too.
class Watcher {
 public:
  virtual void on_ready(int fd, uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

constexpr int64_t kNever = INT64_MAX;

// Called before the loop sleeps: the place to send what a turn has gathered. Returns the monotonic instant at which it wants to be called
// next at the latest: kNever if only events matter, `now_us` or earlier to be called again at once.
class BeforeSleep {
 public:
  virtual int64_t before_sleep(int64_t now_us) = 0;

 protected:
  ~BeforeSleep() = default;
};

class Loop {
 public:
  using TimerId = uint64_t;

  // Fails only if the system has no room for another epoll set.
  static Result<std::unique_ptr<Loop>> create();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Watches `fd` for `events` (EPOLLIN | EPOLLOUT …), or changes what it is watched for. The fd stays the caller's, who unwatches it before
  // closing it. The watcher must live until then.
  void watch(int fd, uint32_t events, Watcher* watcher);
  void unwatch(int fd);

  void add(BeforeSleep* hook);
  void remove(BeforeSleep* hook);

  // Runs `run` once, `delay_us` from now. A cancelled or finished id may be cancelled again.
  TimerId after(int64_t delay_us, std::function<void()> run);
  void cancel(TimerId id);

  // From any thread: runs `run` on the loop's thread, soon.
  void post(std::function<void()> run);
  // From any thread: `run` returns after the present turn.
  void stop();

  void run();
  // One turn: hooks, sleep of at most `wait_us`, events, timers. For tests, and for a host with a loop of its own.
  void turn(int64_t wait_us);

  int64_t now_us();  // monotonic

 private:
  struct Watch { Watcher* watcher = nullptr; uint32_t events = 0; uint32_t generation = 0; };

  Loop(int epoll_fd, int wake_fd);
  int64_t run_hooks();
  void run_timers();
  void run_posted();
  void dispatch(uint64_t tag, uint32_t events);

  int epoll_fd_, wake_fd_;
  std::vector<Watch> watches_;  // by fd
  std::vector<BeforeSleep*> hooks_;
  std::map<std::pair<int64_t, TimerId>, std::function<void()>> timers_;
  std::map<TimerId, int64_t> due_;
  TimerId next_timer_ = 1;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  bool stopping_ = false;  // under posted_mutex_
};

}  // namespace tollgate
