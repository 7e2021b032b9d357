// `allow CODE because "…" until DATE`: a warning that is known and left for a while. It covers what it stands before, and nothing lasts.
#include "compiler/resolve/resolve.h"

namespace tollgate::hir {
namespace {

bool is_day(std::string_view text) {
  auto number = [&](size_t at, size_t n) {
    int value = 0;
    for (size_t i = at; i < at + n; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  if (text.size() != 10) return false;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 2000 || month < 1 || month > 12) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (leap && month == 2 ? 1 : 0);
}

void apply(NodeRef allow, std::string_view today, Sink& sink) {
  NodeRef code = allow.child(SyntaxKind::type_name), date = allow.child(SyntaxKind::date);
  if (allow.has_error() || !code || !date) return;
  std::optional<Diag> id = find_diagnostic(code.text());
  if (!id) {
    sink.report(Diag::unknown_name, code.span()).arg("what", "diagnostic").arg("name", code.text()).label("was never given out");
    return;
  }
  if (row_of(*id).severity == Severity::error) {
    sink.report(Diag::allow_forbidden, code.span()).arg("code", code.text()).label("correct it instead");
    return;
  }
  if (!allow.has(SyntaxKind::because)) {
    sink.report(Diag::because_missing, code.span()).arg("what", "`allow`").label("why is it right to leave it?");
    return;
  }
  if (!is_day(date.text())) {
    sink.report(Diag::bad_date, date.span()).arg("date", date.text()).label("not in the calendar");
    return;
  }
  // Texts of ISO dates compare as dates do. Without a today nothing ends: the compiler has no clock.
  if (!today.empty() && date.text() < today) {
    sink.report(Diag::allow_expired, date.span()).arg("code", code.text()).arg("date", date.text()).label("is over")
        .help(Grade::example, "correct what is allowed, or give it another date", {});
    return;
  }
  const size_t dropped = sink.drop_warnings(*id, allow.parent().span());
  if (dropped == 0 && !sink.has_errors()) {
    sink.report(Diag::allow_unused, code.span()).arg("code", code.text()).label("no such finding in what follows")
        .help(Grade::sure, "take it away", {{allow.span(), ""}});
  }
}

}  // namespace

void apply_allows(std::span<const Tree* const> trees, std::string_view today, Sink& sink) {
  for (const Tree* tree : trees) {
    for (uint32_t i = 0; i < tree->nodes.size(); ++i) {
      if (tree->nodes[i].kind == SyntaxKind::allow) apply(NodeRef(tree, NodeId{i}), today, sink);
    }
  }
}

}  // namespace tollgate::hir
