#include <fmt/format.h>
#include <unistd.h>

#include <map>

#include "cli/command.h"
#include "cli/format_option.h"
#include "cli/workspace.h"

namespace tollgate::cli {
namespace {

constexpr int kFixRoundsMax = 10;  // an edit may uncover a finding that another edit mends; more than a few rounds never were

struct Wanted {
  Rendering rendering = Rendering::terminal;
  bool fix = false;
  bool cost = false;
  std::vector<std::string> paths;
};

// kDone, or the exit code of a command line that is wrong.
int read_arguments(const Arguments& arguments, Wanted& wanted) {
  wanted.rendering = colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--format") {
      const std::optional<Rendering> format = i + 1 < arguments.size() ? format_named(arguments[i + 1]) : std::nullopt;
      if (!format) return usage_error("check", fmt::format("`--format` needs one of {}", format_names()));
      wanted.rendering = *format;
      ++i;
    } else if (argument == "--fix") {
      wanted.fix = true;
    } else if (argument == "--cost") {
      wanted.cost = true;
    } else if (argument.starts_with("-")) {
      return usage_error("check", fmt::format("there is no option `{}`", argument));
    } else {
      wanted.paths.push_back(argument);
    }
  }
  return wanted.paths.empty() ? usage_error("check", "name at least one file or folder") : static_cast<int>(kDone);
}

// Applies sure edits until there are none, then writes the files that changed, each whole or not at all. `sources` becomes what they hold now.
Status fix(std::vector<SourceText>& sources, bool say) {
  std::map<std::string, size_t> edits;
  for (int round = 0; round < kFixRoundsMax; ++round) {
    const std::vector<FixedSource> changed = compile(sources, Phase::check, today()).fixed();
    if (changed.empty()) break;
    for (const FixedSource& file : changed) {
      edits[file.name] += file.edits;
      for (SourceText& source : sources)
        if (source.name == file.name) source.text = file.text;
    }
  }
  for (const SourceText& source : sources) {
    const auto at = edits.find(source.name);
    if (at == edits.end()) continue;
    Status written = write_file(source.name, source.text);
    if (!written.ok()) return written;
    if (say) fmt::print("{}: {} edit{} applied\n", source.name, at->second, at->second == 1 ? "" : "s");
  }
  return Done{};
}

}  // namespace

int cmd_check(const Arguments& arguments) {
  Wanted wanted;
  if (int exit = read_arguments(arguments, wanted); exit != kDone) return exit;
  Result<std::vector<SourceText>> sources = read_sources(wanted.paths);
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate check: {}\n", sources.error().message);
    return kTrouble;
  }
  const bool people = for_people(wanted.rendering);
  if (wanted.fix) {
    Status fixed = fix(sources.value(), people);
    if (!fixed.ok()) {
      fmt::print(stderr, "tollgate check: {}\n", fixed.error().message);
      return kTrouble;
    }
  }
  const size_t files = sources.value().size();
  Compilation result = compile(std::move(sources).value(), wanted.cost ? Phase::lower : Phase::check, today());
  // Machines read standard output; people see errors on standard error.
  std::fputs(result.diagnostics(wanted.rendering).c_str(), people ? stderr : stdout);
  if (result.ok() && people) fmt::print("{} file{} checked: no errors\n", files, files == 1 ? "" : "s");
  if (wanted.cost && people)
    for (const CostLine& line : result.costs()) fmt::print("{} {}: {}\n", line.carrier, line.procedure, line.cost);
  return exit_of(result);
}

}  // namespace tollgate::cli
