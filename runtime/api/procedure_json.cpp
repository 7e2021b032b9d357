#include "runtime/api/procedure_json.h"

namespace tollgate {

bool is_settled(State state) { return terminal(state) || state == State::suspended; }

std::string amount_text(int64_t amount, uint8_t scale) {
  const bool negative = amount < 0;
  // As unsigned: the smallest integer has no positive twin.
  std::string digits = std::to_string(negative ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount));
  if (scale > 0) {
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

void write_procedure(JsonWriter& w, const ProcedureRecord& record) {
  w.text("id", to_text(record.id)).text("idempotency_key", record.idempotency_key).text("carrier", record.carrier).text("action", record.action);
  w.text("state", state_name(record.state)).boolean("settled", is_settled(record.state)).boolean("in_doubt", in_doubt(record.state));
  if (!record.currency.empty()) w.begin("amount").text("value", amount_text(record.amount, record.amount_scale)).text("currency", record.currency).end();
  const Outcome& outcome = record.outcome;
  if (outcome.outcome != OutcomeClass::none) {
    w.begin("outcome").text("class", outcome_name(outcome.outcome));
    if (!outcome.reason.empty()) w.text("reason", outcome.reason);
    if (!outcome.carrier_ref.empty()) w.text("carrier_ref", outcome.carrier_ref);
    if (outcome.outcome == OutcomeClass::succeeded && !record.currency.empty())
      w.begin("paid").text("value", amount_text(outcome.paid, record.amount_scale)).text("currency", record.currency).end();
    if (!outcome.code.empty()) w.text("carrier_code", outcome.code);
    if (outcome.pause_ms > 0) w.number("pause_ms", outcome.pause_ms);
    w.end();
  }
  w.number("version", record.version).time("created", record.created_us).time("changed", record.changed_us).time("deadline", record.deadline_us);
}

void write_prompt(JsonWriter& w, const Prompt& prompt) {
  if (prompt.shown.empty() && prompt.inputs.empty()) return;
  w.begin("user");
  if (!prompt.shown.empty()) {
    w.begin_list("shown");
    for (const ShownThing& shown : prompt.shown) w.begin().text(shown.url ? "url" : "text", shown.what).end();
    w.end_list();
  }
  if (!prompt.inputs.empty()) {
    w.begin_list("inputs");
    for (const std::string& name : prompt.inputs) w.begin().text("name", name).end();
    w.end_list();
  }
  w.end();
}

std::string procedure_json(const ProcedureRecord& record, const Prompt& prompt) {
  JsonWriter w;
  w.begin();
  write_procedure(w, record);
  write_prompt(w, prompt);
  w.end();
  return w.take();
}

std::string whole_procedure_json(const ProcedureRecord& record, const std::vector<EventRecord>& events, const std::vector<AttemptRecord>& attempts,
                                 const std::vector<LedgerRecord>& ledger, const Prompt& prompt) {
  JsonWriter w;
  w.begin();
  write_procedure(w, record);
  write_prompt(w, prompt);
  w.begin_list("timeline");
  for (const EventRecord& event : events) {
    w.begin().time("at", event.at_us).number("version", event.version).text("kind", event.kind);
    if (event.detail.starts_with('{')) w.raw("detail", event.detail);
    w.end();
  }
  w.end_list().begin_list("attempts");
  for (const AttemptRecord& attempt : attempts) {
    w.begin().number("number", attempt.number).text("reference", attempt.reference).number("transmissions", attempt.transmissions);
    if (!attempt.carrier_ref.empty()) w.text("carrier_ref", attempt.carrier_ref);
    if (!attempt.evidence.empty()) w.text("evidence", attempt.evidence);
    w.time("first_sent", attempt.first_sent_us).time("last_sent", attempt.last_sent_us).time("closed", attempt.closed_us).end();
  }
  w.end_list().begin_list("ledger");
  for (const LedgerRecord& row : ledger) {
    w.begin().number("attempt", row.attempt).text("account", row.account).text("value", amount_text(row.amount, row.scale)).text("currency", row.currency);
    w.time("at", row.at_us).end();
  }
  w.end_list().end();
  return w.take();
}

std::string error_json(std::string_view code, std::string_view message, std::string_view path) {
  JsonWriter w;
  w.begin().text("code", code).text("message", message);
  if (!path.empty()) w.text("path", path);
  w.end();
  return w.take();
}

}  // namespace tollgate
