// What happens in time beyond a request and its answer: what leads a waiting procedure on, what the user is shown and types, what a step's own
// conditions refuse. None of it is the carrier's word, so none of it closes a procedure while money may be out.
#include <algorithm>

#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

bool definite(const Decision& d) { return d.kind == Decision::Kind::success || d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure; }
bool definite_no(const Decision& d) { return d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure; }

SupplyResult supplied(SupplyResult::Kind kind, std::string code, std::string message) {
  SupplyResult r;
  r.kind = kind;
  r.error = {std::move(code), std::move(message)};
  return r;
}

// Of a URL that was shown, what a timeline may hold: where it leads, not the way in.
std::string host_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find_first_of("/?#")));
}

}  // namespace

// May the user have paid, or the carrier have taken money, for this procedure?
bool Engine::Impl::money_out(const Instance& p) const {
  if (!p.money()) return false;
  if (p.durable.earlier_sent) return true;
  const Index exchange = p.attempt.exchange_index;
  return exchange != kNone && p.module().exchanges[exchange].moves_money;
}

// What waits here for this message or input and has arms of its own.
const Waited* Engine::Impl::awaited(const Instance& p, ProofKind kind, Index callback, std::string_view input) const {
  if (p.record.state != State::waiting || p.durable.wait.mode != Wait::Mode::race) return nullptr;
  for (const Waited& w : p.step().waited) {
    if (w.kind == kind && (kind == ProofKind::callback ? w.index == callback : p.module().text(w.name) == input)) return &w;
  }
  return nullptr;
}

bool Engine::Impl::awaited_later(const Instance& p, Index callback) const {
  if (settled(p.record.state) || p.record.state == State::in_doubt) return false;
  for (const Step& step : p.model().steps) {
    for (const Waited& w : step.waited) {
      if (w.kind == ProofKind::callback && w.index == callback) return true;
    }
  }
  return false;
}

// What the arms of an awaited thing make of this text.
AwaitedReading Engine::Impl::hear_awaited(const InstancePtr& p, const Waited& w, std::string_view body) {
  AwaitedReading out;
  out.decision.kind = Decision::Kind::nothing;
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return out;
  SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  out.decision = read_awaited(*p->deployment, w, body, *frame, asked(*p), host, scratch_, out.selected);
  if (!out.selected) return out;
  out.tape = std::make_unique<Tape>();
  out.tape->kind = w.kind == ProofKind::input ? Tape::Kind::typed : Tape::Kind::led;
  out.tape->name = w.kind == ProofKind::input ? p->module().text(w.name) : p->module().text(p->module().callbacks[w.index].name);
  out.tape->step = p->record.step;
  out.tape->reads.push_back(host.reads());
  out.tape->hear(0, {}, body);
  out.tape->decided = decision_name(out.decision.kind);
  return out;
}

// A verified message for which the step has arms of its own. True: it was dealt with.
bool Engine::Impl::lead_on(const InstancePtr& p, const MessagePtr& m, Index callback, bool proves) {
  const Waited* w = awaited(*p, ProofKind::callback, callback, {});
  if (w == nullptr) return false;
  AwaitedReading reading = hear_awaited(p, *w, content_of(m->inbound));
  const Decision& d = reading.decision;
  if (!reading.selected || d.kind == Decision::Kind::nothing || d.kind == Decision::Kind::pending || d.kind == Decision::Kind::breach) return false;
  if (definite(d) && (!proves || p->durable.contradicted)) return false;   // a hint decides nothing
  if (p->module().endpoints[p->module().callbacks[callback].endpoint].proves) remember(p, d);
  p->tape = std::move(reading.tape);
  std::string detail = std::move(Detail().text("callback", m->record.callback).text("outcome", decision_name(d.kind)).text("proves", proves ? "yes" : "no")).end();
  if (definite(d)) {
    conclude(p, d, {"callback", std::move(detail), m}, true);
    return true;
  }
  p->bringing = m;
  p->news = "callback";
  apply_reply(p, d, nullptr, std::move(detail));
  p->news = "reply";
  if (p->bringing) store_message(std::exchange(p->bringing, nullptr), CallbackState::matched, {});   // it changed nothing
  return true;
}

void Engine::Impl::supply(const ProcedureId& id, const std::string& name, const std::string& value, std::function<void(SupplyResult)> done) {
  check_clock();
  const auto found = open_.find(id);
  if (found == open_.end()) return done(supplied(SupplyResult::Kind::not_awaited, "input_not_awaited", "the procedure awaits no input"));
  const InstancePtr p = found->second;
  when_free(p, [this, p, name, value, done = std::move(done)] { take_input(p, name, value, done); });
}

