// The house keeps its own rules: who may include whom, where third-party headers may stand, and which names say nothing.
// The list of rooms in CMakeLists.txt is the only source: a room may include itself, what it NEEDS, and nothing else.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = TOLLGATE_SOURCE_DIR;

std::string slurp(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Room -> rooms it needs, from the room(…) lines of CMakeLists.txt.
std::map<std::string, std::set<std::string>> rooms() {
  std::map<std::string, std::set<std::string>> result;
  std::regex line(R"(room\((\S+)\s+NEEDS([^)]*)\))");
  std::string text = slurp(kRoot / "CMakeLists.txt");
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
    std::istringstream words((*it)[2]);
    std::set<std::string> needs;
    for (std::string word; words >> word && word != "LIBS" && word != "SOURCES";) needs.insert(word);
    result[(*it)[1]] = needs;
  }
  return result;
}

// What a room reaches: what its needs need may be included too, since a header it uses may show their types.
void reach(const std::map<std::string, std::set<std::string>>& all, const std::string& room, std::set<std::string>& out) {
  if (!out.insert(room).second) return;
  auto it = all.find(room);
  REQUIRE(it != all.end());
  for (const std::string& need : it->second) reach(all, need, out);
}

std::string room_of(const std::string& path, const std::map<std::string, std::set<std::string>>& all) {
  std::string folder = path.substr(0, path.rfind('/'));
  return all.count(folder) != 0 ? folder : "";
}

std::vector<fs::path> sources_below(const std::string& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(kRoot / folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    std::string ext = entry.path().extension();
    if (ext == ".h" || ext == ".cpp" || ext == ".def") files.push_back(entry.path());
  }
  return files;
}

const std::vector<std::string> kHouses = {"runtime", "compiler", "stdlib", "peer", "cli", "gateway"};

// Third-party headers and the only rooms that may see them.
const std::map<std::string, std::set<std::string>> kThirdParty = {
    {"tao/", {"compiler/parse"}},
    {"curl/", {"runtime/links", "cli/node"}},
    {"sqlite3.h", {"runtime/store"}},
    {"openssl/", {"runtime/bytecode", "runtime/crypto", "runtime/codecs", "runtime/builtins", "runtime/store", "runtime/engine", "runtime/api", "runtime/ports", "peer"}},
    {"nlohmann/", {"runtime/api", "runtime/observe", "peer", "cli/node"}},
    {"date/", {"runtime/value"}},
    {"zlib.h", {"runtime/codecs"}},
    {"zip.h", {"runtime/codecs"}},
    {"iconv.h", {"runtime/codecs"}},
};

bool ends_with_number(std::string_view text) {   // "{413, "
  if (!text.ends_with(", ")) return false;
  text.remove_suffix(2);
  const size_t last = text.find_last_not_of("0123456789");
  return last != text.npos && text.size() - last == 4 && (text[last] == '{' || text[last] == '(');
}

// Whether the literal between `before` and `after`, on one line, is the code of an Error: the ways in which the sources write one.
bool is_code_place(std::string_view before, std::string_view after) {
  const auto has = [&](std::string_view word) { return before.find(word) != before.npos; };
  if (before.ends_with("Error{") || before.ends_with("refuse(") || before.ends_with("error_json(") || before.ends_with("code = ") || before.ends_with("error = {")) return true;
  if (before.ends_with('{')) {
    if (const size_t named = before.rfind("Error "); named != before.npos && before.substr(named + 6).find_first_of(" ({") == before.size() - named - 7) return true;
    if (before.ends_with("return {") && after.starts_with(", ")) return true;
    if (before.ends_with(", {") && after.starts_with(", ") && (has("trouble(") || has("back_off("))) return true;
  }
  if (ends_with_number(before)) return true;
  return (before.ends_with("? ") || before.ends_with(": ")) && (has("code = ") || has("Error{"));
}

// Codes of Errors that a source writes, in one of those ways; and every literal that could be one.
void collect_codes(const std::string& text, std::set<std::string>& codes, std::set<std::string>& literals) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("static_assert") != line.npos) continue;
    for (size_t from = line.find('"'); from != line.npos; from = line.find('"', from + 1)) {
      const size_t upto = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", from + 1);
      if (upto == line.npos || upto == from + 1 || line[upto] != '"') continue;
      const std::string word = line.substr(from + 1, upto - from - 1);
      literals.insert(word);
      if (is_code_place(std::string_view(line).substr(0, from), std::string_view(line).substr(upto + 1))) codes.insert(word);
    }
  }
}

}  // namespace

