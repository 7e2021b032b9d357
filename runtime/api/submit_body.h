// The body of POST /v1/procedures as a Command: nested arguments become dotted names, {"value", "currency"} becomes an amount and its
// currency, in one pass without a tree.
#pragma once

#include <string>
#include <string_view>

#include "runtime/engine/engine.h"

namespace tollgate {

constexpr size_t kArgumentsMax = 64;
constexpr size_t kArgumentDepthMax = 4;
constexpr size_t kArgumentBytesMax = 4096;

struct BodyTrouble {
  uint16_t status = 0;   // 400: not of this form; 422: of this form, but not to be accepted. 0: none
  std::string code, message, path;   // path: "arguments.amount.currency"
};

// Fills carrier, action, arguments (sorted by name) and body_hash of `command`. The hash is of the meaning, so that the order of members and
// blanks between them make no other request of it.
BodyTrouble read_submit_body(std::string_view body, Command& command);

}  // namespace tollgate
