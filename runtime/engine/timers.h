// Timers: what is due when. Due instants are wall time as the operator reads it; when somebody steps the wall clock they all move with it, so that a
// timer fires after the time it was set for and not earlier or later (H32).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace tollgate {

class Timers {
 public:
  using Handle = std::pair<int64_t, uint64_t>;   // due, number; {0, 0} is no timer

  Handle set(int64_t due_us, std::function<void()> run);
  // Forgets it and clears the handle; nothing happens if it already ran.
  void clear(Handle& handle);
  std::optional<int64_t> earliest() const;
  // The earliest whose time has come, removed; empty function when none is due.
  std::function<void()> take_due(int64_t now_us);
  // The wall clock moved by `step_us` against the monotonic one.
  void shift(int64_t step_us);
  size_t size() const { return due_.size(); }

 private:
  std::map<Handle, std::function<void()>> due_;
  uint64_t next_ = 1;
  int64_t shifted_us_ = 0;   // handles keep the unshifted instant, so that they stay valid
};

}  // namespace tollgate
