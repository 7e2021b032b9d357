// Bodies for another implementation to judge.
//   shape_bodies build         writes, a line each: kind, body in hex, then the values in hex that must be found in it
//   shape_bodies match KIND    reads a body in hex from each line of its input; writes the values in hex, or "no"
#include <cstdio>
#include <iostream>
#include <string>

#include "runtime/shapes/generate.h"
#include "runtime/shapes/shapes.h"
#include "runtime/value/codec.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

struct Kind3 {
  const char* name;
  ShapeRoot root;
  const char* format;
  Node top;
};

// Three texts, in the order a, b, c.
std::vector<Kind3> kinds() {
  Node record = object({member("a", hole("a")), member("b", hole("b")), member("c", hole("c"))});
  Node row = list({hole("a"), hole("b"), hole("c")});
  Node part = object({member("filename", hole("b"), kAttribute), member("type", literal("text/plain"), kAttribute), member("", hole("c"))});
  return {
      {"form", ShapeRoot::form, "", record},
      {"json", ShapeRoot::json, "", record},
      {"csv", ShapeRoot::csv, "p,\"", row},
      {"csv_header", ShapeRoot::csv, "h,\"", record},
      {"csv_dialect", ShapeRoot::csv, "p;'", row},
      {"xml", ShapeRoot::xml, "", object({member("r", object({member("a", hole("a"), kAttribute), member("b", hole("b")), member("c", hole("c"), 0, "urn:x")}))})},
      {"multipart", ShapeRoot::multipart, "", object({member("a", hole("a")), member("file", part)})},
  };
}

std::string hexed(std::string_view text) { return text.empty() ? "-" : encode_hex(text); }

int build() {
  for (const Kind3& kind : kinds()) {
    Module m;
    Interner pool(m);
    Index i = shape(m, pool, kind.root, kind.top, kind.format);
    canonicalize(m);
    if (!verify(m).ok()) return 1;
    Builder builder(m, i);
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; round++) {
      Arena arena;
      Generated g = generate(m, i, random, arena);
      auto body = builder.build(g.wire, arena);
      if (!body.ok()) return std::cerr << kind.name << ": " << body.error().message << "\n", 1;
      std::cout << kind.name << ' ' << hexed(*body);
      for (const Value& v : g.values) std::cout << ' ' << hexed(v.view());
      std::cout << '\n';
    }
  }
  return 0;
}

int match(const std::string& name) {
  for (const Kind3& kind : kinds()) {
    if (name != kind.name) continue;
    Module m;
    Interner pool(m);
    Index i = shape(m, pool, kind.root, kind.top, kind.format);
    canonicalize(m);
    if (!verify(m).ok()) return 1;
    Matcher matcher(m, {i});
    static constexpr bool kAll[] = {true};
    for (std::string line; std::getline(std::cin, line);) {
      const std::string body = decode_hex(line).value_or("");
      Arena arena;
      Selection s = matcher.match(body, kAll, arena);
      if (s.chosen != 0 || s.breach) std::cout << "no " << s.why;
      else
        for (size_t h = 0; h < 3; h++) std::cout << (h == 0 ? "" : " ") << hexed(s.holes[h].view());
      std::cout << '\n';
    }
    return 0;
  }
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::string what = count > 1 ? arguments[1] : "";
  if (what == "build") return build();
  return what == "match" && count > 2 ? match(arguments[2]) : 2;
}
