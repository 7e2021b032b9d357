#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "cli/command.h"
#include "cli/junit.h"
#include "cli/workspace.h"
#include "peer/coverage.h"
#include "peer/test_runner.h"
#include "runtime/bytecode/test_suite.h"
#include "runtime/load/program.h"

namespace tollgate::cli {
namespace {

constexpr uint32_t kRunsMax = 10'000;

struct Wanted {
  std::string filter, junit;
  bool coverage = false;
  uint64_t seed = 1;
  uint32_t runs = 10;
  std::vector<std::string> paths;
};

struct Tally {
  size_t passed = 0, failed = 0;
  std::vector<peer::CaseResult> cases;
};

// A recording stands beside the file of the test that names it.
Result<std::string> read_recording(const std::string& test_file, const std::string& name) {
  return read_file((std::filesystem::path(test_file).parent_path() / name).string());
}

bool read_number(const std::string& text, uint64_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

void print_failure(const peer::CaseResult& result) { fmt::print("{}\n", peer::report(result)); }

void print_coverage(const Module& module, const TestSuite& suite, const peer::Coverage& coverage) {
  std::vector<peer::Unmet> missing = peer::unmet(module, coverage);
  size_t all = peer::coverable(module);
  fmt::print("  {} of {} arms, rows and promises reached\n", all - missing.size(), all);
  for (const peer::Unmet& place : missing) {
    auto at = suite.places.find({place.owner, place.number});
    if (at == suite.places.end()) fmt::print("  no test reaches {}\n", place.place);
    else fmt::print("  {}:{}:{}: no test reaches {}\n", at->second.file, at->second.line, at->second.column, place.place);
  }
}

// The tests of one carrier; false when its module or its suite cannot be run at all.
bool run_carrier(const Compilation& compilation, size_t index, const Wanted& wanted, Tally& tally) {
  const CompiledCarrier& carrier = compilation.carriers()[index];
  auto program = Program::load(carrier.bytes);  // the very bytes that are deployed
  if (!program.ok()) {
    fmt::print(stderr, "tollgate test: {}: {}\n", carrier.name, program.error().message);
    return false;
  }
  const TestSuite& suite = compilation.tests(index);
  if (suite.cases.empty() && suite.properties.empty()) return true;
  peer::RunnerOptions options;
  options.only = wanted.filter;
  options.seed = wanted.seed;
  options.runs = wanted.runs;
  options.recordings = read_recording;
  options.after_case = [](const peer::CaseResult& result) {
    if (!result.passed()) print_failure(result);
  };
  auto result = peer::run_suite(program.value(), suite, options);
  if (!result.ok()) {
    fmt::print(stderr, "tollgate test: {}: {}\n", carrier.name, result.error().message);
    return false;
  }
  size_t passed = result.value().passed();
  size_t failed = result.value().cases.size() - passed;
  tally.passed += passed;
  tally.failed += failed;
  fmt::print("{:<16} {:>4} passed {:>4} failed\n", carrier.name, passed, failed);
  if (wanted.coverage) print_coverage(program.value()->module(), suite, result.value().coverage);
  for (peer::CaseResult& one : result.value().cases) tally.cases.push_back(std::move(one));
  return true;
}

}  // namespace

int cmd_test(const Arguments& arguments) {
  Wanted wanted;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--coverage") {
      wanted.coverage = true;
    } else if (arguments[i] == "--filter") {
      if (i + 1 == arguments.size()) return usage_error("test", "`--filter` needs a part of a test's name");
      wanted.filter = arguments[++i];
    } else if (arguments[i] == "--junit") {
      if (i + 1 == arguments.size()) return usage_error("test", "`--junit` needs a file to write");
      wanted.junit = arguments[++i];
    } else if (arguments[i] == "--seed" || arguments[i] == "--runs") {
      const std::string option = arguments[i];
      uint64_t number = 0;
      if (i + 1 == arguments.size() || !read_number(arguments[++i], number)) return usage_error("test", fmt::format("`{}` needs a number", option));
      if (option == "--seed") wanted.seed = number;
      else if (number <= kRunsMax) wanted.runs = static_cast<uint32_t>(number);
      else return usage_error("test", fmt::format("`--runs` is at most {}", kRunsMax));
    } else if (arguments[i].starts_with("-")) {
      return usage_error("test", fmt::format("there is no option `{}`", arguments[i]));
    } else {
      wanted.paths.push_back(arguments[i]);
    }
  }
  if (wanted.paths.empty()) return usage_error("test", "name at least one file or folder");

  Result<std::vector<SourceText>> sources = read_sources(with_tests_beside(wanted.paths));
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate test: {}\n", sources.error().message);
    return kTrouble;
  }
  Compilation compilation = compile(std::move(sources).value(), Phase::lower, today());
  fmt::print(stderr, "{}", compilation.diagnostics(colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal));
  if (!compilation.ok()) return exit_of(compilation);

  Tally tally;
  for (size_t i = 0; i < compilation.carriers().size(); ++i)
    if (!run_carrier(compilation, i, wanted, tally)) return kFindings;
  if (wanted.junit == "-") {
    fmt::print("{}", junit_xml(tally.cases));
  } else if (!wanted.junit.empty()) {
    Status written = write_file(wanted.junit, junit_xml(tally.cases));
    if (!written.ok()) {
      fmt::print(stderr, "tollgate test: {}\n", written.error().message);
      return kTrouble;
    }
  }
  fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
  if (tally.passed + tally.failed == 0) {
    fmt::print(stderr, "tollgate test: no test was found\n");
    return kFindings;
  }
  return tally.failed == 0 ? kDone : kFindings;
}

}  // namespace tollgate::cli
