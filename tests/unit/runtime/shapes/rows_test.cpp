// Rows of a body as they arrive, in pieces of any size.
#include <catch2/catch.hpp>

#include "runtime/shapes/rows.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

class File {
 public:
  File(ShapeRoot root, const std::string& format, const std::vector<Node>& each, const std::vector<Node>& end) {
    for (const Node& n : each) each_.push_back(shape(m_, pool_, root, n, format));
    for (const Node& n : end) end_.push_back(shape(m_, pool_, root, n, format));
    canonicalize(m_);
    auto ok = verify(m_);
    INFO((ok.ok() ? "" : ok.error().message));
    REQUIRE(ok.ok());
  }
  // "0:a,b 1:c E0:d", "-" for a row that nothing takes; then why it ended.
  std::string read(std::string_view body, size_t piece) {
    Rows rows(m_, each_, end_);
    std::string out;
    auto visit = [&](const ReadRow& row) {
      out += (out.empty() ? "" : " ") + std::string(row.ending ? "E" : "");
      if (row.selection.chosen < 0 || row.selection.breach) return out += "-", true;
      out += std::to_string(row.selection.chosen) + ":";
      Index i = (row.ending ? end_ : each_)[static_cast<size_t>(row.selection.chosen)];
      for (size_t h = 0; h < m_.shapes[i].holes.size(); h++) out += (h == 0 ? "" : ",") + plain(row.selection.holes[h]);
      return true;
    };
    bool ok = true;
    for (size_t at = 0; ok && at < body.size(); at += piece) ok = rows.feed(body.substr(at, piece), visit);
    if (!ok || !rows.finish(visit)) out += " !" + std::string(rows.why());
    return out;
  }

 private:
  Module m_;
  Interner pool_{m_};
  std::vector<Index> each_, end_;
};

}  // namespace

TEST_CASE("rows below a header line") {
  File f(ShapeRoot::csv, "h,\"", {object({member("kind", literal("A")), member("v", hole("v"))}), object({member("kind", literal("B"))})}, {});
  for (size_t piece : {1, 2, 7, 1000}) {
    CHECK(f.read("\xef\xbb\xbfv,kind\r\n1,A\r\n\r\n\"x\ny\",A\n,B\n2,C\n3", piece) == "0:1 0:x\ny 1: - -");
    CHECK(f.read("v,kind\n", piece).empty());
    CHECK(f.read("", piece) == " !no header line");
  }
}

TEST_CASE("records of fixed widths with a trailer") {
  File f(ShapeRoot::fixed, "", {text({literal("D"), wide(hole("id"), 3), wide(hole("n", Reader::integer), 4)})}, {text({literal("T"), wide(hole("count", Reader::integer), 3)})});
  for (size_t piece : {1, 5, 1000}) {
    CHECK(f.read("Dab 0007\nDcd 0008\nT002\n", piece) == "0:ab,7 0:cd,8 E0:2");
    CHECK(f.read("Dab 0007\nT001\nDcd 0008\n", piece) == "0:ab,7 - E-");
    CHECK(f.read("T000", piece) == "E0:0");
    CHECK(f.read("\n", piece) == " !no row at the end");
  }
}

TEST_CASE("json by lines, and what is too long") {
  File f(ShapeRoot::json, "", {object({member("a", hole("a", Reader::integer))})}, {});
  CHECK(f.read("{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":2}", 3) == "0:1 - 0:2");
  std::string wide_row(kRowMax + 10, ' ');
  CHECK(f.read(wide_row, 4096) == " !a row over 64 KiB");
  CHECK(f.read("{\"a\":1}\n" + wide_row + "\n", 100000) == "0:1 !a row over 64 KiB");
}

TEST_CASE("many rows") {
  File f(ShapeRoot::csv, "p,\"", {list({hole("a"), hole("b", Reader::integer)})}, {});
  std::string body;
  for (int i = 0; i < 20000; i++) body += "\"some text\"," + std::to_string(i) + "\n";
  std::string out = f.read(body, 1000);
  CHECK(out.substr(out.size() - 18) == " 0:some text,19999");
}
