// Claims: a purchase is paid once (H16, H25), whatever keys and carriers are tried, and of what a procedure moved no more is given back or captured than it
// moved (H26). The store keeps them in the commit that accepts the procedure, so two requests at once cannot both have one.
#include "runtime/engine/claims.h"

#include <fmt/format.h>

#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

const Value* argument(const Instance& p, std::span<const Value> values, std::string_view name) {
  const std::vector<Field>& fields = p.model().arguments;
  for (size_t i = 0; i < fields.size() && i < values.size(); ++i)
    if (p.module().text(fields[i].name) == name && values[i].present()) return &values[i];
  return nullptr;
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
Result<Claim> Engine::Impl::claim_of(const Instance& p, std::span<const Value> arguments) {
  Claim claim;
  if (!p.money()) return claim;
  std::string source = "original";
  const Value* reference = argument(p, arguments, "original.ref");
  if (reference == nullptr) reference = argument(p, arguments, (source = "hold") + ".ref");
  if (reference == nullptr) {
    if (const Value* order = argument(p, arguments, "order.id")) claim.order = std::string(order->view());
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
  const Value* theirs = argument(p, arguments, source + ".carrier_ref");
  if (theirs != nullptr && theirs->view() != moved.outcome.carrier_ref) return unknown(source + ".carrier_ref", "is not what the carrier called it");
  claim.source = moved.id;
  return claim;
}

}  // namespace tollgate
