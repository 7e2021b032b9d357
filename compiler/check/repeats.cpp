// Words by which a carrier says that it knows the request already. One of the two requests was ours before, and what became of it they do not say.
#include <algorithm>
#include <array>
#include <string>

#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

bool says_known(std::string_view code) {
  const std::vector<std::string> words = words_of_code(code);
  if (any_begins(words, {"duplic", "dupe", "repeated", "replay", "resubmi", "resent", "idempoten", "alreadyexist", "alreadyproc", "alreadyused", "alreadypaid"})) return true;
  if (std::find(words.begin(), words.end(), "dup") != words.end()) return true;
  bool exists = any_begins(words, {"exist", "used", "processed", "submitted", "received", "paid", "charged", "completed", "done", "executed", "known"});
  bool negated = std::find(words.begin(), words.end(), "not") != words.end() || std::find(words.begin(), words.end(), "no") != words.end();
  bool request = any_begins(words, {"transaction", "request", "reference", "payment", "resource", "correlator", "trx", "txn"});
  return exists && !negated && (any_begins(words, {"already"}) || (request && any_begins(words, {"exist", "used"})));
}

bool says_no(const Target& target) { return target.kind == TargetKind::decline || target.kind == TargetKind::fail; }

// May a reviewed reason stand for it? Not where we send the same request again ourselves.
bool reasoned(const ArmList& list, const Target& target, const Arm* arm) {
  if (list.place == PlaceKind::procedure && list.send->once) return false;
  return !target.grounds.because.empty() && !(target.grounds.cites.empty() && (!arm || arm->grounds.cites.empty()));
}

void refuse(const Target& target, Span said, Sink& sink) {
  sink.report(Diag::no_on_repeat, target.span).label("the request that the carrier knows may be ours, and paid").also(said, "says that it knows the request already")
      .help(Grade::likely, "leave it to doubt", {{target.span, "in_doubt"}})
      .help(Grade::example, "or ask what became of the charge: `await status(ref) within 10min`", {});
}

// A yes to a request of ours is about the charge that had the reference before, unless it comes after our first transmission.
bool decides(const ArmList& list, const Arm& arm) {
  if (says_no(arm.target)) return true;
  bool more = arm.target.kind == TargetKind::succeed || arm.target.kind == TargetKind::step;
  return list.place == PlaceKind::procedure && !arm.repeat && more;
}

// `repeat answers 409`: an arm on 409 has been told (outcomes.cpp).
bool told(const ArmList& list, const Arm& arm) {
  if (arm.repeat || !list.send || !list.send->once) return arm.repeat;
  return std::any_of(arm.statuses.begin(), arm.statuses.end(), [&](const StatusRange& range) {
    return std::any_of(list.send->once->repeat_statuses.begin(), list.send->once->repeat_statuses.end(), [&](uint16_t s) { return range.from <= s && s <= range.upto; });
  });
}

void check_rows(const Carrier& carrier, const ArmList& list, const Arm& arm, Sink& sink) {
  if (arm.target.kind != TargetKind::table || arm.target.index == kNone) return;
  for (const Row& row : carrier.tables[arm.target.index].rows) {
    bool yes = row.target.kind == TargetKind::succeed && list.place == PlaceKind::procedure && !arm.repeat;
    bool no = says_no(row.target) && !told(list, arm);
    if (row.target.poisoned || row.key.kind != Kind::text || !says_known(row.key.text) || !(yes || no) || reasoned(list, row.target, nullptr)) continue;
    refuse(row.target, row.span, sink);
  }
}

}  // namespace

void check_repeats(const Carrier& carrier, Sink& sink) {
  for (const ArmList& list : arm_lists(carrier)) {
    if (!list.money()) continue;
    for (const Arm& arm : *list.arms) {
      if (arm.target.poisoned) continue;
      check_rows(carrier, list, arm, sink);
      const Span* said = decides(list, arm) && !reasoned(list, arm.target, &arm) ? literal_that(arm, says_known) : nullptr;
      if (said && !(says_no(arm.target) && told(list, arm))) refuse(arm.target, *said, sink);
    }
  }
}

}  // namespace tollgate::hir
