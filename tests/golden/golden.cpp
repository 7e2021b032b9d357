// Golden files: what people read, kept beside what they wrote. Each is one .carrier file that starts with
//     // RUN: check %s
// and ends with what `tollgate` printed:
//     // EXPECT exit 1
//     // EXPECT stderr
//     // | error[CR0301]: …
// `golden TOLLGATE FOLDER` runs all of them below FOLDER; `golden --update TOLLGATE FOLDER` writes what is printed now (never under CI).
// A file is named fail_… if and only if its command fails.
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Run {
  int exit = 0;
  std::string out, err;
};

std::string quoted(const std::string& word) {
  std::string result = "'";
  for (char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

Run run(const std::string& tollgate, const fs::path& file, std::string arguments) {
  size_t at = arguments.find("%s");
  if (at != std::string::npos) arguments.replace(at, 2, quoted(file.filename()));
  fs::path scratch = fs::temp_directory_path() / fmt::format("golden-{}", getpid());
  fs::create_directories(scratch);
  std::string command = fmt::format("cd {} && {} {} >{} 2>{} </dev/null", quoted(file.parent_path()), quoted(tollgate), arguments,
                                    quoted(scratch / "out"), quoted(scratch / "err"));
  int status = std::system(command.c_str());
  Run result{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(scratch / "out"), slurp(scratch / "err")};
  fs::remove_all(scratch);
  return result;
}

// The escape character of a terminal is no text of a carrier file; its picture is.
std::string shown(std::string line) {
  for (size_t at; (at = line.find('\x1b')) != std::string::npos;) line.replace(at, 1, "␛");
  return line;
}

void add_section(std::string& text, const char* name, const std::string& content) {
  if (content.empty()) return;
  text += fmt::format("// EXPECT {}\n", name);
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) text += line.empty() ? "// |\n" : "// | " + shown(line) + "\n";
}

std::string expectation(const Run& run) {
  std::string text = fmt::format("// EXPECT exit {}\n", run.exit);
  add_section(text, "stdout", run.out);
  add_section(text, "stderr", run.err);
  return text;
}

// 0 as expected, 1 not.
int one(const std::string& tollgate, const fs::path& file, bool update) {
  std::string text = slurp(file);
  const std::string mark = "// RUN: ";
  if (!text.starts_with(mark)) {
    fmt::print("{}: a golden file begins with `// RUN: …`\n", file.string());
    return 1;
  }
  std::string arguments = text.substr(mark.size(), text.find('\n') - mark.size());
  size_t cut = text.find("// EXPECT exit ");
  std::string input = text.substr(0, cut);
  if (update && cut == std::string::npos && !input.ends_with("\n\n")) input += "\n";
  if (update) {
    // The expectation is part of the file that is read, so it is written first with what will be printed: comments change no output.
    std::ofstream(file, std::ios::binary) << input << (cut == std::string::npos ? "" : text.substr(cut));
  }
  Run result = run(tollgate, file, arguments);
  std::string expected = cut == std::string::npos ? "" : text.substr(cut);
  std::string actual = expectation(result);
  bool named_fail = file.filename().string().starts_with("fail_");
  if (named_fail != (result.exit != 0)) {
    fmt::print("{}: exit {}; a file is named fail_… if and only if its command fails\n", file.string(), result.exit);
    return 1;
  }
  if (update) {
    std::ofstream(file, std::ios::binary) << input << actual;
    return 0;
  }
  if (expected == actual) return 0;
  fmt::print("{} differs.\n--- expected\n{}--- printed\n{}--- run alone: golden TOLLGATE {}\n", file.string(), expected, actual, file.string());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  bool update = !words.empty() && words[0] == "--update";
  if (update) words.erase(words.begin());
  if (words.size() != 2) {
    std::cerr << "usage: golden [--update] TOLLGATE FOLDER-OR-FILE\n";
    return 2;
  }
  if (update && std::getenv("CI") != nullptr) {
    std::cerr << "golden: --update is refused under CI\n";
    return 2;
  }
  std::string tollgate = fs::absolute(words[0]);
  std::vector<fs::path> files;
  if (fs::is_regular_file(words[1])) files.push_back(fs::absolute(words[1]));
  else
    for (const auto& entry : fs::recursive_directory_iterator(fs::absolute(words[1])))
      if (entry.path().extension() == ".carrier") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::cerr << "golden: no .carrier file below " << words[1] << "\n";
    return 2;
  }
  int failed = 0;
  for (const fs::path& file : files) failed += one(tollgate, file, update);
  fmt::print("{} passed, {} failed\n", files.size() - failed, failed);
  return failed == 0 ? 0 : 1;
}
