// Modules as bytes: one spelling each, a hash that ignores debug, a decoder that survives anything.
#include <catch2/catch.hpp>

#include <random>

#include "runtime/bytecode/disassemble.h"
#include "tests/unit/runtime/bytecode/sample_module.h"

using namespace tollgate;

namespace {

// As if it had been built so.
std::string rebuilt(std::string bytes) { return with_checksum(bytes.substr(0, bytes.size() - sizeof(Hash))); }

}  // namespace

TEST_CASE("bytes decode to the same module and encode to the same bytes") {
  Sample sample;
  sample.m.debug.files = {"mtn.carrier"};
  sample.m.debug.places = {{0, 0, 3, 5}};
  sample.m.debug.docs = {"accepted"};
  sample.m.exchanges[0].arms[0].doc = 0;
  std::string bytes = encode(sample.m);
  auto back = decode(bytes);
  REQUIRE(back.ok());
  CHECK(encode(*back) == bytes);
  CHECK(dump(*back) == dump(sample.m));
  CHECK(back->exchanges[0].arms[0].doc == 0);
  CHECK(back->procedures[0].keeps.size() == 1);
}

TEST_CASE("the hash sees meaning and not debug") {
  Sample sample;
  Hash before = hash_of(sample.m);
  sample.m.debug.files = {"other.carrier"};
  sample.m.exchanges[0].arms[0].doc = 0;
  CHECK(hash_of(sample.m) == before);
  sample.m.exchanges[0].once.window_ms++;
  CHECK(hash_of(sample.m) != before);
  CHECK(hex(before).size() == 64);
}

TEST_CASE("the order in which texts and constants were met leaves no trace") {
  Module a, b;
  Interner pa(a), pb(b);
  Index base_a = pa.text("zeta"), name_a = pa.text("alpha");
  Index name_b = pb.text("alpha");
  pb.text("never used");
  Index base_b = pb.text("zeta");
  a.carrier = name_a, a.family = base_a;
  b.carrier = name_b, b.family = base_b;
  canonicalize(a);
  canonicalize(b);
  CHECK(encode(a) == encode(b));
  CHECK(a.texts == std::vector<std::string>{"alpha", "zeta"});
}

TEST_CASE("truncated bytes are refused with the section's name") {
  std::string bytes = encode(Sample().m);
  for (size_t n = 0; n < bytes.size(); n += 7) {
    auto r = decode(std::string_view(bytes).substr(0, n));
    REQUIRE_FALSE(r.ok());
    CHECK(r.error().message.substr(0, 8) == "section ");
  }
  CHECK_FALSE(decode(bytes + "x").ok());
}

TEST_CASE("a module in which one bit has flipped is refused, wherever it is") {
  const std::string bytes = encode(Sample().m);
  for (size_t bit = 0; bit < 8 * bytes.size(); bit += 3) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    INFO(bit);
    REQUIRE_FALSE(decode(flipped).ok());
  }
}

TEST_CASE("flipped bytes never crash the decoder, and what decodes re-encodes to itself") {
  std::string bytes = encode(Sample().m);
  std::mt19937 random(7);
  int decoded = 0;
  for (int round = 0; round < 4000; round++) {
    std::string hostile = bytes;
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; flips--) hostile[random() % hostile.size()] = static_cast<char>(random());
    hostile = rebuilt(std::move(hostile));
    auto r = decode(hostile);
    if (!r.ok()) continue;
    decoded++;
    REQUIRE(encode(*r) == hostile);
    (void)verify(*r).ok();
    dump(*r);
  }
  CHECK(decoded > 0);
}

TEST_CASE("counts above their ceilings and longer spellings are refused") {
  Module m;
  std::string bytes = encode(m);
  CHECK(decode(bytes).ok());
  // The first section holds carrier (one byte: none). A second spelling of none:
  std::string longer = bytes;
  longer.replace(12, 1, std::string("\x80\x00", 2));
  longer[8]++;
  auto r = decode(rebuilt(longer));
  REQUIRE_FALSE(r.ok());
  CHECK(r.error().message.find("about") != std::string::npos);
  m.procedures.resize(65);
  auto many = decode(encode(m));
  REQUIRE_FALSE(many.ok());
  CHECK(many.error().message.find("section procedures") != std::string::npos);
}

TEST_CASE("code is printed with the names it refers to") {
  Sample sample;
  std::string code = dump_section(sample.m, "code");
  CHECK(code.find("keep") != std::string::npos);
  CHECK(code.find("0 ref") != std::string::npos);
  CHECK(code.find("exchange 0 POST on api") != std::string::npos);
  CHECK(code.find("money_decimal") != std::string::npos);
  CHECK(code.find("table reason") != std::string::npos);
}