void Engine::Impl::take_input(const InstancePtr& p, const std::string& name, const std::string& value, const std::function<void(SupplyResult)>& done) {
  using Kind = SupplyResult::Kind;
  scratch_.reset();
  const Waited* w = awaited(*p, ProofKind::input, kNone, name);
  const auto& proofs = p->durable.wait.proofs;
  const bool asked_for = w != nullptr && std::any_of(proofs.begin(), proofs.end(), [&](const ProofNeeded& n) { return n.kind == ProofKind::input && n.because == name; });
  if (!asked_for || draining_) return done(supplied(Kind::not_awaited, "input_not_awaited", "the procedure awaits no such input now"));
  AwaitedReading reading = hear_awaited(p, *w, value);
  const Decision& d = reading.decision;
  if (!reading.selected || d.kind == Decision::Kind::breach || d.kind == Decision::Kind::nothing) {
    return done(supplied(Kind::invalid, "input_invalid", "`" + name + "` cannot be read as what is asked for"));
  }
  p->tape = std::move(reading.tape);
  p->news = "input";
  std::string detail = std::move(Detail().text("input", name).text("outcome", decision_name(d.kind))).end();
  if (definite_no(d)) refused_by_us(p, d, std::move(detail));
  else apply_reply(p, d, nullptr, std::move(detail));
  p->news = "reply";
  p->tape.reset();
  // Taken when it is durable.
  when_free(p, [done] { done(supplied(Kind::taken, "", "")); });
  if (p->gone) done(supplied(Kind::taken, "", ""));
}

Prompt Engine::Impl::prompt(const ProcedureId& id) const {
  Prompt out;
  const auto found = open_.find(id);
  if (found == open_.end() || settled(found->second->record.state)) return out;
  const Instance& p = *found->second;
  out.shown = p.durable.shown;
  if (p.record.state != State::waiting) return out;
  for (const ProofNeeded& proof : p.durable.wait.proofs) {
    if (proof.kind == ProofKind::input) out.inputs.push_back(proof.because);
  }
  return out;
}

// What the step says when its wait is over, if it says anything. It proves nothing: a no stands only where no money can be out.
void Engine::Impl::wait_over(const InstancePtr& p) {
  scratch_.reset();
  std::string detail = std::move(Detail().text("timer", "deadline")).end();
  Decision d;
  const bool declared = p->step().late != kNone && p->durable.wait.mode == Wait::Mode::race;
  Result<Frame> frame = frame_of(*p);
  if (declared && frame.ok()) {
    SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
    d = decide(*p->deployment, run(*p->deployment, p->step().late, *frame, host), asked(*p));
    p->tape = std::make_unique<Tape>();
    p->tape->kind = Tape::Kind::late;
    p->tape->step = p->record.step;
    p->tape->reads.push_back(host.reads());
    p->tape->decided = decision_name(d.kind);
  }
  p->news = "timer";
  if (definite_no(d)) refused_by_us(p, d, std::move(detail));
  else if (d.kind == Decision::Kind::step || d.kind == Decision::Kind::await) apply_reply(p, d, nullptr, std::move(detail));
  else doubt(p, Event::deadline, d.kind == Decision::Kind::doubt ? &d : nullptr, "timer", std::move(detail));
  p->news = "reply";
  p->tape.reset();
}

// A no of our own: a condition before a request, an input, the end of a wait.
void Engine::Impl::refused_by_us(const InstancePtr& p, const Decision& d, std::string detail) {
  if (money_out(*p)) {
    const State s = p->record.state;
    return doubt(p, s == State::waiting ? Event::deadline : s == State::sending ? Event::unclear : Event::give_up, nullptr, "state", std::move(detail));
  }
  const Transition* t = step_to(p, d.kind == Decision::Kind::refusal ? Event::refusal : Event::failure, true);
  if (t == nullptr) return give_up(p, d.outcome.reason, std::move(detail));
  settle(p, *t, d.outcome, "condition", std::move(detail));
}

// What a step shows is durable with the change that shows it, and counts as money asked for from then on.
void Engine::Impl::take_shown(const InstancePtr& p, const SliceEnd& end) {
  p->durable.shown.clear();
  for (const tollgate::Shown& shown : end.shown) p->durable.shown.push_back({shown.url, std::string(shown.what)});
  p->fresh_shown = !end.shown.empty();
  if (p->fresh_shown && p->money()) p->durable.earlier_sent = true;
  p->frame_changed = true;
}

void Engine::Impl::add_shown(Instance& p, Commit& commit) {
  if (!p.fresh_shown) return;
  p.fresh_shown = false;
  for (const ShownThing& shown : p.durable.shown) {
    add_event(p, commit, "shown", shown.url ? std::move(Detail().text("show", "url").text("host", host_of(shown.what))).end() : std::move(Detail().text("show", "text")).end());
  }
}

}  // namespace tollgate
