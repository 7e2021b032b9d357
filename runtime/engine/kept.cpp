// What outlives a procedure: values kept for a user, under a keyed hash of the number and sealed; and procedures that the carrier begins.
#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

std::string value_context(std::string_view carrier, std::string_view user, std::string_view name) {
  return "user_value|" + std::string(carrier) + "|" + std::string(user) + "|" + std::string(name);
}

}  // namespace

// The user as the store knows one: no number, and no way back to it without our key.
std::string Engine::Impl::user_of(const Instance& p) {
  const Procedure& model = p.model();
  const Result<std::span<Value>> arguments = unpack(p.durable.arguments, scratch_);
  if (!arguments.ok()) return "";
  for (size_t i = 0; i < model.arguments.size() && i < arguments->size(); ++i) {
    if (p.module().text(model.arguments[i].name) != "user.msisdn" || !(*arguments)[i].text_like()) continue;
    return ports_.vault->token("user|" + p.record.carrier + "|" + std::string((*arguments)[i].view()));
  }
  return "";
}

// What is kept for the procedure's user, in scratch_: missing where nothing is, or its time is over.
void Engine::Impl::add_remembered(Instance& p, Frame& frame) {
  const Module& module = p.module();
  if (module.user_values.empty()) return;
  Value* values = scratch_.array<Value>(module.user_values.size());
  if (values == nullptr) return;
  frame.remembered = {values, module.user_values.size()};
  const std::string user = user_of(p);
  for (size_t i = 0; i < module.user_values.size() && !user.empty(); ++i) {
    const std::string_view name = module.text(module.user_values[i].name);
    const auto stored = ports_.store->user_value(p.record.carrier, user, name);
    if (!stored.ok() || !stored.value() || (stored.value()->until_us != 0 && stored.value()->until_us <= now())) continue;
    const Result<std::string> plain = ports_.vault->open(stored.value()->value, value_context(p.record.carrier, user, name));
    if (!plain.ok()) {
      ports_.observer->trouble("user value", plain.error());
      continue;
    }
    const Result<std::span<Value>> value = unpack(scratch_.copy(*plain), scratch_);
    if (value.ok() && value->size() == 1) values[i] = value->front();
  }
  p.remembered = pack(frame.remembered);   // for the tape
}

// What an arm remembers becomes durable with the change that it leads to.
void Engine::Impl::remember(const InstancePtr& p, const Decision& d) {
  if (d.target == nullptr || d.registers == nullptr || d.target->remembered.empty()) return;
  const std::string user = user_of(*p);
  if (user.empty()) return;
  for (const Remembered& r : d.target->remembered) {
    const UserValue& kept = p->module().user_values[r.value];
    const Value& value = d.registers[r.from];
    if (!value.present()) continue;
    UserValueRecord record{p->record.carrier, user, std::string(p->module().text(kept.name)), {}, 0};
    record.value = ports_.vault->seal(pack(std::span<const Value>(&value, 1)), value_context(record.carrier, user, record.name));
    if (kept.lasting_ms != 0) record.until_us = now() + static_cast<int64_t>(kept.lasting_ms) * kMillisecond;
    p->remembering.push_back(std::move(record));
  }
}

