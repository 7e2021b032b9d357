// Detail: the redacted JSON object of one event, written member by member. Callers put in only what may be read by anybody who may read logs:
// numbers, words of the carrier file, path templates; never a value of a user, a secret or a carrier's text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

class Detail {
 public:
  Detail& text(std::string_view name, std::string_view value);
  Detail& number(std::string_view name, int64_t value);
  Detail& raw(std::string_view name, std::string_view json);   // already JSON
  std::string end() && { out_ += '}'; return std::move(out_); }

 private:
  void name(std::string_view name);
  std::string out_ = "{";
};

}  // namespace tollgate
