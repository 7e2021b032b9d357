// Mistakes of an author, as data. A phase reports next to the check that found it:
//
//   sink.report(Diag::unknown_codec, codec.span()).arg("name", codec.text()).label("no such codec")
//       .also(link.span(), "the link is declared here").because("codecs are a closed list")
//       .help(Grade::sure, "write `json`", {{codec.span(), "json"}});
//
// and a renderer (render.h) shows what sink.diagnostics() returns. Rows live in diagnostics.def. A diagnostic never carries a
// secret, a number of a user or a payload; only what stands in the carrier file. Not thread-safe: one sink per compilation.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/source/source.h"

namespace tollgate {

enum class Severity : uint8_t { error, warning };

enum class Diag : uint16_t {
#define TG_DIAGNOSTIC(code, name, severity, headline, why) name,
#include "compiler/diag/diagnostics.def"
#undef TG_DIAGNOSTIC
};

struct DiagnosticRow {
  Diag id;
  std::string_view code;  // "CR0120"
  std::string_view name;  // "expected"
  Severity severity;
  std::string_view headline;  // with {holes}
  std::string_view why;
};
const DiagnosticRow& row_of(Diag id);
const std::vector<DiagnosticRow>& all_diagnostics();
// By its stable code; nothing for a code that was never given out.
std::optional<Diag> find_diagnostic(std::string_view code);

// sure: the edit is right, `--fix` may apply it. likely: right most of the time. example: shows the form, not the content.
enum class Grade : uint8_t { sure, likely, example };
std::string_view grade_name(Grade grade);

struct Edit {
  Span span;  // empty: an insertion
  std::string replacement;
};

struct Help {
  Grade grade;
  std::string text;
  std::vector<Edit> edits;
};

struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  Diag id;
  Severity severity;
  std::string headline;  // holes filled
  Span primary;
  std::string label;
  std::vector<Label> also;
  std::vector<std::string> because;
  std::vector<std::string> cases;  // what is missing, one each
  std::vector<Help> helps;
  uint32_t alike = 0;  // further findings with the same words, folded into this one

  std::string_view code() const { return row_of(id).code; }
};

class Sink;

// The sentence being written; a temporary of sink.report(…). Every word is optional.
class Report {
 public:
  Report& arg(std::string_view name, std::string_view value);
  Report& label(std::string text);
  Report& also(const Span& span, std::string text);
  Report& because(std::string reason);
  Report& missing_case(std::string text);
  Report& help(Grade grade, std::string text, std::vector<Edit> edits = {});

 private:
  friend class Sink;
  explicit Report(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}
  Diagnostic* diagnostic_;
};

class Sink {
 public:
  static constexpr size_t kDiagnosticsMax = 50;  // shown to people; the rest is counted
  static constexpr size_t kReportsMax = 1000;    // kept before folding, so that a hostile file costs bounded memory
  static constexpr size_t kAlikeMax = 4;         // shown with the same words; the rest is folded into the last of them

  Report report(Diag id, const Span& primary);

  // Takes back all warnings of this kind whose primary span is within `within`; gives how many there were.
  size_t drop_warnings(Diag id, const Span& within);
  // Takes over what another sink was told.
  void add(const Diagnostic& diagnostic);

  bool has_errors() const { return errors_ > 0; }
  size_t error_count() const { return errors_; }
  size_t report_count() const { return reports_.size() + lost_; }

  // Everything that was reported, in that order; nothing folded.
  const std::deque<Diagnostic>& reports() const { return reports_; }
  // For machines: every distinct finding, by file and place; nothing folded, nothing cut but what lost() counts.
  std::vector<Diagnostic> all() const;
  // What to show to people: duplicates gone, look-alikes folded, by file and place, at most kDiagnosticsMax (errors first when cut).
  std::vector<Diagnostic> diagnostics() const;
  // How many distinct findings diagnostics() had no room for.
  size_t not_shown() const;
  // How many findings beyond kReportsMax were not kept.
  size_t lost() const { return lost_; }

 private:
  std::vector<Diagnostic> folded() const;

  std::deque<Diagnostic> reports_;
  Diagnostic spare_{};  // where reports beyond kReportsMax are written
  size_t errors_ = 0;
  size_t lost_ = 0;
};

}  // namespace tollgate
