// Claims: a purchase is paid once (H16, H25), whatever keys and carriers are tried, and of what a procedure moved no more is given back or captured than it
// moved (H26). The store keeps them in the commit that accepts the procedure, so two requests at once cannot both have one.
#include "runtime/engine/claims.h"

#include <fmt/format.h>

#include "runtime/engine/arguments.h"
#include "runtime/engine/impl.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

Value* argument(const Instance& p, std::span<Value> values, std::string_view name) {
  const std::vector<Field>& fields = p.model().arguments;
  for (size_t i = 0; i < fields.size() && i < values.size(); ++i)
    if (p.module().text(fields[i].name) == name && values[i].present()) return &values[i];
  return nullptr;
}

// What a refund gives back took money of a user; what a capture takes was held.
bool can_be_source(std::string_view source, std::string_view action) {
  if (source == "hold") return action == "authorize";
  return action == "charge" || action == "subscribe" || action == "renew" || action == "capture";
}

bool is_amount(const Value& given, const ProcedureRecord& moved) {
  const Decimal paid{moved.outcome.paid, moved.amount_scale};
  return unpack_currency(given.size) == moved.currency && compare(Decimal{given.integer, given.scale}, paid) == 0;
}

Error unknown(std::string_view name, std::string_view why) { return {"source_unknown", fmt::format("`{}` {}", name, why)}; }

}  // namespace

Error claimed_by_another(const CommitResult& result) {
  const std::string who = to_text(result.existing.id);
  if (result.kind == CommitResult::Kind::order_taken)
    return {"order_taken", fmt::format("`order.id` is that of procedure {}, which is {}: an order is paid once", who, state_name(result.existing.state))};
  return {"source_spent", fmt::format("`amount` is more than procedure {} moved, less what was already taken of it or is being taken", who)};
}

// What is given back names a procedure of ours as we answered it: our reference, the carrier's, and the amount.
Result<Claim> Engine::Impl::claim_of(const Instance& p, std::span<Value> arguments) {
  Claim claim;
  if (!p.money()) return claim;
  std::string source = "original";
  const Value* reference = argument(p, arguments, "original.ref");
  if (reference == nullptr) reference = argument(p, arguments, (source = "hold") + ".ref");
  if (reference == nullptr) {
    const Value* order = argument(p, arguments, "order.id");
    if (order != nullptr && order->view().empty()) return Error{"argument_invalid", "`order.id` is empty: it names the purchase, which is paid once"};
    if (order != nullptr) claim.order = std::string(order->view());
    return claim;
  }
  const auto attempt = ports_.store->attempt_by_reference(p.record.carrier, reference->view());
  if (!attempt.ok()) return attempt.error();
  if (!attempt->has_value()) return unknown(source + ".ref", "names nothing of yours at this carrier");
  const auto record = ports_.store->procedure((*attempt)->first);
  if (!record.ok()) return record.error();
  if (!record->has_value() || (*record)->tenant != p.record.tenant) return unknown(source + ".ref", "names nothing of yours at this carrier");
  const ProcedureRecord& moved = **record;
  if (moved.outcome.outcome != OutcomeClass::succeeded) return unknown(source + ".ref", fmt::format("names procedure {}, which did not succeed", to_text(moved.id)));
  if (!can_be_source(source, moved.action)) return unknown(source + ".ref", fmt::format("names a {}, of which nothing can be taken", moved.action));
  const Value* amount = argument(p, arguments, source + ".amount");
  if (amount != nullptr && !is_amount(*amount, moved)) return unknown(source + ".amount", "is not what was taken");
  if (Value* theirs = argument(p, arguments, source + ".carrier_ref")) {
    const std::string whole = whole_reference(moved);
    if (theirs->view() != moved.outcome.carrier_ref && theirs->view() != whole) return unknown(source + ".carrier_ref", "is not what the carrier called it");
    *theirs = Value::text(scratch_.copy(whole));
  }
  claim.source = moved.id;
  return claim;
}

// A reference that is shown with a part masked is sent whole.
std::string Engine::Impl::whole_reference(const ProcedureRecord& record) const {
  if (record.outcome.said.empty() || record.outcome.carrier_ref.find(kMask) == std::string::npos) return record.outcome.carrier_ref;
  const Result<std::string> said = ports_.vault->open(record.outcome.said, "said|" + to_text(record.id));
  const size_t at = said.ok() ? said->rfind(kWholeReference) : std::string::npos;
  return at == std::string::npos ? record.outcome.carrier_ref : said->substr(at + kWholeReference.size());
}

}  // namespace tollgate
