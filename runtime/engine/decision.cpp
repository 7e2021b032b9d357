#include "runtime/engine/decision.h"

#include <algorithm>
#include <array>

#include "runtime/bytecode/format.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

constexpr int64_t kCodeRangeMax = 1'000'000;   // a subscriber's number has seven digits or more
constexpr int kTableHopsMax = 4;   // a table's row may name another table; a verified module has no cycle

bool key_fits(const Program& program, const Row& row, const Value& key) {
  const Value& from = program.constant(row.key);
  if (from.kind == Kind::integer && key.kind == Kind::integer) {
    const int64_t upto = row.upto == kNone ? from.integer : program.constant(row.upto).integer;
    return key.integer >= from.integer && key.integer <= upto;
  }
  if (!from.text_like() || !key.text_like()) return false;
  return row.pattern ? pattern_fits(from.view(), key.view()) : from.view() == key.view();
}

const Target& look_up(const Program& program, const Table& table, const Value& key) {
  for (const Row& row : table.rows) {
    if (key_fits(program, row, key)) return row.target;
  }
  return table.other;
}

std::string word(const Value* registers, Register r) {
  if (r == kNoRegister || registers == nullptr || !registers[r].present()) return "";
  return key_text(registers[r]);
}

// Whether the definition itself spells this code: as a constant, or by a table's row whose range is too low for anybody's number. Carriers echo what we
// sent them, numbers of users included, so a code that the definition does not know is as private as the carrier's text.
bool code_known(const Program& program, const Target& t, const Value& code) {
  if (t.kind == TargetKind::table) {
    for (const Row& row : program.module().tables[t.index].rows) {
      const int64_t upto = row.upto == kNone ? 0 : program.constant(row.upto).integer;
      if (code.kind == Kind::integer && code.integer >= 0 && upto < kCodeRangeMax && key_fits(program, row, code)) return true;
    }
  }
  for (Index i = 0; i < program.module().constants.size(); ++i) {
    const Value& known = program.constant(i);
    if (known.kind == Kind::integer && code.kind == Kind::integer && known.integer == code.integer) return true;
    if (known.text_like() && code.text_like() && known.view() == code.view()) return true;
  }
  return false;
}

// The carrier's own word for it: in clear where the definition knows the word, else before the carrier's text, which is sealed.
void take_evidence(const Program& program, const Target& t, const Value* registers, Outcome& out) {
  out.said = word(registers, t.said);
  Register at = t.code;
  if (word(registers, at).empty() && t.kind == TargetKind::table) at = t.key;
  const std::string code = word(registers, at);
  if (code.empty()) return;
  if (code_known(program, t, registers[at])) out.code = code;
  else out.said = out.said.empty() ? code : code + ": " + out.said;
}

// What was taken, in the procedure's own unit. False: the answer states no amount that can be ours.
bool paid_amount(const Target& t, const Value* registers, const Asked& asked, int64_t& out) {
  if (t.paid == kNoRegister || registers == nullptr) {
    out = asked.amount;
    return t.asked || asked.amount == 0;
  }
  const Value& paid = registers[t.paid];
  if (paid.kind != Kind::money || unpack_currency(paid.size) != asked.currency) return false;
  const std::optional<Decimal> exact = rescale(Decimal{paid.integer, paid.scale}, asked.scale);
  if (!exact || exact->coefficient <= 0) return false;
  out = exact->coefficient;
  return true;
}

bool about_call(const Module& module, Index reason) {
  for (const Reason& r : module.reasons) {
    if (module.text(r.name) == module.text(reason)) return r.about == About::call;
  }
  return false;
}

Decision negative(const Module& module, Decision d, const Target& t, OutcomeClass outcome) {
  d.kind = outcome == OutcomeClass::declined ? Decision::Kind::refusal : Decision::Kind::failure;
  d.outcome.outcome = outcome;
  d.outcome.reason = module.text(t.reason);
  d.about_call = about_call(module, t.reason);
  if (t.after != kNoRegister && d.registers != nullptr && d.registers[t.after].kind == Kind::duration) d.outcome.pause_ms = d.registers[t.after].integer;
  return d;
}

