// The pages of diagnostics: each code has one, and both of its samples are what they say they are. The wrong sample gives exactly its code,
// as often as it likes and no other; the right one gives nothing at all and is in canonical form.
//     ```carrier fails=CR0501      the wrong sample of an error
//     ```carrier warns=CR0901      the wrong sample of a warning
//     ```carrier                   the right sample
//     ```carrier beside=a.carrier  a file that both samples need, or a second one of that name
// `also=CRnnnn` names a code that comes with the other. A file's name is sample.carrier, the day 2026-11-26.
// A sample that a page cannot show as it is says `made`: there `<<TEXT*N>>` stands for TEXT N times and `<<\xNN…>>` for bytes.
// `pages FOLDER` reads FOLDER/CRnnnn.md.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "tollgate/compiler.h"

using namespace tollgate;
namespace fs = std::filesystem;

namespace {

struct Sample {
  std::string info, text;
  bool says(std::string_view word) const { return (" " + info + " ").find(fmt::format(" {} ", word)) != std::string::npos; }
};

struct Page {
  std::string title;
  bool no_sample = false;  // a line begins with "No sample:" and says why
  std::vector<Sample> samples;
};

Page read_page(const fs::path& path) {
  Page page;
  std::ifstream in(path, std::ios::binary);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (page.title.empty()) page.title = line;
    if (line.starts_with("No sample: ")) page.no_sample = true;
    if (line.starts_with("```")) {
      if (!inside) page.samples.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      page.samples.back().text += line + "\n";
    }
  }
  return page;
}

// What `<<…>>` of a made sample stands for.
std::string made(std::string_view notation) {
  std::string out;
  if (notation.starts_with("\\x")) {
    for (size_t at = 0; at + 4 <= notation.size(); at += 4) out += static_cast<char>(std::stoi(std::string(notation.substr(at + 2, 2)), nullptr, 16));
    return out;
  }
  const size_t star = notation.rfind('*');
  for (int n = std::stoi(std::string(notation.substr(star + 1))); n > 0; --n) out += notation.substr(0, star);
  return out;
}

std::string text_of(const Sample& sample) {
  if (!sample.says("made")) return sample.text;
  std::string out;
  size_t at = 0;
  for (size_t open; (open = sample.text.find("<<", at)) != std::string::npos;) {
    const size_t close = sample.text.find(">>", open);
    out += sample.text.substr(at, open - at) + made(std::string_view(sample.text).substr(open + 2, close - open - 2));
    at = close + 2;
  }
  return out + sample.text.substr(at);
}

struct Said {
  std::set<std::string> codes;
  std::string text;
};

// The value of `key=` among the words behind the fence; empty when it is not there.
std::string value_of(const Sample& sample, std::string_view key) {
  std::istringstream words(sample.info);
  for (std::string word; words >> word;)
    if (word.starts_with(key)) return word.substr(key.size());
  return "";
}

Said compiled(std::vector<SourceText> files) {
  Compilation result = compile(std::move(files), Phase::lower, "2026-11-26");
  Said said{{}, result.diagnostics(Rendering::terminal)};
  std::istringstream lines(result.diagnostics(Rendering::json));
  for (std::string line; std::getline(lines, line);) said.codes.insert(line.substr(line.find("\"CR") + 1, 6));
  return said;
}

// What is wrong with the samples of one page; empty when nothing is.
std::string trouble_with(const DiagnosticRow& row, const Page& page) {
  const std::string wrong_mark = fmt::format("{}={}", row.severity == Severity::error ? "fails" : "warns", row.code);
  if (!page.title.starts_with(fmt::format("# {}: ", row.code))) return fmt::format("its first line is not `# {}: …`", row.code);
  if (page.no_sample) return page.samples.empty() ? "" : "it says that there is no sample, and has one";
  size_t wrong = 0, right = 0;
  std::vector<SourceText> files = {{"sample.carrier", ""}};
  for (const Sample& sample : page.samples) {
    if (const std::string name = value_of(sample, "beside="); !name.empty()) files.push_back({name, sample.text});
  }
  for (const Sample& sample : page.samples) {
    if (!sample.info.starts_with("carrier") || !value_of(sample, "beside=").empty()) continue;
    const std::string text = text_of(sample);
    files[0].text = text;
    const Said said = compiled(files);
    if (sample.says(wrong_mark)) {
      ++wrong;
      std::set<std::string> expected = {std::string(row.code)};
      if (const std::string also = value_of(sample, "also="); !also.empty()) expected.insert(also);
      if (said.codes != expected) return fmt::format("its wrong sample does not give exactly {}:\n{}", row.code, said.text);
    } else {
      ++right;
      if (!said.codes.empty()) return fmt::format("its right sample is refused:\n{}", said.text);
      if (sample.text == text && format_source({"sample.carrier", text}).text != text) return "its right sample is not in canonical form; `tollgate fmt` it";
    }
  }
  if (wrong == 0) return fmt::format("no sample is marked `{}`", wrong_mark);
  if (right == 0) return "there is no right sample";
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: pages FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  size_t failed = 0;
  for (const DiagnosticRow& row : all_diagnostics()) {
    const fs::path path = folder / fmt::format("{}.md", row.code);
    if (!fs::exists(path)) {
      ++failed;
      fmt::print("{} ({}) has no page. Write docs/reference/diagnostics/{}.md after the pattern of its neighbours: what was seen, what it prevents\n"
                 "(the money or the secret that would be lost), a wrong sample marked `carrier fails={}` and a right one marked `carrier`.\n",
                 row.code, row.name, row.code, row.code);
      continue;
    }
    if (const std::string trouble = trouble_with(row, read_page(path)); !trouble.empty()) {
      ++failed;
      fmt::print("{}: {}\n", path.string(), trouble);
    }
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".md" || find_diagnostic(entry.path().stem().string())) continue;
    ++failed;
    fmt::print("{}: no diagnostic has this code; remove the page, or add the row to compiler/diag/diagnostics.def\n", entry.path().string());
  }
  fmt::print("{} codes, {} failed\n", all_diagnostics().size(), failed);
  return failed == 0 ? 0 : 1;
}
