// Pace: a link's declared limit, exactly: in no window of the declared length do more than `limit` sends get a turn. Waiters are served in order.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace tollgate {

class Pace {
 public:
  // limit 0: no limit.
  Pace(uint32_t limit, uint64_t window_ms) : limit_(limit), window_us_(static_cast<int64_t>(window_ms) * 1000) {}

  // True: this send may go now and has been counted.
  bool take(int64_t now_us);
  // When the next turn comes, if take() just said no.
  int64_t next_turn_us() const { return turns_.empty() ? 0 : turns_[oldest_] + window_us_; }
  // What was sent before a restart is not known: nothing goes for one whole window.
  void start_full(int64_t now_us);

  std::deque<std::function<void()>> waiting;   // in order
  bool armed = false;                          // a timer will serve `waiting`

 private:
  uint32_t limit_;
  int64_t window_us_;
  std::vector<int64_t> turns_;   // ring of the last `limit_` instants
  size_t oldest_ = 0;
};

}  // namespace tollgate
