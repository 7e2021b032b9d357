#include "runtime/engine/pace.h"

namespace tollgate {

bool Pace::take(int64_t now_us) {
  if (limit_ == 0) return true;
  if (turns_.size() < limit_) {
    turns_.push_back(now_us);
    return true;
  }
  if (turns_[oldest_] + window_us_ > now_us) return false;
  turns_[oldest_] = now_us;
  oldest_ = (oldest_ + 1) % turns_.size();
  return true;
}

void Pace::start_full(int64_t now_us) {
  turns_.assign(limit_, now_us);
  oldest_ = 0;
}

}  // namespace tollgate
