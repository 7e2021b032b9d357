// SliceHost: what a slice may read of the world, and the record of what it read, so that the same slice run again with the record gives the same bytes.
#pragma once

#include <vector>

#include "runtime/engine/deployment.h"
#include "runtime/engine/frame.h"
#include "runtime/engine/tape.h"
#include "runtime/ports/ports.h"
#include "runtime/vm/vm.h"

namespace tollgate {

constexpr int64_t kCounterBlock = 1000;   // numbers reserved at once: a crash skips at most these (H11)

class SliceHost : public Host {
 public:
  SliceHost(Deployment& deployment, Clock& clock, Random& random, Vault& vault, const std::string& public_url)
      : SliceHost(deployment, clock, random, vault, public_url, nullptr) {}
  // Gives again what was recorded: the clock, chance and counters are not asked. `recorded` is borrowed; null records.
  SliceHost(Deployment& deployment, Clock& clock, Random& random, Vault& vault, const std::string& public_url, const Reads* recorded)
      : deployment_(deployment), clock_(clock), random_(random), vault_(vault), public_url_(public_url), recorded_(recorded) {}

  int64_t now_us() override;
  void random_bytes(uint8_t* out, size_t n) override;
  int64_t next_counter(Index counter) override;
  std::string mint_url(const Module& module, Index callback, std::string_view key) override;
  std::string mint_bearer(const Module& module, Index callback, std::string_view key) override;
  void metered(uint64_t spent) override { units += spent; }

  uint64_t units = 0;                    // of the meter, by the slices that this host served
  std::vector<Minted> minted;
  std::vector<CounterRecord> counters;   // must be durable before any byte that holds their numbers leaves
  const Reads& reads() const { return reads_; }
  bool ran_out() const { return ran_out_; }   // more was asked for than was recorded

 private:
  void remember(Index callback, std::string_view key);
  Deployment& deployment_;
  Clock& clock_;
  Random& random_;
  Vault& vault_;
  const std::string& public_url_;
  const Reads* recorded_;
  Reads reads_;
  bool ran_out_ = false;
};

// "carrier|callback|key", the context of every token.
std::string token_context(std::string_view carrier, std::string_view callback, std::string_view key);
// Percent-encodes everything but unreserved characters; `percent_decode` is total and gives nullopt on a broken escape.
std::string percent_encode(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace tollgate
