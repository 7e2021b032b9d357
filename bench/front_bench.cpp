// The compiler's speed on a fleet made from the carriers of this repository: 300 carriers, 30,000 lines. Beside it, on this machine and in this
// run, what `luac5.4 -p` does with Lua of the same size and `buf lint` with Protocol Buffers of the same number of lines; "skipped" where they
// are not installed. `bench_front FOLDER-OF-CARRIERS`.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/parse/parse.h"
#include "tollgate/compiler.h"
#include "tollgate/workspace.h"

using namespace tollgate;
namespace fs = std::filesystem;

namespace {

constexpr size_t kCarriers = 300, kLines = 30'000;
constexpr int kRounds = 5;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

size_t lines_of(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

double best_ms(int rounds, const std::function<void()>& work) {
  double best = 1e12;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

// --- the fleet

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  const std::regex line("(?:^|\n)(?:carrier|family) (\\w+)");
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) names.push_back((*it)[1]);
  return names;
}

size_t carriers_in(const std::string& text) {
  const std::regex line("(?:^|\n)carrier \\w+");
  return static_cast<size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), line), std::sregex_iterator()));
}

// The n-th copy of a file: every carrier and family gets the number behind its name.
std::string copy_of(std::string text, size_t n) {
  for (const std::string& name : names_in(text)) text = std::regex_replace(text, std::regex("\\b" + name + "\\b"), fmt::format("{}_{}", name, n));
  return text;
}

// Two more carriers like the first one that is of a family.
std::string with_more(const std::string& text) {
  const std::regex block("\n(carrier )(\\w+)( is \\w+ \\{[^}]*\\}?[^}]*\n\\}\n)");
  std::smatch found;
  if (!std::regex_search(text, found, block)) return text;
  std::string out = text;
  for (int i = 1; i <= 2; ++i) out += fmt::format("\n{}{}_{}{}", found[1].str(), found[2].str(), "xy"[i - 1], found[3].str());
  return out;
}

std::vector<SourceText> make_fleet(const fs::path& folder) {
  std::vector<std::string> originals;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".carrier") originals.push_back(with_more(slurp(entry.path())));
  std::sort(originals.begin(), originals.end());
  std::vector<SourceText> fleet;
  size_t carriers = 0, lines = 0;
  for (size_t n = 0; !originals.empty() && (carriers < kCarriers || lines < kLines); ++n) {
    std::string text = copy_of(originals[n % originals.size()], n);
    carriers += carriers_in(text);
    lines += lines_of(text);
    fleet.push_back({fmt::format("fleet_{}.carrier", n), std::move(text)});
  }
  fmt::print("a fleet of {} files, {} carriers, {} lines\n", fleet.size(), carriers, lines);
  return fleet;
}

// --- the others

bool installed(const std::string& program) { return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0; }

std::string lua_of(size_t bytes) {
  std::string out = "local M = {}\n";
  for (size_t n = 0; out.size() < bytes; ++n)
    out += fmt::format(
        "function M.charge_{0}(amount, user, ref)\n  local body = {{ id = ref, to = user.msisdn.digits, amount = amount.decimal.text, shop = \"shop-{0}\" }}\n"
        "  local answer = M.send(\"POST\", \"/v1/charges\", body, {0})\n  if answer.status == 200 and answer.state == \"PAID\" and answer.id == ref then\n"
        "    return M.succeeded {{ carrier_ref = answer.receipt }}\n  elseif answer.state == \"REFUSED\" then\n    return M.declined(\"refused\")\n  end\n"
        "  return M.manual(\"the carrier has no enquiry\")\nend\n\n",
        n);
  return out + "return M\n";
}

std::string proto_of(size_t lines) {
  std::string out = "syntax = \"proto3\";\n\npackage fleet.v1;\n\n";
  for (size_t n = 0; lines_of(out) < lines; ++n)
    out += fmt::format("message Charge{0} {{\n  string id = 1;\n  string msisdn = 2;\n  string amount = 3;\n  string currency = 4;\n  string receipt = 5;\n}}\n\n", n);
  return out;
}

