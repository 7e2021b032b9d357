// Submit: an idempotency key becomes a procedure, once.
#include <fmt/format.h>

#include "runtime/engine/arguments.h"
#include "runtime/engine/claims.h"
#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

constexpr size_t kKeyMax = 256;   // bytes of an idempotency key or tenant

SubmitResult refused(Error error) {
  SubmitResult r;
  r.kind = error.code.starts_with("store_") ? SubmitResult::Kind::unavailable : SubmitResult::Kind::refused;
  r.error = std::move(error);
  return r;
}

}  // namespace

ProcedureId new_procedure_id(int64_t now_us, Random& random) {
  ProcedureId id{};
  random.fill(id.data() + 6, 10);
  uint64_t ms = static_cast<uint64_t>(now_us / 1000);
  for (int i = 5; i >= 0; --i, ms >>= 8) id[static_cast<size_t>(i)] = static_cast<uint8_t>(ms);
  return id;
}

bool Engine::Impl::full() const { return draining_ || counts_.in_flight >= options_.in_flight_max || open_.size() >= options_.open_max; }

Result<InstancePtr> Engine::Impl::new_instance(const Command& command, Claim& claim) {
  const auto live = live_.find(command.carrier);
  if (live == live_.end()) return Error{"carrier_unknown", fmt::format("no carrier `{}` is loaded", command.carrier)};
  Deployment& d = *live->second;
  const Index action = d.program->find_procedure(command.action);
  if (action == kNone) return Error{"action_unknown", fmt::format("carrier {} has no `{}`", command.carrier, command.action)};
  if (command.idempotency_key.empty() || command.idempotency_key.size() > kKeyMax || command.tenant.size() > kKeyMax) {
    return Error{"key_invalid", fmt::format("an idempotency key of 1 to {} bytes is needed", kKeyMax)};
  }
  scratch_.reset();
  Result<Arguments> arguments = convert_arguments(d.module(), d.module().procedures[action], command.arguments, scratch_);
  if (!arguments.ok()) return std::move(arguments).error();

  auto p = std::make_shared<Instance>();
  p->deployment = &d;
  p->procedure = action;
  ProcedureRecord& r = p->record;
  r.id = new_procedure_id(now(), *ports_.random);
  r.tenant = command.tenant;
  r.idempotency_key = command.idempotency_key;
  r.body_hash = command.body_hash;
  r.carrier = command.carrier;
  r.action = command.action;
  r.definition = d.program->hash();
  r.created_us = r.changed_us = now();
  if (arguments->amount.present()) {
    r.amount = arguments->amount.integer;
    r.amount_scale = arguments->amount.scale;
    r.currency = unpack_currency(arguments->amount.size);
  }
  Result<Claim> claimed = claim_of(*p, arguments->values);
  if (!claimed.ok()) return std::move(claimed).error();
  claim = std::move(claimed).value();
  p->durable.arguments = pack(arguments->values);
  p->durable.send_by_us = now() + options_.send_by_us;
  return p;
}

void Engine::Impl::submit(Command command, std::function<void(SubmitResult)> done) {
  check_clock();
  Claim claim;
  Result<InstancePtr> made = new_instance(command, claim);
  if (!made.ok()) return done(refused(std::move(made).error()));
  if (full()) {
    SubmitResult r;
    r.kind = SubmitResult::Kind::busy;
    r.error = {"busy", draining_ ? "the runtime is shutting down" : "too many procedures are under way; try again shortly"};
    return done(std::move(r));
  }
  const InstancePtr p = *made;
  p->committing = true;
  p->record.version = 1;
  p->record.frame = ports_.vault->seal(encode(p->durable), frame_context(p->record.id));
  p->frame_changed = false;
  open_.emplace(p->record.id, p);
  ++counts_.submitted;
  ++counts_.in_flight;
  Commit c;
  add_event(*p, c, "accepted", std::move(Detail().text("carrier", p->record.carrier).text("action", p->record.action).number("amount", p->record.amount)
                                            .number("scale", p->record.amount_scale).text("currency", p->record.currency).text("definition", hex(p->record.definition))).end());
  c.procedures.push_back({p->record, 0, std::move(claim)});
  ++commits_under_way_;
  const EventRecord event = c.events.front();
  ports_.store->submit(std::move(c), [this, p, event, done = std::move(done)](const CommitResult& r) {
    --commits_under_way_;
    p->committing = false;
    SubmitResult out;
    out.procedure = p->record;
    if (r.kind == CommitResult::Kind::done) {
      out.kind = SubmitResult::Kind::accepted;
      ports_.observer->event(p->record.carrier, event);
      done(std::move(out));
      set_send_by(p);
      return prepare(p);
    }
    release(p);   // it never was
    out.kind = SubmitResult::Kind::unavailable;
    out.error = r.error;
    if (r.kind == CommitResult::Kind::duplicate_key) {
      out.kind = r.existing.body_hash == p->record.body_hash ? SubmitResult::Kind::existing : SubmitResult::Kind::conflict;
      out.procedure = r.existing;
    } else if (r.kind == CommitResult::Kind::order_taken || r.kind == CommitResult::Kind::source_spent) {
      out.kind = SubmitResult::Kind::refused;
      out.error = claimed_by_another(r);
      out.procedure = r.existing;
    } else if (out.error.code.empty()) {
      out.error = {"store_stale", "the store refused the procedure"};
    }
    done(std::move(out));
  });
}

}  // namespace tollgate
