#include "compiler/diag/diagnostic.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tollgate {
namespace {

constexpr size_t kArgumentBytesMax = 80;  // a headline quotes; it does not copy

auto place(const Diagnostic& d) {
  return std::make_tuple(static_cast<uint32_t>(d.primary.file), d.primary.begin, d.primary.end);
}

// Cuts at a character, never inside one.
std::string shortened(std::string_view value) {
  if (value.size() <= kArgumentBytesMax) return std::string(value);
  size_t end = kArgumentBytesMax;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + "…";
}

}  // namespace

const std::vector<DiagnosticRow>& all_diagnostics() {
  static const std::vector<DiagnosticRow> rows = {
#define TG_DIAGNOSTIC(code, name, severity, headline, why) {Diag::name, #code, #name, Severity::severity, headline, why},
#include "compiler/diag/diagnostics.def"
#undef TG_DIAGNOSTIC
  };
  return rows;
}

const DiagnosticRow& row_of(Diag id) { return all_diagnostics()[static_cast<size_t>(id)]; }

std::optional<Diag> find_diagnostic(std::string_view code) {
  for (const DiagnosticRow& row : all_diagnostics())
    if (row.code == code) return row.id;
  return std::nullopt;
}

std::string_view grade_name(Grade grade) {
  switch (grade) {
    case Grade::sure: return "sure";
    case Grade::likely: return "likely";
    case Grade::example: return "example";
  }
  return "example";
}

Report& Report::arg(std::string_view name, std::string_view value) {
  const std::string hole = "{" + std::string(name) + "}";
  const std::string words = shortened(value);
  std::string& text = diagnostic_->headline;
  for (size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at + words.size()))
    text.replace(at, hole.size(), words);
  return *this;
}

Report& Report::label(std::string text) {
  diagnostic_->label = std::move(text);
  return *this;
}

Report& Report::also(const Span& span, std::string text) {
  diagnostic_->also.push_back({span, std::move(text)});
  return *this;
}

Report& Report::because(std::string reason) {
  diagnostic_->because.push_back(std::move(reason));
  return *this;
}

Report& Report::missing_case(std::string text) {
  diagnostic_->cases.push_back(std::move(text));
  return *this;
}

Report& Report::help(Grade grade, std::string text, std::vector<Edit> edits) {
  diagnostic_->helps.push_back({grade, std::move(text), std::move(edits)});
  return *this;
}

Report Sink::report(Diag id, const Span& primary) {
  const DiagnosticRow& row = row_of(id);
  if (row.severity == Severity::error) ++errors_;
  Diagnostic fresh{id, row.severity, std::string(row.headline), primary, {}, {}, {}, {}, {}, 0};
  if (reports_.size() >= kReportsMax) {
    ++lost_;
    spare_ = std::move(fresh);
    return Report(&spare_);
  }
  reports_.push_back(std::move(fresh));
  return Report(&reports_.back());
}

size_t Sink::drop_warnings(Diag id, const Span& within) {
  const size_t before = reports_.size();
  std::erase_if(reports_, [&](const Diagnostic& d) {
    return d.id == id && d.severity == Severity::warning && d.primary.file == within.file && d.primary.begin >= within.begin && d.primary.end <= within.end;
  });
  return before - reports_.size();
}

void Sink::add(const Diagnostic& diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  if (reports_.size() >= kReportsMax) ++lost_;
  else reports_.push_back(diagnostic);
}

std::vector<Diagnostic> Sink::all() const {
  std::vector<Diagnostic> out(reports_.begin(), reports_.end());
  std::stable_sort(out.begin(), out.end(), [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  // What was said of a place is not said of it again. Alike findings of one place need not follow each other.
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, Diag, std::string_view>> said;
  std::vector<Diagnostic> distinct;
  for (const Diagnostic& d : out) {
    const bool fresh = said.emplace(static_cast<uint32_t>(d.primary.file), d.primary.begin, d.primary.end, d.id, d.headline).second;
    if (fresh) distinct.push_back(d);
  }
  return distinct;
}

std::vector<Diagnostic> Sink::folded() const {
  std::vector<Diagnostic> out;
  std::map<std::pair<Diag, std::string>, std::vector<size_t>> alike;
  for (Diagnostic& d : all()) {
    std::vector<size_t>& seen = alike[{d.id, d.headline}];
    if (seen.size() >= kAlikeMax) {
      ++out[seen.back()].alike;
      continue;
    }
    seen.push_back(out.size());
    out.push_back(std::move(d));
  }
  return out;
}

std::vector<Diagnostic> Sink::diagnostics() const {
  std::vector<Diagnostic> out = folded();
  if (out.size() <= kDiagnosticsMax) return out;
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.severity < b.severity; });
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(kDiagnosticsMax), out.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return place(a) < place(b); });
  return out;
}

size_t Sink::not_shown() const {
  const size_t distinct = folded().size();
  return lost_ + (distinct > kDiagnosticsMax ? distinct - kDiagnosticsMax : 0);
}

}  // namespace tollgate
