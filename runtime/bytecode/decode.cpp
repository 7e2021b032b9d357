// The reader of what encode.cpp writes. Total: any bytes give a module or an Error that names the section; counts are held against their
// ceilings and against the bytes that are left before anything is allocated.
#include <fmt/format.h>

#include <limits>

#include "runtime/bytecode/describe.h"
#include "runtime/bytecode/names.h"

namespace tollgate {
namespace {

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return why_.empty(); }
  Error error() const { return {"bad_module", fmt::format("section {}: {}", section_, why_)}; }
  bool at_end() const { return rest_.empty(); }

  void fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    rest_ = {};
  }

  uint64_t varint(const char* name, uint64_t most) {
    uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail(fmt::format("ends inside `{}`", name)), 0;
      auto byte = static_cast<uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      n |= uint64_t{byte & 0x7fu} << shift;
      if (byte & 0x80) continue;
      if (byte == 0 && shift > 0) return fail(fmt::format("`{}` is not in its shortest form", name)), 0;
      if (n > most) return fail(fmt::format("`{}` is {}, at most {} is allowed", name, n, most)), 0;
      return n;
    }
    return fail(fmt::format("`{}` is longer than 64 bits", name)), 0;
  }

  uint32_t fixed32(const char* name) {
    if (rest_.size() < 4) return fail(fmt::format("ends inside `{}`", name)), 0;
    uint32_t n = 0;
    for (int i = 0; i < 4; i++) n |= uint32_t{static_cast<uint8_t>(rest_[i])} << (8 * i);
    rest_.remove_prefix(4);
    return n;
  }

  // A count no larger than its ceiling and than the bytes left: each element takes at least `width` bytes.
  size_t count(const char* name, size_t ceiling, size_t width = 1) {
    size_t n = varint(name, ceiling);
    if (n * width > rest_.size()) return fail(fmt::format("`{}` says {} elements, the section ends before", name, n)), 0;
    return n;
  }

  void index(const char* name, Index& i, Pool, Must) { i = static_cast<Index>(varint(name, 0xffffffffu)) - 1; }
  void indices(const char* name, std::vector<Index>& list, Pool pool, size_t ceiling) {
    list.resize(count(name, ceiling));
    for (Index& i : list) index(name, i, pool, Must::may);
  }
  void reg(const char* name, Register& r) { r = static_cast<Register>(varint(name, 0xff)); }
  void regs(const char* name, std::vector<Register>& list, size_t ceiling) {
    list.resize(count(name, ceiling));
    for (Register& r : list) reg(name, r);
  }
  template <class V>
  void value(const char* name, V& v) {
    if constexpr (std::is_enum_v<V>) {
      v = static_cast<V>(varint(name, enumerators<V>() - 1));
    } else if constexpr (std::is_unsigned_v<V>) {
      v = static_cast<V>(varint(name, std::numeric_limits<V>::max()));
    } else {
      uint64_t n = varint(name, std::numeric_limits<uint64_t>::max());
      auto s = static_cast<int64_t>(n >> 1) ^ -static_cast<int64_t>(n & 1);
      if (s < std::numeric_limits<V>::min() || s > std::numeric_limits<V>::max()) fail(fmt::format("`{}` is out of range", name));
      v = static_cast<V>(s);
    }
  }
  void numbers(const char* name, std::vector<uint64_t>& list, size_t ceiling) {
    list.resize(count(name, ceiling));
    for (uint64_t& n : list) value(name, n);
  }
  template <class T>
  void part(const char*, T& x) { describe(*this, x); }
  template <class T>
  void parts(const char* name, std::vector<T>& list, size_t ceiling) {
    list.resize(count(name, ceiling));
    for (T& x : list) {
      if (!ok()) return;
      describe(*this, x);
    }
  }
  void text(const char* name, std::string& s) {
    size_t n = count(name, limits::kTextBytes);
    s = std::string(rest_.substr(0, n));
    rest_.remove_prefix(std::min(n, rest_.size()));
  }
  void strings(const char* name, std::vector<std::string>& list, size_t ceiling) {
    list.resize(count(name, ceiling));
    for (std::string& s : list) text(name, s);
  }
  void words(const char* name, std::vector<uint32_t>& list, size_t ceiling) {
    list.resize(count(name, ceiling, 4));
    for (uint32_t& w : list) w = fixed32(name);
  }
  void doc(const char*, Index&) {}

  template <class F>
  void section(const char* name, F&& body) {
    if (!ok()) return;
    section_ = name;
    uint32_t length = fixed32("length");
    if (!ok()) return;
    if (length > rest_.size()) return fail(fmt::format("says {} bytes, {} are left", length, rest_.size()));
    std::string_view after = rest_.substr(length);
    rest_ = rest_.substr(0, length);
    body();
    if (ok() && !rest_.empty()) return fail(fmt::format("has {} bytes too many", rest_.size()));
    if (ok()) rest_ = after;
  }

 private:
  std::string_view rest_;
  const char* section_ = "header";
  std::string why_;
};

void decode_header(Decoder& d, std::string_view bytes) {
  if (bytes.size() < 8 || bytes.substr(0, 4) != "TGM1") return d.fail("not a compiled carrier: it does not begin with TGM1");
  d.fixed32("magic");
  uint32_t abi = d.fixed32("abi");
  if (d.ok() && abi != kModuleAbi) d.fail(fmt::format("made for format {}, this is format {}; compile the carrier again", abi, kModuleAbi));
}

bool checksum_fits(std::string_view bytes) {
  if (bytes.size() < sizeof(Hash)) return false;
  const std::string_view body = bytes.substr(0, bytes.size() - sizeof(Hash));
  return with_checksum(std::string(body)) == bytes;
}

}  // namespace

Result<Module> decode(std::string_view bytes) {
  if (bytes.size() > limits::kModuleBytes)
    return Error{"bad_module", fmt::format("section header: {} bytes, at most {} are allowed", bytes.size(), limits::kModuleBytes)};
  Module m;
  Decoder header(bytes);
  decode_header(header, bytes);
  if (!header.ok()) return header.error();
  // What decodes and verifies after a bit has flipped may still charge another amount.
  if (!checksum_fits(bytes)) return Error{"bad_module", "section checksum: the bytes are not those that were built; build the carrier again, or copy its module again"};
  Decoder d(bytes.substr(0, bytes.size() - sizeof(Hash)));
  decode_header(d, bytes);
  describe_sections(d, m);
  d.section("debug", [&] {
    describe_debug(d, m);
    each_arm(m, [&](Arm& arm) { d.index("doc", arm.doc, Pool::local, Must::may); });
  });
  if (d.ok() && !d.at_end()) d.fail("bytes follow the last section");
  if (!d.ok()) return d.error();
  return m;
}

}  // namespace tollgate
