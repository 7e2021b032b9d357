// Settlement rows: the last proof but a person. A row finds its attempt by our own reference, never by amount, date or number (H27), and says what any
// other proof may say: taken, or not. What ended otherwise stays as it is and becomes a case.
#include "runtime/engine/impl.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

Decision decision_of(const SettlementRow& row, int64_t amount) {
  Decision d;
  d.kind = row.paid ? Decision::Kind::success : Decision::Kind::failure;
  d.outcome.outcome = row.paid ? OutcomeClass::succeeded : OutcomeClass::failed;
  d.outcome.carrier_ref = row.carrier_ref;
  d.outcome.paid = row.paid ? amount : 0;
  if (!row.paid) d.outcome.reason = "not_received";
  return d;
}

}  // namespace

void Engine::Impl::settlement_row(SettlementRow row, std::function<void(SettlementVerdict)> done) {
  using V = SettlementVerdict;
  check_clock();
  const auto live = live_.find(row.carrier);
  if (live == live_.end() || row.reference.empty()) return done(V::unmatched);
  Result<InstancePtr> found = find_settled(*live->second, row.reference);
  if (!found.ok()) return done(V::unavailable);
  const InstancePtr p = *found;
  if (!p || p->record.tenant != row.tenant) return done(V::unmatched);
  when_free(p, [this, p, row = std::move(row), done = std::move(done)] {
    const std::optional<Decimal> exact = rescale(Decimal{row.amount, row.scale}, p->record.amount_scale);
    if (row.paid && (row.currency != p->record.currency || !exact || exact->coefficient <= 0)) return done(V::unclear);
    const Decision d = decision_of(row, exact ? exact->coefficient : 0);
    std::string detail = std::move(Detail().text("settlement", row.paid ? "paid" : "not_paid").text("source", row.source).text("outcome", decision_name(d.kind))).end();
    const bool closed = terminal(p->record.state) || p->record.state == State::partial;
    if (closed) {
      if (!contradicts(*p, d)) return done(V::agrees);
      Commit c;
      add_event(*p, c, "case", detail);
      c.cases.push_back({p->record.id, "contradiction", std::move(detail), now()});
      store_beside(std::move(c), p->record.carrier, "settlement");
      return done(V::contradicts);
    }
    if (p->durable.contradicted) return done(V::unclear);   // what the carrier knows by this reference may be another charge
    const uint32_t before = p->record.version;
    conclude(p, d, {"settlement", std::move(detail), nullptr}, true);
    if (p->record.version == before) return done(V::unclear);
    if (p->committing) p->inbox.emplace_back([done] { done(V::settled); });
    else done(V::settled);
  });
}

}  // namespace tollgate
