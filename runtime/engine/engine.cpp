#include "runtime/engine/engine.h"

#include <fmt/format.h>

#include "runtime/engine/impl.h"
#include "runtime/engine/replay.h"

namespace tollgate {

Engine::Impl::Impl(Ports ports, EngineOptions options) : ports_(ports), options_(std::move(options)) {
  TG_CHECK(ports_.clock && ports_.random && ports_.store && ports_.links && ports_.vault && ports_.observer && ports_.alarm, "an engine needs every port");
  while (!options_.public_url.empty() && options_.public_url.back() == '/') options_.public_url.pop_back();
  clock_offset_us_ = ports_.clock->wall_us() - ports_.clock->monotonic_us();
}

Status Engine::Impl::add(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings) {
  Result<std::unique_ptr<Deployment>> made = deploy(std::move(program), settings);
  if (!made.ok()) return std::move(made).error();
  Deployment* d = made->get();
  deployments_.push_back(std::move(*made));
  live_[d->carrier] = d;
  by_hash_[d->program->hash()] = d;
  return Done{};
}

void Engine::Impl::at(int64_t due_us, std::function<void()> run) {
  timers_.set(due_us, std::move(run));
  arm();
}

// One armed instant is enough: the earliest.
void Engine::Impl::arm() {
  const std::optional<int64_t> due = timers_.earliest();
  if (!due || (armed_us_ != 0 && armed_us_ <= *due)) return;
  armed_us_ = *due;
  ports_.alarm->wake_at(*due);
}

void Engine::Impl::on_alarm() {
  check_clock();
  armed_us_ = 0;
  while (std::function<void()> run = timers_.take_due(now())) run();
  arm();
}

// Somebody stepped the wall clock: whatever waits goes on waiting for as long as it would have, and money does not leave at an instant that may be wrong (H32).
void Engine::Impl::check_clock() {
  const int64_t mono = ports_.clock->monotonic_us();
  const int64_t offset = ports_.clock->wall_us() - mono;
  const int64_t step = offset - clock_offset_us_;
  clock_offset_us_ = offset;
  if (step <= kClockStepMax && step >= -kClockStepMax) return;
  clock_unsure_until_us_ = mono + kClockStepMax;
  ports_.observer->trouble("clock", {"clock_stepped", fmt::format("the wall clock moved by {} ms against the monotonic one; timers move with it", step / kMillisecond)});
  timers_.shift(step);
  armed_us_ = 0;
  for (auto& [id, p] : open_) {
    if (p->record.deadline_us != 0) p->record.deadline_us += step;
    if (p->attempt.last_sent_us != 0) p->attempt.last_sent_us += step;
    if (p->asked_at_us != 0) p->asked_at_us += step;
    if (p->attempt.first_sent_us != 0) p->attempt.first_sent_us += step;
    if (p->durable.wait.started_us != 0) p->durable.wait.started_us += step;
    p->durable.send_by_us += step;
    p->frame_changed = true;
  }
  arm();
}

void Engine::Impl::when_settled(const ProcedureId& id, std::function<void(const ProcedureRecord&)> done) {
  const auto found = open_.find(id);
  if (found != open_.end() && (!settled(found->second->record.state) || found->second->committing)) {
    found->second->settled.push_back(std::move(done));
    return;
  }
  const auto stored = ports_.store->procedure(id);
  if (stored.ok() && stored.value() && settled(stored.value()->state)) done(*stored.value());
}

bool Engine::Impl::drain() {
  draining_ = true;
  return tickets_.empty() && commits_under_way_ == 0 && arriving_.empty();
}

Result<ReplayReport> Engine::Impl::replay(const ProcedureId& id, std::shared_ptr<const Program> instead) {
  const auto record = ports_.store->procedure(id);
  if (!record.ok()) return record.error();
  if (!record.value()) return Error{"procedure_unknown", "there is no procedure " + to_text(id)};
  const ProcedureRecord& r = *record.value();
  const auto found = by_hash_.find(r.definition);
  const auto live = live_.find(r.carrier);
  if (found == by_hash_.end() && (instead == nullptr || live == live_.end())) {
    return Error{"definition_missing", "procedure " + to_text(id) + " began with definition " + hex(r.definition).substr(0, 12) + " of " + r.carrier + ", which is not loaded"};
  }
  Deployment* d = found == by_hash_.end() ? live->second : found->second;
  std::unique_ptr<Deployment> other;
  if (instead != nullptr) {
    Result<std::unique_ptr<Deployment>> made = deploy(std::move(instead), d->given);
    if (!made.ok()) return std::move(made).error();
    other = std::move(*made);
    d = other.get();
  }
  const Result<std::string> plain = ports_.vault->open(r.frame, frame_context(id));
  if (!plain.ok()) return plain.error();
  const Result<Durable> durable = decode_durable(*plain);
  if (!durable.ok()) return durable.error();
  const auto events = ports_.store->events(id);
  if (!events.ok()) return events.error();
  Replayer replayer(*d, ports_, options_.public_url, r, *durable);
  for (const EventRecord& e : events.value()) {
    if (e.tape.empty()) continue;
    const Result<std::string> bytes = ports_.vault->open(e.tape, tape_context(id, e.sequence));
    if (!bytes.ok()) return bytes.error();
    const Result<Tape> tape = decode_tape(*bytes);
    if (!tape.ok()) return tape.error();
    replayer.play(e.at_us, *tape);
  }
  return std::move(replayer).report();
}

EngineStatus Engine::Impl::status() const {
  EngineStatus s = counts_;
  s.open = open_.size();
  for (const LeftOpen& l : left_) s.left += l.procedures;
  s.open += s.left;
  return s;
}

Engine::Engine(Ports ports, EngineOptions options) : impl_(std::make_unique<Impl>(ports, std::move(options))) {}
Engine::~Engine() = default;

Status Engine::add(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings) { return impl_->add(std::move(program), settings); }
Status Engine::recover() { return impl_->recover(); }
const std::vector<LeftOpen>& Engine::left() const { return impl_->left(); }
void Engine::submit(Command command, std::function<void(SubmitResult)> done) { impl_->submit(std::move(command), std::move(done)); }
void Engine::on_reply(uint64_t ticket, Reply reply) { impl_->on_reply(ticket, std::move(reply)); }
void Engine::on_alarm() { impl_->on_alarm(); }
void Engine::on_callback(Inbound inbound, std::function<void(Answer)> done) { impl_->on_callback(std::move(inbound), std::move(done)); }
void Engine::when_settled(const ProcedureId& id, std::function<void(const ProcedureRecord&)> done) { impl_->when_settled(id, std::move(done)); }
void Engine::supply(const ProcedureId& id, const std::string& name, const std::string& value, std::function<void(SupplyResult)> done) {
  impl_->supply(id, name, value, std::move(done));
}
void Engine::on_settlement(SettlementRow row, std::function<void(SettlementVerdict)> done) { impl_->on_settlement(std::move(row), std::move(done)); }
Prompt Engine::prompt(const ProcedureId& id) const { return impl_->prompt(id); }
bool Engine::drain() { return impl_->drain(); }
EngineStatus Engine::status() const { return impl_->status(); }
Result<ReplayReport> Engine::replay(const ProcedureId& id, std::shared_ptr<const Program> instead) { return impl_->replay(id, std::move(instead)); }

}  // namespace tollgate