TEST_CASE("every code of an Error is in the catalog, and the catalog has no other") {
  std::set<std::string> codes, literals, listed;
  for (const std::string& house : kHouses)
    for (const fs::path& file : sources_below(house))
      if (file.extension() != ".def") collect_codes(slurp(file), codes, literals);
  REQUIRE(codes.size() > 60);
  const std::string catalog = slurp(kRoot / "runtime/catalog/errors.def");
  std::regex row(R"(\nTG_ERROR\((\w+),)");
  for (std::sregex_iterator it(catalog.begin(), catalog.end(), row), end; it != end; ++it) listed.insert((*it)[1]);
  for (const std::string& code : codes) {
    INFO("error code " << code << " has no row in runtime/catalog/errors.def");
    CHECK(listed.count(code) == 1);
  }
  for (const std::string& code : listed) {
    INFO("runtime/catalog/errors.def lists " << code << ", and no source says it");
    CHECK(literals.count(code) == 1);
  }
}

TEST_CASE("every include goes in an allowed direction") {
  auto all = rooms();
  REQUIRE(all.size() > 25);
  std::regex include(R"re(#include "([^"]+)")re");
  for (const std::string& house : kHouses) {
    for (const fs::path& file : sources_below(house)) {
      std::string path = fs::relative(file, kRoot).generic_string();
      std::string room = room_of(path, all);
      if (room.empty()) continue;  // public headers below include/: looked at in the next test
      std::set<std::string> allowed;
      reach(all, room, allowed);
      std::string text = slurp(file);
      for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
        std::string included = (*it)[1];
        if (included.starts_with("tollgate/")) continue;
        std::string target = room_of(included, all);
        INFO(path << " includes " << included << ", but room " << room << " does not need " << target << " (see CMakeLists.txt)");
        CHECK(!target.empty());
        CHECK(allowed.count(target) == 1);
      }
    }
  }
}

TEST_CASE("the runtime never sees the compiler, and the compiler sees only data of the runtime") {
  auto all = rooms();
  for (const auto& [room, needs] : all) {
    std::set<std::string> reached;
    reach(all, room, reached);
    for (const std::string& other : reached) {
      if (room.starts_with("runtime/")) CHECK_FALSE(other.starts_with("compiler/"));
      if (room.starts_with("compiler/") && other.starts_with("runtime/")) {
        INFO(room << " reaches " << other);
        CHECK(std::set<std::string>{"runtime/base", "runtime/value", "runtime/catalog", "runtime/bytecode"}.count(other) == 1);
      }
    }
  }
}

TEST_CASE("third-party headers stay where they belong, and no public header shows one") {
  std::regex include(R"re(#include <([^>]+)>)re");
  for (const std::string& house : kHouses) {
    for (const fs::path& file : sources_below(house)) {
      std::string path = fs::relative(file, kRoot).generic_string();
      std::string folder = path.substr(0, path.rfind('/'));
      std::string text = slurp(file);
      for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
        std::string header = (*it)[1];
        for (const auto& [prefix, homes] : kThirdParty) {
          if (!header.starts_with(prefix)) continue;
          INFO(path << " includes <" << header << ">");
          CHECK(homes.count(folder) == 1);
          CHECK(path.find("/include/") == std::string::npos);
        }
      }
    }
  }
}

TEST_CASE("no file name says nothing, and no source has an unfinished mark") {
  std::regex vague(R"((^|/)(utils?|helpers?|misc|common|manager)[^/]*$)");
  std::regex unfinished("\\b(TO" "DO|FIX" "ME|XX" "X:|HA" "CK)\\b");
  for (const std::string& house : kHouses) {
    for (const fs::path& file : sources_below(house)) {
      std::string path = fs::relative(file, kRoot).generic_string();
      INFO(path);
      CHECK_FALSE(std::regex_search(path, vague));
      CHECK_FALSE(std::regex_search(slurp(file), unfinished));
    }
  }
}
