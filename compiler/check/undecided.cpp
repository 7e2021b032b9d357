// Words by which a carrier says that it has not decided, or that it failed without knowing what became of the money. No outcome follows from them.
#include <algorithm>
#include <string>

#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

bool says_undecided(std::string_view code) {
  const std::vector<std::string> words = words_of_code(code);
  const auto has = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (any_begins(words, {"error", "fail", "reject", "not"})) return false;   // PROCESSING_ERROR is about what is over
  if (has("pending") || has("processing") || has("inprogress") || has("queued") || has("enqueued") || has("initiated") || has("submitted")) return true;
  return has("progress") && has("in");
}

// A success, a no, and the same money once more. Doubt, waiting and going on with this charge are what the word leaves.
bool decides(const ArmList& list, const Target& target) {
  switch (target.kind) {
    case TargetKind::succeed: case TargetKind::decline: case TargetKind::fail: case TargetKind::absent: return true;
    case TargetKind::again: return list.send && list.send->moves_money && !list.send->once;
    default: return false;
  }
}

bool reasoned(const Target& target, const Arm* arm) {
  return !target.grounds.because.empty() && !(target.grounds.cites.empty() && (!arm || arm->grounds.cites.empty()));
}

void refuse(const Target& target, Span said, Sink& sink) {
  sink.report(Diag::undecided_word, target.span).arg("outcome", outcome_words(target)).label("the carrier may take the money yet").also(said, "says that nothing is decided")
      .help(Grade::likely, "leave it open", {{target.span, "in_doubt"}})
      .help(Grade::example, "or, where the carrier means an end by it, say why: `because \"…\" cites \"…\"`", {});
}

}  // namespace

void check_undecided(const Carrier& carrier, Sink& sink) {
  for (const ArmList& list : arm_lists(carrier)) {
    if (!list.money()) continue;
    for (const Arm& arm : *list.arms) {
      const Target& target = arm.target;
      if (target.poisoned) continue;
      if (target.kind == TargetKind::table && target.index != kNone) {
        for (const Row& row : carrier.tables[target.index].rows)
          if (!row.target.poisoned && row.key.kind == Kind::text && !row.pattern && says_undecided(row.key.text) && decides(list, row.target) && !reasoned(row.target, nullptr)) refuse(row.target, row.span, sink);
        continue;
      }
      const Span* said = decides(list, target) && !reasoned(target, &arm) ? literal_that(arm, says_undecided) : nullptr;
      if (said) refuse(target, *said, sink);
    }
  }
}

}  // namespace tollgate::hir
