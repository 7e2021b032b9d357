#include "cli/doc_citations.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/workspace.h"

namespace tollgate::cli {
namespace {

std::string words(const CitationLine& line) {
  std::string document = line.document;
  if (!line.version.empty()) document += (document.empty() ? "version " : " ") + line.version;
  if (!line.dated.empty()) document += (document.empty() ? "of " : " of ") + line.dated;
  return fmt::format("{}:{}: {}, {}: {}{}\n", line.file, line.line, line.carrier, line.where, line.text, document.empty() ? "" : " [" + document + "]");
}

}  // namespace

int doc_citations(const Arguments& paths) {
  if (paths.empty()) return usage_error("doc", "name at least one file or folder");
  Result<std::vector<SourceText>> sources = read_sources(paths);
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate doc: {}\n", sources.error().message);
    return kTrouble;
  }
  Compilation result = compile(std::move(sources).value(), Phase::check);
  std::fputs(result.diagnostics(colour_wanted(STDERR_FILENO) ? Rendering::colour : Rendering::terminal).c_str(), stderr);
  if (!result.ok()) return kFindings;
  std::string confirmed, open;
  size_t n = 0, unconfirmed = 0;
  for (const CitationLine& line : result.citations()) {
    (line.unconfirmed ? open : confirmed) += words(line);
    ++n;
    unconfirmed += line.unconfirmed ? 1 : 0;
  }
  fmt::print("{} citations, {} unconfirmed\n", n, unconfirmed);
  if (!confirmed.empty()) fmt::print("\nconfirmed:\n{}", confirmed);
  if (!open.empty()) fmt::print("\nopen, to be confirmed with the carrier:\n{}", open);
  return kDone;
}

}  // namespace tollgate::cli
