// A host whose clock and chance are counters.
#pragma once

#include "runtime/vm/vm.h"

namespace tollgate {

class ScriptedHost final : public Host {
 public:
  int asked_now = 0;
  int64_t now_us() override { return 1'000'000 + asked_now++; }
  void random_bytes(uint8_t* out, size_t n) override {
    for (size_t i = 0; i < n; i++) out[i] = next_++;
  }
  int64_t next_counter(Index) override { return ++counter_; }
  std::string mint_url(const Module&, Index, std::string_view key) override { return "https://example.org/c/" + std::string(key); }
  std::string mint_bearer(const Module&, Index, std::string_view key) override { return "bearer-" + std::string(key); }

 private:
  uint8_t next_ = 0;
  int64_t counter_ = 0;
};

}  // namespace tollgate
