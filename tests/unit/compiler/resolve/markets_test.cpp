// The library's markets are what amounts, zones and numbers of every carrier hang on.
#include <catch2/catch.hpp>
#include <deque>

#include "compiler/diag/render.h"
#include "compiler/parse/parse.h"
#include "compiler/resolve/library.h"
#include "stdlib/stdlib.h"

using namespace tollgate;

namespace {

struct Judged {
  SourceSet sources;
  std::deque<Tree> trees;
  Sink sink;
  size_t markets = 0;

  void judge(std::string name, std::string text) {
    trees.push_back(parse(sources.file(sources.add(std::move(name), std::move(text))), sink));
    for (NodeRef market : trees.back().root().children(SyntaxKind::market)) {
      hir::check_market(market, sink);
      ++markets;
    }
  }
  std::string said() const { return render_brief(sink, sources); }
};

}  // namespace

TEST_CASE("every market of the library has a currency, a zone of the tz database and pictures of its numbers") {
  Judged judged;
  for (const LibraryFile& file : library()) judged.judge(std::string(file.name), std::string(file.text));
  CHECK(judged.said().empty());
  CHECK(judged.markets >= 90);
}

TEST_CASE("each wrong fact of a market is a finding of its own") {
  const char* facts[] = {"currency XXQ",  "zone \"Africa/Nowhere\"", "numbers \"254 XXX XXX\"", "numbers \"+254 700 000 000\"",
                         "numbers \"+25 X\"", "decimals 19",           "capital \"Nairobi\"",     "numbers \"+254 XXX XXX XXX | +\""};
  for (const char* fact : facts) {
    Judged judged;
    std::string word(fact, std::string_view(fact).find(' '));
    std::string text = "edition 1\nmarket KQ {\n";
    for (const char* sound : {"currency KES", "zone \"Africa/Nairobi\"", "numbers \"+254 XXX XXX XXX\""})
      if (!std::string_view(sound).starts_with(word)) text += std::string(sound) + "\n";
    judged.judge("own.carrier", text + fact + "\n}\n");
    INFO(fact << "\n" << judged.said());
    CHECK(judged.sink.error_count() == 1);
  }
}
