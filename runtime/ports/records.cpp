#include "runtime/ports/records.h"

namespace tollgate {

namespace {

struct StateRow {
  std::string_view name;
  bool terminal, open;
};

constexpr StateRow kStates[] = {
#define TG_STATE(name, terminal, open, doc) {#name, terminal, open},
#include "runtime/ports/states.def"
#undef TG_STATE
};

constexpr std::string_view kHex = "0123456789abcdef";

const StateRow& row(State state) {
  const auto at = static_cast<size_t>(state);
  TG_CHECK(at < std::size(kStates), "a state outside states.def");
  return kStates[at];
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_text(const ProcedureId& id) {
  std::string out;
  out.reserve(2 * id.size());
  for (uint8_t byte : id) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::optional<ProcedureId> parse_procedure_id(std::string_view text) {
  ProcedureId id{};
  if (text.size() != 2 * id.size()) return std::nullopt;
  for (size_t i = 0; i < id.size(); ++i) {
    const int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return id;
}

std::string_view state_name(State state) { return row(state).name; }
bool terminal(State state) { return row(state).terminal; }
bool attempt_open(State state) { return row(state).open; }
bool holds_claim(State state) { return !terminal(state) || state == State::succeeded; }

std::optional<State> parse_state(std::string_view name) {
  for (size_t i = 0; i < std::size(kStates); ++i) {
    if (kStates[i].name == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

void ClaimSum::add(const ProcedureRecord& claimant) {
  if (!holds_claim(claimant.state)) return;
  if (currency_.empty()) currency_ = claimant.currency;
  const int64_t amount = claimant.state == State::succeeded ? claimant.outcome.paid : claimant.amount;
  const bool sound = sum_ && amount >= 0 && currency_ == claimant.currency;
  sum_ = sound ? tollgate::add(*sum_, Decimal{amount, claimant.amount_scale}) : std::nullopt;
}

bool ClaimSum::at_most(const ProcedureRecord& source) const {
  if (!sum_ || (!currency_.empty() && currency_ != source.currency)) return false;
  return compare(*sum_, Decimal{source.outcome.paid, source.amount_scale}) <= 0;
}

std::string_view outcome_name(OutcomeClass outcome) {
  switch (outcome) {
    case OutcomeClass::none: return "none";
    case OutcomeClass::succeeded: return "succeeded";
    case OutcomeClass::declined: return "declined";
    case OutcomeClass::failed: return "failed";
  }
  return "none";
}

}  // namespace tollgate
