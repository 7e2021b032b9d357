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
  std::vector<Index> rows;   // read by `each`
  std::unique_ptr<Matcher> row_matcher;

  void add_rows(ShapeRoot root, const Node& top, const std::string& format = "") { rows.push_back(shape(m, pool, root, top, format)); }
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
    add_rows(ShapeRoot::json, object({member("l", each(object({member("k", literal("x")), member("v", hole("rv")), optional("in", search(hole("ri", Reader::integer)))})))}));
    add_rows(ShapeRoot::json, object({member("l", each(any()))}));
    add_rows(ShapeRoot::xml, object({member("r", object({member("i", each(object({member("k", hole("rk"), kAttribute), member("b", inside(ShapeRoot::json, list({hole("rb")}, true)))})))}))}));
    add_rows(ShapeRoot::csv, each(object({member("a", hole("ra")), member("b", literal("T"))})), "h,\"");
    add_rows(ShapeRoot::csv, each(list({hole("rp", Reader::integer)}, true)), "p;'");
    add_rows(ShapeRoot::fixed, each(text({literal("D"), wide(hole("rf"), 4)})));
    add_rows(ShapeRoot::lines, each(text({literal("id="), hole("rl")})));
    add_rows(ShapeRoot::bytes, codec(Codec::base64, ShapeRoot::json, each(hole("rc"))));
    canonicalize(m);
    if (!verify(m).ok()) std::abort();
    row_matcher = std::make_unique<Matcher>(m, rows);
    matcher = std::make_unique<Matcher>(m, shapes);
  }
};

// Each kind of rows alone, with and without an end: what is chosen without a breach has its values.
void read_rows(const Bench& target, std::string_view body) {
  static constexpr size_t kShapes = 8;
  for (size_t only = 0; only < 2 * kShapes; only++) {
    bool rows[kShapes] = {}, ends[kShapes] = {};
    rows[only / 2] = true;
    ends[only / 2] = only % 2 == 1;
    Arena arena;
    RowsFound found = target.row_matcher->rows(body, rows, ends, arena);
    if (!found.decoded && !found.rows.empty()) std::abort();
    if (found.rows.size() > kAnswerRowsMax) std::abort();
    for (const Selection& row : found.rows)
      if (row.chosen >= 0 && !row.breach && row.holes == nullptr) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Bench target;
  read_rows(target, {reinterpret_cast<const char*>(data), size});
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