void beside_luac(const fs::path& scratch, size_t bytes, double parse_mb_s) {
  if (!installed("luac5.4")) return fmt::print("luac5.4 -p: skipped, not installed\n");
  const std::string lua = lua_of(bytes);
  std::ofstream(scratch / "fleet.lua", std::ios::binary) << lua;
  std::ofstream(scratch / "empty.lua") << "";
  const auto run = [&](const char* file) { return best_ms(kRounds, [&] { (void)!std::system(fmt::format("luac5.4 -p {}", (scratch / file).string()).c_str()); }); };
  const double ms = run("fleet.lua") - run("empty.lua");
  const double mb_s = static_cast<double>(lua.size()) / ms / 1000;
  fmt::print("luac5.4 -p, without its start: {:.1f} MB/s; ours is {:.2f} of it\n", mb_s, parse_mb_s / mb_s);
}

void beside_buf(const fs::path& scratch, size_t lines) {
  if (!installed("buf")) return fmt::print("buf build, buf lint: skipped, not installed (npm package @bufbuild/buf)\n");
  fs::create_directories(scratch / "proto/fleet/v1");
  std::ofstream(scratch / "proto/fleet/v1/fleet.proto", std::ios::binary) << proto_of(lines);
  std::ofstream(scratch / "proto/buf.yaml") << "version: v2\n";
  for (const char* command : {"build", "lint"}) {
    const std::string line = fmt::format("cd {} && buf {} >/dev/null 2>&1", (scratch / "proto").string(), command);
    if (int status = std::system(line.c_str()); !WIFEXITED(status) || WEXITSTATUS(status) > 100) {
      fmt::print("buf {}: skipped, it does not run here\n", command);
      continue;
    }
    fmt::print("buf {} of {} lines, with its start: {:.0f} ms\n", command, lines, best_ms(kRounds, [&] { (void)!std::system(line.c_str()); }));
  }
}

double measure_parse(const std::vector<SourceText>& fleet, size_t bytes) {
  SourceSet sources;
  std::vector<FileId> ids;
  for (const SourceText& file : fleet) ids.push_back(sources.add(file.name, file.text));
  const double ms = best_ms(kRounds, [&] {
    Sink sink;
    for (const FileId id : ids) (void)parse(sources.file(id), sink);
  });
  const double mb_s = static_cast<double>(bytes) / ms / 1000;
  fmt::print("parse, lossless: {:.1f} MB/s\n", mb_s);
  return mb_s;
}

void measure_compile(const std::vector<SourceText>& fleet) {
  size_t errors = 0;
  const double ms = best_ms(kRounds, [&] { errors = compile(fleet).errors(); });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("parse, check and lower: {:.0f} ms, {} errors; peak memory {:.0f} MiB\n", ms, errors, static_cast<double>(usage.ru_maxrss) / 1024);
}

void measure_again(const std::vector<SourceText>& fleet) {
  Workspace workspace;
  for (const SourceText& file : fleet) workspace.set(file.name, file.text);
  workspace.check();
  size_t n = 0;
  const double ms = best_ms(kRounds * 4, [&] {
    const SourceText& file = fleet[n++ % fleet.size()];
    workspace.set(file.name, file.text + "\n// changed\n");
    workspace.check();
  });
  fmt::print("check again after a change to one file: {:.1f} ms, {} errors\n", ms, workspace.errors());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<SourceText> fleet = make_fleet(argc > 1 ? argv[1] : "carriers");
  if (fleet.empty()) {
    fmt::print(stderr, "bench_front: no .carrier file there\n");
    return 3;
  }
  size_t bytes = 0, lines = 0;
  for (const SourceText& file : fleet) bytes += file.text.size(), lines += lines_of(file.text);
  const fs::path scratch = fs::temp_directory_path() / fmt::format("bench-front-{}", getpid());
  fs::create_directories(scratch);
  const double mb_s = measure_parse(fleet, bytes);
  measure_compile(fleet);
  measure_again(fleet);
  beside_luac(scratch, bytes, mb_s);
  beside_buf(scratch, lines);
  fs::remove_all(scratch);
  return 0;
}
