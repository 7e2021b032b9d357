// Docs that run. Every ```carrier block of every page is checked; every ```console block is executed.
//     ```carrier            a whole file; must check without errors, and be in canonical form
//     ```carrier name=x     the same, and kept as x for the commands of this page
//     ```carrier fails=CR0501   must be refused with that code; may have a name too
//     ```console            `$ command` lines, each followed by what it prints; a line `…` stands for any lines
//     ```json name=x        any other language with a name: written to x, for the commands of this page
// 127.0.0.1 becomes an address of this run's own, also on this machine, so that pages which start servers meet nobody else's. Programs that a page leaves running with
// their numbers in files *.pid are ended with it.
// `docs FOLDER-OF-PROGRAMS PAGE…`. A ```sh block is for people: it installs or takes minutes, and is run by continuous integration itself.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

struct Block {
  std::string language, name, fails, text;
  int line = 0;
  bool named = false;
};

std::vector<Block> blocks_of(const fs::path& page) {
  std::ifstream in(page);
  std::vector<Block> blocks;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!inside) {
        std::istringstream words(line.substr(3));
        Block block;
        words >> block.language;
        block.line = number;
        block.name = fmt::format("block{}.carrier", number);
        for (std::string word; words >> word;) {
          if (word.starts_with("name=")) block.name = word.substr(5), block.named = true;
          if (word.starts_with("fails=")) block.fails = word.substr(6);
        }
        blocks.push_back(block);
      }
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

struct Run {
  int exit;
  std::string printed;
};

Run run(const fs::path& folder, const std::string& command) {
  std::string line = fmt::format("cd '{}' && ( {} ) 2>&1 </dev/null", folder.string(), command);
  std::FILE* pipe = popen(line.c_str(), "r");
  Run result{0, ""};
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.printed.append(buffer, n);
  int status = pclose(pipe);
  result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return result;
}

// A loopback address that another run hardly has at the same time.
std::string own_loopback(std::string text) {
  const std::string common = "127.0.0.1", own = fmt::format("127.{}.{}.{}", 1 + getpid() / 62500 % 250, 1 + getpid() / 250 % 250, 2 + getpid() % 250);
  for (size_t at = text.find(common); at != text.npos; at = text.find(common, at + own.size())) text.replace(at, common.size(), own);
  return text;
}

// Only what still runs in this page's folder: a number may have passed to somebody else.
void end_programs(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".pid") continue;
    pid_t pid = 0;
    std::ifstream(entry.path()) >> pid;
    std::error_code error;
    if (pid > 1 && fs::read_symlink(fmt::format("/proc/{}/cwd", pid), error) == fs::canonical(folder, error)) kill(pid, SIGKILL);
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// `…` in `wanted` stands for any number of lines.
bool matches(const std::vector<std::string>& wanted, size_t w, const std::vector<std::string>& seen, size_t s) {
  if (w == wanted.size()) return s == seen.size();
  if (wanted[w] == "…") {
    for (size_t next = s; next <= seen.size(); ++next)
      if (matches(wanted, w + 1, seen, next)) return true;
    return false;
  }
  return s < seen.size() && wanted[w] == seen[s] && matches(wanted, w + 1, seen, s + 1);
}

// The start of what a command printed: enough to see what is wrong.
std::string excerpt(const std::string& printed) {
  constexpr size_t kLinesShown = 12;
  std::vector<std::string> lines = lines_of(printed);
  std::string out;
  for (size_t i = 0; i < lines.size() && i < kLinesShown; ++i) out += "  " + lines[i] + "\n";
  if (lines.size() > kLinesShown) out += fmt::format("  … {} more lines\n", lines.size() - kLinesShown);
  return out;
}

std::string check_carrier(const Block& block, const fs::path& folder) {
  std::ofstream(folder / block.name) << block.text;
  Run result = run(folder, "tollgate check " + block.name);
  if (!block.fails.empty()) {
    if (result.exit == 1 && result.printed.find("error[" + block.fails + "]") != std::string::npos) return "";
    return "should be refused with " + block.fails + ", but:\n" + excerpt(result.printed);
  }
  if (result.exit == 0) result = run(folder, "tollgate fmt --check " + block.name);
  return result.exit == 0 ? "" : "\n" + excerpt(result.printed);
}

std::string check_console(const Block& block, const fs::path& folder) {
  std::vector<std::string> lines = lines_of(own_loopback(block.text));
  for (size_t i = 0; i < lines.size();) {
    if (!lines[i].starts_with("$ ")) return "a console block begins with a `$ ` line";
    std::string command = lines[i].substr(2);
    std::vector<std::string> wanted;
    for (++i; i < lines.size() && !lines[i].starts_with("$ "); ++i) wanted.push_back(lines[i]);
    Run result = run(folder, command);
    if (!matches(wanted, 0, lines_of(result.printed), 0)) return fmt::format("`{}` printed:\n{}", command, excerpt(result.printed));
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: docs FOLDER-OF-PROGRAMS PAGE-OR-FOLDER…\n";
    return 2;
  }
  setenv("PATH", fmt::format("{}:{}", fs::absolute(argv[1]).string(), std::getenv("PATH")).c_str(), 1);
  std::vector<fs::path> pages;
  for (int i = 2; i < argc; ++i) {
    if (fs::is_regular_file(argv[i])) pages.push_back(argv[i]);
    else
      for (const auto& entry : fs::recursive_directory_iterator(argv[i]))
        if (entry.path().extension() == ".md" && entry.path().parent_path().filename() != "diagnostics") pages.push_back(entry.path());  // those: pages.cpp
  }
  int passed = 0, failed = 0;
  for (const fs::path& page : pages) {
    fs::path folder = fs::temp_directory_path() / fmt::format("tollgate-docs-{}", getpid());
    fs::create_directories(folder);
    for (const Block& block : blocks_of(page)) {
      if (block.language != "carrier" && block.language != "console") {
        if (block.named) std::ofstream(folder / block.name) << own_loopback(block.text);
        continue;
      }
      std::string trouble = block.language == "carrier" ? check_carrier(block, folder) : check_console(block, folder);
      if (trouble.empty()) ++passed;
      else {
        ++failed;
        fmt::print("{}:{}: {}\n", page.string(), block.line, trouble);
      }
    }
    end_programs(folder);
    fs::remove_all(folder);
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