// The file reads a reference from the answer, and the answer holds none: whatever it says, nobody could find this payment again.
bool lacks_reference(const Target& t, const std::string& reference) {
  return t.carrier_ref != kNoRegister && reference.find_first_not_of(" \t\r\n") == std::string::npos;
}

Decision breach(Decision d, std::string why) {
  d.kind = Decision::Kind::breach;
  d.why = std::move(why);
  return d;
}

Decision from_target(const Deployment& deployment, const Target* first, const Value* registers, const Asked& asked) {
  const Program& program = *deployment.program;
  const Module& module = program.module();
  Decision d;
  d.registers = registers;
  const Target* t = first;
  for (int hops = 0; t->kind == TargetKind::table; ++hops) {
    if (hops == kTableHopsMax || t->key == kNoRegister || registers == nullptr) return breach(std::move(d), "a table without a key");
    t = &look_up(program, module.tables[t->index], registers[t->key]);
  }
  d.target = t;
  d.within_ms = t->within_ms;
  take_evidence(program, *first, registers, d.outcome);
  switch (t->kind) {
    case TargetKind::succeed:
      d.kind = Decision::Kind::success;
      d.outcome.outcome = OutcomeClass::succeeded;
      if (t == first) d.outcome.carrier_ref = word(registers, t->carrier_ref);
      if (t == first && lacks_reference(*t, d.outcome.carrier_ref)) return breach(std::move(d), "the carrier's reference is empty");
      if (!paid_amount(*t, t == first ? registers : nullptr, asked, d.outcome.paid)) return breach(std::move(d), "the amount taken is not in the procedure's currency and unit");
      return d;
    case TargetKind::decline: return negative(module, std::move(d), *t, OutcomeClass::declined);
    case TargetKind::fail: return negative(module, std::move(d), *t, OutcomeClass::failed);
    case TargetKind::pending: d.kind = Decision::Kind::pending; break;
    case TargetKind::in_doubt: d.kind = Decision::Kind::in_doubt; break;
    case TargetKind::absent: d.kind = Decision::Kind::absent; break;
    case TargetKind::nothing: d.kind = Decision::Kind::nothing; break;
    case TargetKind::await: d.kind = Decision::Kind::await; break;
    case TargetKind::step:
    case TargetKind::again: d.kind = Decision::Kind::step; break;
    case TargetKind::renew: d.kind = Decision::Kind::renew; break;
    case TargetKind::doubt: d.kind = Decision::Kind::doubt; break;
    case TargetKind::session_value: d.kind = Decision::Kind::session_value; break;
    case TargetKind::answer: d.kind = Decision::Kind::answer; break;
    case TargetKind::table: return breach(std::move(d), "a table without a key");
  }
  return d;
}

}  // namespace

std::string_view decision_name(Decision::Kind kind) {
  constexpr std::array<std::string_view, 14> names = {"succeeded", "declined", "failed", "pending", "in_doubt", "absent", "nothing",
                                                      "await", "step", "renew", "doubt", "session", "answer", "breach"};
  return names[static_cast<size_t>(kind)];
}

Decision decide_target(const Deployment& deployment, Index target, const Value* registers, const Asked& asked) {
  return from_target(deployment, &deployment.module().targets[target], registers, asked);
}

Decision decide(const Deployment& deployment, const SliceEnd& end, const Asked& asked) {
  if (end.effect == SliceEnd::Effect::target) return decide_target(deployment, end.index, end.registers, asked);
  return breach(Decision{}, end.why.empty() ? "the answer's code ended without a result" : std::string(end.why));
}

std::string key_text(const Value& value) {
  if (value.text_like()) return std::string(value.view());
  if (value.kind == Kind::integer) return std::to_string(value.integer);
  if (value.kind == Kind::decimal) return to_text(Decimal{value.integer, value.scale});
  return "";
}

}  // namespace tollgate
