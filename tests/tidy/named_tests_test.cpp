// docs/explanation/money_safety.md names the test behind each way to lose money. A name that no test has is a promise that nobody keeps.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kHere = TOLLGATE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) out += text[i] == '\\' && i + 1 < text.size() ? text[++i] : text[i];
  return out;
}

void add_names(const fs::path& file, std::set<std::string>& out) {
  const std::regex name(file.extension() == ".carrier" ? R"rx((?:^|\n)test "((?:[^"\\]|\\.)*)")rx" : R"rx(TEST_CASE\("((?:[^"\\]|\\.)*)")rx");
  const std::string text = text_of(file);
  for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) out.insert(unescaped((*it)[1]));
}

// The tests that a key of the table stands for; empty: the key is none.
std::set<std::string> tests_of(const std::string& key) {
  const std::map<std::string, std::string> places = {{"rules", "compiler/check/rules_test.cpp"}, {"verify", "runtime/bytecode/verify_test.cpp"},
                                                     {"pattern", "runtime/patterns/pattern_test.cpp"}, {"engine", "runtime/engine"},
                                                     {"links", "runtime/links/http_links_test.cpp"}};
  std::set<std::string> out;
  const auto place = places.find(key);
  for (const auto& entry : fs::recursive_directory_iterator(kHere / "tests/unit")) {
    const fs::path& file = entry.path();
    if (file.extension() != ".cpp") continue;
    const std::string within = fs::relative(file, kHere / "tests/unit").generic_string();
    if (place != places.end() ? within.starts_with(place->second) : file.stem() == key) add_names(file, out);
  }
  if (fs::exists(kHere / "carriers" / (key + ".carrier"))) add_names(kHere / "carriers" / (key + ".carrier"), out);
  return out;
}

bool has(const std::set<std::string>& names, std::string wanted) {
  const std::string dots = "…";
  if (!wanted.ends_with(dots)) return names.count(wanted) != 0;
  wanted.resize(wanted.size() - dots.size());
  const auto at = names.lower_bound(wanted);
  return at != names.end() && at->starts_with(wanted);
}

struct Row { std::string hole, evidence; };

std::vector<Row> rows() {
  std::vector<Row> out;
  std::istringstream lines(text_of(kHere / "docs/explanation/money_safety.md"));
  const std::regex row(R"(^\| ([HD]\d+) \|.*\| (.*) \|$)");
  std::smatch parts;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, parts, row)) out.push_back({parts[1], parts[2]});
  }
  return out;
}

}  // namespace

TEST_CASE("every test that the table of holes names exists") {
  const std::regex named(R"rx((?:`?([a-z_0-9]+)`? |, )"([^"]+)")rx");
  size_t found = 0;
  for (const Row& row : rows()) {
    std::string key;
    for (std::sregex_iterator it(row.evidence.begin(), row.evidence.end(), named), end; it != end; ++it) {
      if ((*it)[1].matched) key = (*it)[1];
      INFO(row.hole << ": " << key << " \"" << (*it)[2] << "\"");
      CHECK(has(tests_of(key), (*it)[2]));
      ++found;
    }
  }
  CHECK(found > 50);
}

TEST_CASE("every golden file that the table of holes names exists") {
  const std::regex named(R"rx(`(fail_[a-z_0-9]+)`)rx");
  for (const Row& row : rows()) {
    for (std::sregex_iterator it(row.evidence.begin(), row.evidence.end(), named), end; it != end; ++it) {
      INFO(row.hole << ": " << (*it)[1]);
      CHECK(fs::exists(kHere / "tests/golden/money" / ((*it)[1].str() + ".carrier")));
    }
  }
}

TEST_CASE("every hole of the list has its row, and something in the last column") {
  std::set<std::string> holes;
  for (const Row& row : rows()) {
    CHECK(holes.insert(row.hole).second);
    INFO(row.hole);
    CHECK(!row.evidence.empty());
  }
  for (int i = 1; i <= 32; ++i) CHECK(holes.count("H" + std::to_string(i)) == 1);
  for (int i = 1; i <= 23; ++i) CHECK(holes.count("D" + std::to_string(i)) == 1);
}
