// Exchanges that were recorded: what was asked of a carrier and what it answered.
//
//   [ { "request": { "method": "POST", "path": "/charges" },
//       "reply": { "status": 200, "headers": { "Content-Type": "application/json" }, "body": "{\"id\":\"{{charge.ref}}\"}" } } ]
//
// `{{charge.ref}}` and `{{charge.user.msisdn}}` stand for kept values and arguments of the running procedure: a recording holds nothing of anybody.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"

namespace tollgate::peer {

struct RecordedExchange {
  std::string method, path;
  uint16_t status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// An Error names what is wrong with it.
Result<std::vector<RecordedExchange>> parse_recording(std::string_view text);

// Every {{name}} replaced by `value`'s answer; an Error for one that it does not know (nullopt).
Result<std::string> filled(std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& value);

}  // namespace tollgate::peer
