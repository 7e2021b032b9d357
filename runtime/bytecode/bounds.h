// What the runtime keeps to while it runs; the stated costs of a module follow from these numbers (cost.h).
#pragma once

#include <cstdint>

namespace tollgate::bounds {

constexpr uint64_t kMessageBytes = 256 * 1024;     // a message, either way
constexpr uint64_t kHeadBytes = 16 * 1024;         // line and headers of a message that came
constexpr uint64_t kArgumentBytes = 1024;          // one argument of a procedure
constexpr uint64_t kSettingBytes = 16 * 1024;      // one setting, lists with all their elements
constexpr uint64_t kDurableBytes = 16 * 1024;      // one kept value, parameter or session's value
constexpr uint32_t kTransmissions = 3;             // of one request, by a carrier's promise
constexpr uint32_t kHints = 8;                     // messages that prove nothing and are asked about at once, of one wait
constexpr uint64_t kDoubtMs = 24ull * 3600 * 1000; // a proof is waited for in doubt, unless the file says otherwise
constexpr uint64_t kSendByMs = 30 * 1000;          // what surely did not leave is tried again until then
constexpr uint64_t kRepeatByMs = 15 * 60 * 1000;   // out of doubt nothing is sent again later than this

}  // namespace tollgate::bounds
