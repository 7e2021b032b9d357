// Packing: small binary records of the engine (frames, tapes), little-endian, texts with their length before them. Reading is total: what is cut off or too
// large turns the reader bad, and everything read from a bad reader is empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

constexpr uint32_t kPackedItemsMax = 4096;

class PackedWriter {
 public:
  template <class T>
  void number(T v) {
    for (size_t i = 0; i < sizeof v; ++i) out += static_cast<char>(static_cast<uint64_t>(v) >> (8 * i));
  }
  void text(std::string_view s) { number(static_cast<uint32_t>(s.size())); out += s; }
  std::string out;
};

class PackedReader {
 public:
  explicit PackedReader(std::string_view in) : in_(in) {}
  template <class T>
  T number() {
    uint64_t v = 0;
    if (in_.size() < sizeof(T)) { bad_ = true; return T{}; }
    for (size_t i = 0; i < sizeof(T); ++i) v |= static_cast<uint64_t>(static_cast<uint8_t>(in_[i])) << (8 * i);
    in_.remove_prefix(sizeof(T));
    return static_cast<T>(v);
  }
  std::string text() {
    const auto size = number<uint32_t>();
    if (bad_ || size > in_.size()) { bad_ = true; return {}; }
    std::string out(in_.substr(0, size));
    in_.remove_prefix(size);
    return out;
  }
  uint32_t count() {
    const auto n = number<uint32_t>();
    if (n > kPackedItemsMax) bad_ = true;
    return bad_ ? 0 : n;
  }
  bool good() const { return !bad_ && in_.empty(); }
  bool bad() const { return bad_; }

 private:
  std::string_view in_;
  bool bad_ = false;
};

}  // namespace tollgate
