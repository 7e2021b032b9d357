// The bytes of a module.
//
//   file     := "TGM1" abi:u32 section{in the order of describe_sections} debug-section checksum
//   checksum := SHA-256 of all bytes before it
//   section  := length:u32 payload            (little-endian; length of the payload)
//   value    := unsigned integers, bools, enums, lengths: LEB128, shortest form only
//               signed integers: zigzag, then LEB128
//               index: LEB128 of index + 1 modulo 2^32, so that "none" is the single byte 0
//               text: length, bytes; list: count, elements; code: count, then each word as u32
//   debug    := files, places, docs, then the doc index of every arm in the order of each_arm
//
// Every value has exactly one spelling and every field is present, so equal modules give equal bytes and bytes that decode re-encode to
// themselves. The hash covers everything before the debug section.
#include <openssl/sha.h>

#include "runtime/bytecode/describe.h"
#include "runtime/bytecode/module.h"

namespace tollgate {
namespace {

class Encoder {
 public:
  std::string out;

  void varint(uint64_t n) {
    while (n >= 0x80) {
      out.push_back(static_cast<char>(n | 0x80));
      n >>= 7;
    }
    out.push_back(static_cast<char>(n));
  }
  void fixed32(uint32_t n) {
    for (int i = 0; i < 4; i++) out.push_back(static_cast<char>(n >> (8 * i)));
  }

  void index(const char*, Index& i, Pool, Must) { varint(static_cast<uint32_t>(i + 1)); }
  void indices(const char*, std::vector<Index>& list, Pool, size_t) {
    varint(list.size());
    for (Index i : list) varint(static_cast<uint32_t>(i + 1));
  }
  void reg(const char*, Register& r) { varint(r); }
  void regs(const char*, std::vector<Register>& list, size_t) {
    varint(list.size());
    for (Register r : list) varint(r);
  }
  template <class V>
  void value(const char*, V& v) {
    if constexpr (std::is_enum_v<V> || std::is_unsigned_v<V>) {
      varint(static_cast<uint64_t>(v));
    } else {
      auto n = static_cast<int64_t>(v);
      varint((static_cast<uint64_t>(n) << 1) ^ static_cast<uint64_t>(n >> 63));
    }
  }
  void numbers(const char*, std::vector<uint64_t>& list, size_t) {
    varint(list.size());
    for (uint64_t n : list) varint(n);
  }
  template <class T>
  void part(const char*, T& x) { describe(*this, x); }
  template <class T>
  void parts(const char*, std::vector<T>& list, size_t) {
    varint(list.size());
    for (T& x : list) describe(*this, x);
  }
  void text(const char*, std::string& s) {
    varint(s.size());
    out += s;
  }
  void strings(const char* name, std::vector<std::string>& list, size_t) {
    varint(list.size());
    for (std::string& s : list) text(name, s);
  }
  void words(const char*, std::vector<uint32_t>& list, size_t) {
    varint(list.size());
    for (uint32_t w : list) fixed32(w);
  }
  void doc(const char*, Index&) {}

  template <class F>
  void section(const char*, F&& body) {
    size_t at = out.size();
    out.append(4, '\0');
    body();
    uint32_t length = static_cast<uint32_t>(out.size() - at - 4);
    for (int i = 0; i < 4; i++) out[at + i] = static_cast<char>(length >> (8 * i));
  }
};

// The archive takes mutable references because the decoder needs them; the encoder writes through none.
std::string encode_hashed(Module& module) {
  Encoder e;
  e.out = "TGM1";
  e.fixed32(kModuleAbi);
  describe_sections(e, module);
  return std::move(e.out);
}

void encode_debug(Module& module, std::string& out) {
  Encoder e;
  e.section("debug", [&] {
    describe_debug(e, module);
    each_arm(module, [&](Arm& arm) { e.varint(static_cast<uint32_t>(arm.doc + 1)); });
  });
  out += e.out;
}

}  // namespace

std::string encode(const Module& module) {
  Module& m = const_cast<Module&>(module);
  std::string out = encode_hashed(m);
  encode_debug(m, out);
  return with_checksum(std::move(out));
}

std::string with_checksum(std::string bytes) {
  Hash checksum;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), checksum.data());
  return bytes.append(reinterpret_cast<const char*>(checksum.data()), checksum.size());
}

Hash hash_of(const Module& module) {
  std::string bytes = encode_hashed(const_cast<Module&>(module));
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
  return hash;
}

std::string hex(const Hash& hash) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (uint8_t b : hash) {
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 15]);
  }
  return out;
}

}  // namespace tollgate
