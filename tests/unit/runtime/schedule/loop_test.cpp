// Breaks if the loop loses an event, gives a stale one to a reused fd, fires a timer early or twice, or sleeps through a stop.
#include "runtime/schedule/loop.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <thread>

#include "runtime/schedule/clocks.h"
#include "runtime/schedule/wall_alarm.h"

using namespace tollgate;

namespace {

struct Calls : Watcher {
  std::function<void(int, uint32_t)> run;
  int count = 0;
  void on_ready(int fd, uint32_t events) override {
    ++count;
    if (run) run(fd, events);
  }
};

struct Pipe {
  int out = -1, in = -1;
  Pipe() {
    int fds[2];
    REQUIRE(pipe2(fds, O_NONBLOCK | O_CLOEXEC) == 0);
    out = fds[0];
    in = fds[1];
  }
  ~Pipe() {
    close(out);
    close(in);
  }
  void put() const { REQUIRE(write(in, "x", 1) == 1); }
};

std::unique_ptr<Loop> make_loop() {
  auto loop = Loop::create();
  REQUIRE(loop.ok());
  return std::move(loop).value();
}

}  // namespace

TEST_CASE("a watched fd is reported until it is read, and not after unwatch") {
  auto loop = make_loop();
  Pipe pipe;
  Calls calls;
  loop->watch(pipe.out, EPOLLIN, &calls);
  loop->turn(0);
  CHECK(calls.count == 0);
  pipe.put();
  loop->turn(0);
  loop->turn(0);
  CHECK(calls.count == 2);
  loop->unwatch(pipe.out);
  loop->turn(0);
  CHECK(calls.count == 2);
}

TEST_CASE("an event of an fd that was replaced in the same turn is dropped") {
  auto loop = make_loop();
  Pipe a, b;
  a.put();
  b.put();
  Calls first, second, replacement;
  // Whichever runs first takes the other's fd away and watches it anew for another purpose.
  first.run = [&](int, uint32_t) {
    loop->unwatch(b.out);
    loop->watch(b.out, EPOLLOUT, &replacement);
  };
  second.run = [&](int, uint32_t) {
    loop->unwatch(a.out);
    loop->watch(a.out, EPOLLOUT, &replacement);
  };
  loop->watch(a.out, EPOLLIN, &first);
  loop->watch(b.out, EPOLLIN, &second);
  loop->turn(0);
  CHECK(first.count + second.count == 1);
  CHECK(replacement.count == 0);
}

TEST_CASE("timers run in order of their instants, once, and not when cancelled") {
  auto loop = make_loop();
  std::string order;
  loop->after(20'000, [&] { order += 'b'; });
  loop->after(5'000, [&] { order += 'a'; });
  const auto cancelled = loop->after(10'000, [&] { order += 'x'; });
  loop->cancel(cancelled);
  loop->cancel(cancelled);
  const int64_t start = loop->now_us();
  while (order.size() < 2 && loop->now_us() - start < 2'000'000) loop->turn(100'000);
  CHECK(order == "ab");
  CHECK(loop->now_us() - start >= 20'000);
}

TEST_CASE("a timer that arms a timer without delay does not starve sockets") {
  auto loop = make_loop();
  Pipe pipe;
  Calls calls;
  pipe.put();
  loop->watch(pipe.out, EPOLLIN, &calls);
  int rounds = 0;
  std::function<void()> again = [&] {
    ++rounds;
    loop->after(0, again);
  };
  loop->after(0, again);
  for (int i = 0; i < 5; ++i) loop->turn(0);
  CHECK(rounds <= 5);
  CHECK(calls.count == 5);
}

TEST_CASE("stop and post reach a sleeping loop from another thread") {
  auto loop = make_loop();
  std::thread::id ran_on;
  std::thread other([&] {
    loop->post([&] { ran_on = std::this_thread::get_id(); });
    loop->stop();
  });
  loop->run();
  other.join();
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("a hook that asks to be called again at once keeps the loop from sleeping") {
  struct Hook : BeforeSleep {
    int left = 3;
    int64_t before_sleep(int64_t now_us) override { return --left > 0 ? now_us : kNever; }
  } hook;
  auto loop = make_loop();
  loop->add(&hook);
  const int64_t start = loop->now_us();
  loop->turn(10'000'000);
  loop->turn(10'000'000);
  CHECK(loop->now_us() - start < 5'000'000);
  CHECK(hook.left == 1);
  loop->remove(&hook);
  loop->turn(0);
  CHECK(hook.left == 1);
}

TEST_CASE("the alarm rings once at its instant, at once for the past, and follows the latest wake_at") {
  auto loop = make_loop();
  int rings = 0;
  auto made = WallAlarm::create(*loop, [&] { ++rings; });
  REQUIRE(made.ok());
  auto& alarm = **made;
  SystemClock clock;
  alarm.wake_at(clock.wall_us() - 1'000'000);
  CHECK(rings == 0);
  loop->turn(1'000'000);
  CHECK(rings == 1);

  alarm.wake_at(clock.wall_us() + 3'600'000'000ll);
  loop->turn(0);
  const int64_t due = clock.wall_us() + 30'000;
  alarm.wake_at(due);
  while (rings < 2 && clock.wall_us() < due + 2'000'000) loop->turn(100'000);
  CHECK(rings == 2);
  CHECK(clock.wall_us() >= due);
  loop->turn(5'000);
  CHECK(rings == 2);
}

TEST_CASE("the system's clock goes forward and its random bytes differ") {
  SystemClock clock;
  const int64_t a = clock.monotonic_us();
  CHECK(clock.monotonic_us() >= a);
  CHECK(clock.wall_us() > 1'600'000'000'000'000ll);
  SystemRandom random;
  uint8_t one[32] = {}, two[32] = {};
  random.fill(one, sizeof one);
  random.fill(two, sizeof two);
  CHECK(std::memcmp(one, two, sizeof one) != 0);
}

TEST_CASE("a rehearsal's clock runs faster, keeps its distance to the monotonic one, and its alarm rings at its own instants") {
  const Haste haste{50, SystemClock().wall_us() - 1'000'000};
  SystemClock clock(haste), twin(haste), plain;
  CHECK(clock.wall_us() - haste.from_us >= 50'000'000);   // a second of ours is fifty of its
  CHECK(twin.wall_us() - clock.wall_us() < 60'000'000);   // whoever has the same haste reads the same time
  const int64_t distance = clock.wall_us() - clock.monotonic_us();
  const int64_t start = plain.monotonic_us();
  while (plain.monotonic_us() - start < 20'000) {}
  CHECK(std::abs(clock.wall_us() - clock.monotonic_us() - distance) < 500'000);
  CHECK(haste.hasty_us(haste.system_us(haste.from_us + 123'456'789)) >= haste.from_us + 123'456'789);

  auto loop = make_loop();
  int rings = 0;
  auto made = WallAlarm::create(*loop, [&] { ++rings; }, haste);
  REQUIRE(made.ok());
  const int64_t due = clock.wall_us() + 5'000'000, began = plain.wall_us();   // a tenth of a real second
  (*made)->wake_at(due);
  while (rings == 0 && plain.wall_us() < began + 3'000'000) loop->turn(50'000);
  CHECK(rings == 1);
  CHECK(clock.wall_us() >= due);
  CHECK(plain.wall_us() - began < 3'000'000);
}
