// The compiler as a library: carrier files in, verified modules and diagnostics out. Pure: no file, clock, network or environment is touched.
//
//   tollgate::Compilation result = tollgate::compile({{"mtn.carrier", text}});
//   if (!result.ok()) std::cerr << result.diagnostics(tollgate::Rendering::terminal);
//   for (const auto& carrier : result.carriers()) write(carrier.name + ".tgm", carrier.bytes);
//
// Ownership: a Compilation owns everything it returns. Thread rule: one thread per Compilation; any number of them at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

struct SourceText {
  std::string name;  // as diagnostics show it
  std::string text;
};

// How far to go. Later phases run only while earlier ones found no error.
// `check` makes and verifies the modules too, so that nothing is left for `lower` to refuse; it keeps none.
enum class Phase { parse, check, lower };
enum class Rendering { terminal, colour, brief, json, sarif, junit, github };  // what each is: compiler/diag/formats.def

struct TestSuite;  // runtime/bytecode/test_suite.h

struct CompiledCarrier {
  std::string name;
  std::string version;  // the file's label for people, `version "2026.3"`; no part of the module or its hash
  std::string file;
  std::string bytes;  // the module, canonical: what is hashed, signed and deployed
  std::string hash;   // 64 hex characters
};

// One `cites` of a file: what a carrier is said to have promised, and where.
struct CitationLine {
  std::string carrier, where;                    // "mtn_ug", "procedure charge"
  std::string text, document, version, dated;    // empty where the file does not say
  bool unconfirmed = false;
  std::string file;
  uint32_t line = 0;
};

// What a procedure costs at most, in words: "at most 3 requests + 13 enquiries, 10min + 24h of doubt, 4120 units, 310KiB".
struct CostLine {
  std::string carrier, procedure, cost;
};

struct FixedSource {
  std::string name, text;
  size_t edits;
};

class Compilation {
 public:
  Compilation();
  ~Compilation();
  Compilation(Compilation&&) noexcept;
  Compilation& operator=(Compilation&&) noexcept;

  bool ok() const;  // no error; warnings may be there
  bool defective() const;  // an error is this compiler's own: the checker accepted what the verifier refuses
  size_t errors() const;
  size_t warnings() const;
  std::string diagnostics(Rendering rendering) const;

  // The files that sure edits change, with all of them applied that do not touch each other; empty when there are none. Compiling the result
  // may find further ones.
  std::vector<FixedSource> fixed() const;

  const std::vector<CompiledCarrier>& carriers() const;    // empty unless Phase::lower was reached without errors
  const TestSuite& tests(size_t carrier) const;             // of carriers()[carrier]
  // Of every procedure of carriers(), in their order.
  std::vector<CostLine> costs() const;
  // Every citation of the carriers, by file and line; one in a family stands once, with the family's name.
  std::vector<CitationLine> citations() const;
  // The readable form of one phase for `file`: "ast", "hir", "module"; nothing for an unknown phase.
  std::optional<std::string> dump(std::string_view phase, std::string_view file) const;

 private:
  friend Compilation compile(std::vector<SourceText> sources, Phase upto, std::string_view today);
  struct State;
  std::unique_ptr<State> state_;
};

// The standard library is always there; `sources` are the workspace's own files. `today` ("2026-11-26") ends what files allow until a day;
// empty: nothing has ended, since the compiler itself has no clock.
Compilation compile(std::vector<SourceText> sources, Phase upto = Phase::lower, std::string_view today = {});

struct Formatted {
  bool ok = false;
  std::string text;         // canonical form when ok
  std::string diagnostics;  // why not, rendered for a terminal
};
Formatted format_source(const SourceText& source);

// The page of one diagnostic's code ("CR0203"); nothing for a code that was never given out.
std::optional<std::string> explain(std::string_view code);

}  // namespace tollgate
