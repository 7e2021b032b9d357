#include "runtime/engine/timers.h"

namespace tollgate {

Timers::Handle Timers::set(int64_t due_us, std::function<void()> run) {
  const Handle handle{due_us - shifted_us_, next_++};
  due_.emplace(handle, std::move(run));
  return handle;
}

void Timers::clear(Handle& handle) {
  if (handle.second != 0) due_.erase(handle);
  handle = {0, 0};
}

std::optional<int64_t> Timers::earliest() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first.first + shifted_us_;
}

std::function<void()> Timers::take_due(int64_t now_us) {
  if (due_.empty() || due_.begin()->first.first + shifted_us_ > now_us) return {};
  std::function<void()> run = std::move(due_.begin()->second);
  due_.erase(due_.begin());
  return run;
}

void Timers::shift(int64_t step_us) { shifted_us_ += step_us; }

}  // namespace tollgate
