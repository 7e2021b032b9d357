// Which arm an answer selects. Status first, then headers, then the shape's literals and kinds, in written order; what converts later can
// only breach, never select another arm.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/arena.h"
#include "runtime/load/program.h"

namespace tollgate {

struct ReplyView {
  uint16_t status = 0;   // 0: a callback's message, which has none
  std::span<const std::pair<std::string, std::string>> headers = {};  // names lower-case
  std::string_view body;
  std::span<const Value> settings = {};  // for codecs of the arms that take a key
};

struct Transmission {
  uint32_t number = 1;   // of this attempt, from 1
};

struct ArmSelection {
  Index arm = kNone;            // into the arms given; kNone: nothing was foreseen
  std::span<const Value> holes = {};  // the shape's, then each header's; in `arena`
  bool breach = false;          // selected, but a conversion failed: the answer contradicts itself
  std::string_view why;         // breach, or why nothing was selected; one line without values
};

// `arms` and `matcher` belong together (an exchange's or a callback's); `positions` says where each arm stands in the matcher. Total.
ArmSelection select_arm(const Program& program, std::span<const Arm> arms, const Matcher& matcher, std::span<const int> positions,
                        const ReplyView& reply, Transmission transmission, Arena& arena);

// The rows of an answer, where arms read them.
struct RowSelection {
  Index first = kNone;          // the first arm that reads rows of this status; kNone: none does
  Index end = kNone;            // the first arm of their end
  RowsFound found;              // `chosen` of a row is an index into `arms`
  std::span<const Index> arms = {};
};
RowSelection select_rows(const Program& program, Index exchange, const ReplyView& reply, Arena& arena);

// The arms of one exchange or callback of the program. Those that read rows are not among them.
ArmSelection select_reply(const Program& program, Index exchange, const ReplyView& reply, Transmission transmission, Arena& arena);
ArmSelection select_callback(const Program& program, Index callback, const ReplyView& message, Arena& arena);

}  // namespace tollgate
