// Hostile bodies against shapes of every root. Whatever is chosen without a breach has values for its holes.
#include <cstdlib>

#include "runtime/shapes/shapes.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

struct Bench {
  Module m;
  Interner pool{m};
  std::vector<Index> shapes;
  std::unique_ptr<Matcher> matcher;

  void add(ShapeRoot root, const Node& top, const std::string& format = "") { shapes.push_back(shape(m, pool, root, top, format)); }
  Bench() {
    add(ShapeRoot::json, object({member("a", hole("a", Reader::decimal_text)), member("l", list({any(), object({member("x", hole("x"))})}, true)),
                                 optional("p", pairs("k", "v", {member("n", hole("n")), optional("q", pairs("k", "v", {member("n", hole("o"))}))}))}));
    add(ShapeRoot::json, object({member("s", literal("OK")), member("t", hole("t", Reader::time_rfc3339)), optional("i", hole("i", Reader::integer))}));
    add(ShapeRoot::json, list({codec(Codec::base64, ShapeRoot::xml, object({member("e", hole("e"))})), text({literal("<"), hole("m", Reader::msisdn_digits), literal(">")})}));
    add(ShapeRoot::xml, object({member("a", object({member("b", list({hole("b"), object({member("", hole("t")), member("k", hole("k"), kAttribute)})}, true)),
                                                     member("c", hole("c"), kAttribute), optional("f", pairs("N", "V", {member("R", hole("r"))}))}), kAnyNamespace)}));
    add(ShapeRoot::form, object({member("a", hole("a")), optional("b", codec(Codec::hex, ShapeRoot::json, object({member("z", hole("z", Reader::url))})))}));
    add(ShapeRoot::text, text({literal("OK:"), hole("h", Reader::uuid), literal(";")}));
    add(ShapeRoot::bytes, codec(Codec::base64url, ShapeRoot::bytes, hole("raw", Reader::bytes)));
    add(ShapeRoot::csv, object({member("a", hole("a")), optional("b", inside(ShapeRoot::csv, list({hole("x"), hole("y")}, true), "p|"))}), "h,\"");
    add(ShapeRoot::csv, list({literal("OK"), hole("n", Reader::decimal_like, kPublic, "1.234,56")}, true), "p;'");
    add(ShapeRoot::lines, object({member("k", hole("lk")), optional("m", text({wide(hole("w"), 3), hole("v")}))}), "=");
    add(ShapeRoot::lines, search(text({literal("id="), hole("id")})));
    add(ShapeRoot::fixed, text({literal("D"), wide(hole("ft"), 4), wide(hole("fn", Reader::integer), 6)}));
    add(ShapeRoot::multipart, object({member("a", hole("pa")), optional("f", object({member("filename", hole("pn"), kAttribute), member("", inside(ShapeRoot::json, any()))}))}));
    add(ShapeRoot::json, object({member("s", search(object({member("k", literal("x")), member("v", hole("sv")), optional("in", search(hole("si", Reader::integer), true))})))}));
    add(ShapeRoot::xml, object({member("s", object({member("i", search(object({member("k", literal("x"), kAttribute), member("v", hole("xv"))})))}))}));
    canonicalize(m);
    if (!verify(m).ok()) std::abort();
    matcher = std::make_unique<Matcher>(m, shapes);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Bench target;
  static constexpr size_t kShapes = 15;
  static constexpr bool kAll[kShapes] = {true, true, true, true, true, true, true, true, true, true, true, true, true, true, true};
  Arena arena;
  Selection s = target.matcher->match({reinterpret_cast<const char*>(data), size}, kAll, arena);
  if (s.chosen >= 0 && !s.breach && s.holes == nullptr) std::abort();
  for (size_t only = 0; only < kShapes; only++) {
    bool one[kShapes] = {};
    one[only] = true;
    Arena again;
    Selection alone = target.matcher->match({reinterpret_cast<const char*>(data), size}, one, again);
    if (s.chosen >= 0 && only < static_cast<size_t>(s.chosen) && alone.chosen >= 0) std::abort();  // order decides, nothing else
  }
  return 0;
}
