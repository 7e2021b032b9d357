// Hearing: what our own side will make of a message, told by the definition's own matchers without running an engine. The simulated carrier
// rehearses its answers with it, learns from the answers that a script gives, and the test runner counts the arms reached by it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "peer/mirror.h"
#include "peer/scenario.h"
#include "runtime/load/program.h"

namespace tollgate::peer {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Finding {
  enum class Kind : uint8_t { unknown, succeeded, declined, failed, pending, absent, accepted, session, renew } kind = Kind::unknown;
  std::string reason;
  bool definite() const { return kind == Kind::succeeded || kind == Kind::declined || kind == Kind::failed; }
  bool operator==(const Finding&) const = default;
};
std::optional<Verdict> verdict_of(const Finding& finding);   // nullopt unless definite
Finding finding_of(const Module& module, const Target& target);  // of a table: unknown, its row decides

// What an arm's holes mean to its target. Indices count the body's holes first, then each header's.
struct ArmRoles {
  std::vector<MirrorHole> holes;
  size_t body_holes = 0;
  std::vector<uint32_t> key, paid, carrier_ref, after, said;
};

struct Heard {
  int arm = -1;                        // none selected: -1
  bool breach = false;                 // selected, but it contradicts itself
  std::vector<uint32_t> passed;        // arms that took other rows of the same answer, or their end
  Finding finding;
  std::string key;                     // the code-table key that decided, if one did
  Index table = kNone;
  uint32_t row = 0;                    // rows.size() for `other`
  std::vector<std::pair<std::string, std::string>> said;      // label and value of identifiers that the carrier gave
  std::vector<std::pair<std::string, std::string>> repeated;  // origin and value of what we compare
};

class Hearing {
 public:
  explicit Hearing(std::shared_ptr<const Program> program);
  ~Hearing();

  // `transmission` counts from 1. Of an answer with rows, the row is heard whose compared values are all `ours`; an unset `ours` takes any.
  using Ours = std::function<bool(std::string_view origin, const std::string& value)>;
  Heard reply(Index exchange, uint16_t status, const Headers& headers, std::string_view body, uint32_t transmission = 1, const Ours& ours = {}) const;
  Heard callback(Index callback, std::string_view body) const;

  const ArmRoles& reply_roles(Index exchange, size_t arm) const;
  const ArmRoles& callback_roles(Index callback, size_t arm) const;

 private:
  struct Ears;
  std::unique_ptr<Ears> ears_;
};

}  // namespace tollgate::peer