// A message whose key nobody waits for, on a callback that begins a procedure: its arguments are those that the message gives. The key is the idempotency
// key, so the same message never begins two.
bool Engine::Impl::open_procedure(const MessagePtr& m) {
  Deployment& d = *m->deployment;
  const Module& module = d.module();
  const Callback& callback = module.callbacks[m->callback];
  if (!callback.opens || callback.opens_slice == kNone || draining_) return false;
  scratch_.reset();
  const bool candidate[] = {true};
  Frame frame;
  frame.settings = d.settings;
  if (callback.match_shape != kNone) {
    const Selection s = d.program->callback_key_matcher(m->callback).match(content_of(m->inbound), candidate, scratch_, d.settings);
    if (s.chosen < 0 || s.breach) return false;
    frame.holes = {s.holes, module.shapes[callback.match_shape].holes.size()};
  }
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, callback.opens_slice, frame, host);
  if (end.effect != SliceEnd::Effect::target) return false;
  const Target& target = module.targets[end.index];
  const Procedure& model = module.procedures[callback.about];
  std::vector<Value> arguments;
  auto p = std::make_shared<Instance>();
  ProcedureRecord& r = p->record;
  for (size_t i = 0; i < model.arguments.size(); ++i) {
    const Value value = end.registers[target.arguments[i]];
    arguments.push_back(value);
    if (module.text(model.arguments[i].name) != "amount" || value.kind != Kind::money) continue;
    const std::optional<Decimal> exact = rescale(Decimal{value.integer, value.scale}, module.market.decimals);
    if (!exact || exact->coefficient <= 0 || unpack_currency(value.size) != module.text(module.market.currency)) return false;   // no amount of this market
    r.amount = exact->coefficient;
    r.amount_scale = exact->scale;
    r.currency = unpack_currency(value.size);
  }
  p->deployment = &d;
  p->procedure = callback.about;
  r.id = new_procedure_id(now(), *ports_.random);
  r.tenant = options_.carrier_tenant;
  r.idempotency_key = "callback|" + ports_.vault->token("opens|" + token_context(d.carrier, module.text(callback.name), m->key));
  r.carrier = d.carrier;
  r.action = module.text(model.name);
  r.definition = d.program->hash();
  r.created_us = r.changed_us = now();
  r.state = State::waiting;
  r.version = 1;
  r.attempt = 1;
  p->durable.arguments = pack(arguments);
  p->durable.earlier_sent = p->money();   // the user may have paid: that is what the message is about
  p->durable.wait = {Wait::Mode::race, {}, now()};
  ProofNeeded news;
  news.kind = ProofKind::callback;
  news.index = m->callback;
  const Value key = Value::text(m->key);
  news.arguments = pack(std::span<const Value>(&key, 1));
  p->durable.wait.proofs.push_back(std::move(news));
  r.deadline_us = now() + static_cast<int64_t>(callback.opens_within_ms) * kMillisecond;
  r.frame = ports_.vault->seal(encode(p->durable), frame_context(r.id));
  p->frame_changed = false;
  p->attempt.procedure = r.id;
  p->attempt.number = 1;
  p->attempt.reference = m->key;
  p->committing = true;
  open_.emplace(r.id, p);
  register_wait(p);
  ++counts_.submitted;
  Commit c;
  add_event(*p, c, "accepted", std::move(Detail().text("carrier", r.carrier).text("action", r.action).text("opened_by", module.text(callback.name)).number("amount", r.amount)
                                            .number("scale", r.amount_scale).text("currency", r.currency).text("definition", hex(r.definition))).end());
  c.procedures.push_back({r, 0});
  c.attempts.push_back(p->attempt);
  ++commits_under_way_;
  const EventRecord event = c.events.front();
  ports_.store->submit(std::move(c), [this, p, m, event](const CommitResult& result) {
    --commits_under_way_;
    p->committing = false;
    if (result.kind == CommitResult::Kind::done) {
      ports_.observer->event(p->record.carrier, event);
      watch(p);
      std::vector<std::function<void()>> inbox = std::move(p->inbox);
      p->inbox.clear();
      deliver(p, m);
      for (auto& run : inbox) when_free(p, std::move(run));
      return;
    }
    release(p);   // it never was
    if (result.kind == CommitResult::Kind::duplicate_key) {   // begun before: this is news of it
      const auto found = open_.find(result.existing.id);
      Result<InstancePtr> again = found != open_.end() ? Result<InstancePtr>(found->second) : adopt(result.existing);
      if (again.ok()) return when_free(*again, [this, again = *again, m] { deliver(again, m); });
    }
    answered(m, false);
    arriving_.erase(m->fingerprint);
  });
  return true;
}

}  // namespace tollgate
