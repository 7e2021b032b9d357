// Callbacks: accept, verify, match, read, commit, and only then answer (H21). What cannot be matched yet is kept, what is a duplicate is answered as
// before, what proves nothing by itself makes us ask.
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>

#include "runtime/bytecode/format.h"
#include "runtime/engine/impl.h"
#include "runtime/shapes/multipart.h"

namespace tollgate {

namespace {

constexpr size_t kPathSegments = 4;   // carrier, callback, key, token

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  if (!path.starts_with("/c/")) return out;
  path.remove_prefix(3);
  while (out.size() <= kPathSegments) {
    const size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return out;
}

Hash fingerprint_of(const Message& m) {
  std::string all;
  for (std::string_view part : {std::string_view(m.deployment->carrier), m.deployment->module().text(m.deployment->module().callbacks[m.callback].name),
                                std::string_view(m.key), std::string_view(m.inbound.query), std::string_view(m.inbound.body)}) {
    all.append(part).push_back('\0');
  }
  Hash h{};
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), h.data());
  return h;
}

// What is kept of a message whose procedure is not known yet: its body, and the headers that an arm may read. Whatever vouched for it was looked at when it came.
std::string kept_of(const Message& m) {
  Frozen kept;
  kept.method = m.inbound.method;
  kept.query = m.inbound.query;
  kept.body = m.inbound.body;
  const Module& module = m.deployment->module();
  const auto reads = [&](std::string_view name) {
    for (const Arm& arm : module.callbacks[m.callback].arms)
      for (const HeaderPattern& header : arm.headers) {
        const std::string_view wanted = module.text(header.name);
        if (std::equal(wanted.begin(), wanted.end(), name.begin(), name.end(), [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; })) return true;
      }
    return false;
  };
  for (const auto& header : m.inbound.headers)
    if (reads(header.first)) kept.headers.push_back(header);
  return encode(kept);
}

// False: the bytes are damaged.
bool restore_kept(std::string_view bytes, Inbound& inbound) {
  Result<Frozen> kept = decode_frozen(bytes);
  if (!kept.ok()) return false;
  inbound.method = std::move(kept->method);
  inbound.query = std::move(kept->query);
  inbound.body = std::move(kept->body);
  inbound.headers = std::move(kept->headers);
  return true;
}

// "GET, POST"
std::string methods_of(const Module& module, Index endpoint) {
  std::string out;
  for (Index method : module.endpoints[endpoint].methods) out.append(out.empty() ? "" : ", ").append(module.text(method));
  return out;
}

std::string_view fate_of(CallbackState state) {
  switch (state) {
    case CallbackState::parked: return "parked";
    case CallbackState::matched: return "matched";
    case CallbackState::duplicate: return "repeated";
    case CallbackState::contradicts: return "contradicts";
    case CallbackState::foreign: return "foreign";
  }
  return "foreign";
}

Answer plain_answer(uint16_t status) {
  Answer a;
  a.status = status;
  a.code = status == 404 ? "not_found" : status == 405 ? "method_not_allowed" : status == 413 ? "request_too_large" : "store_unavailable";
  return a;
}

}  // namespace

std::string Engine::Impl::registry_key(const Deployment& d, Index callback, std::string_view key) const {
  return token_context(d.carrier, d.module().text(d.module().callbacks[callback].name), key);
}

// `known`: the key was registered in an earlier life, and if it collided, a person was told then.
void Engine::Impl::register_key(const InstancePtr& p, Index callback, const std::string& key, bool known) {
  if (key.empty()) return;
  std::string whole = registry_key(*p->deployment, callback, key);
  std::vector<InstancePtr>& waiting = registry_[whole];
  if (std::find(waiting.begin(), waiting.end(), p) != waiting.end()) return;
  if (!waiting.empty() && !known) {   // H18: two procedures, one key; neither may be settled by it
    ports_.observer->trouble("callback " + p->record.carrier, {"key_collision", "two open procedures wait for the same callback key"});
    Commit c;
    c.cases.push_back({p->record.id, "key_collision", std::move(Detail().text("callback", p->module().text(p->module().callbacks[callback].name)).text("other", to_text(waiting.front()->record.id))).end(), now()});
    store_beside(std::move(c), p->record.carrier, "key collision");
  }
  waiting.push_back(p);
  p->registered.push_back(std::move(whole));
}

// Who waits for this key: nobody, one, or several, of whom none is meant for sure.
std::span<const InstancePtr> Engine::Impl::waiting_for(const Deployment& d, Index callback, const std::string& key) const {
  const auto found = registry_.find(registry_key(d, callback, key));
  return found == registry_.end() ? std::span<const InstancePtr>() : std::span<const InstancePtr>(found->second);
}

InstancePtr Engine::Impl::find_by_key(const Deployment& d, Index callback, const std::string& key) const {
  const std::span<const InstancePtr> waiting = waiting_for(d, callback, key);
  return waiting.size() == 1 ? waiting.front() : nullptr;
}

// A procedure that has left memory, by the reference the carrier knows it by. Suspended ones come back to life: late proof may close them.
Result<InstancePtr> Engine::Impl::find_settled(Deployment& d, const std::string& key) {
  const auto attempt = ports_.store->attempt_by_reference(d.carrier, key);
  if (!attempt.ok()) return attempt.error();
  if (!attempt.value()) return InstancePtr();
  const ProcedureId id = attempt.value()->first;
  if (const auto found = open_.find(id); found != open_.end()) return found->second;
  const auto record = ports_.store->procedure(id);
  if (!record.ok()) return record.error();
  if (!record.value()) return InstancePtr();
  return adopt(*record.value());
}

void Engine::Impl::on_callback(Inbound inbound, std::function<void(Answer)> done) {
  check_clock();
  const std::vector<std::string_view> path = segments(inbound.path);
  auto m = std::make_shared<Message>();
  const auto unknown = [&](uint16_t status) {
    if (m->deployment != nullptr) tell_fate(*m, "unknown");
    else ports_.observer->message("", "", "unknown");
    Answer a = plain_answer(status);
    if (status == 405) a.headers.emplace_back("Allow", methods_of(m->deployment->module(), m->deployment->module().callbacks[m->callback].endpoint));
    done(std::move(a));
  };
  if (path.size() < 2 || path.size() > kPathSegments) return unknown(404);
  const auto live = live_.find(path[0]);
  if (live == live_.end()) return unknown(404);
  m->deployment = live->second;
  m->callback = m->deployment->program->find_callback(path[1]);
  std::string_view called = path[1];
  if (m->callback == kNone) m->callback = dispatch(*m->deployment, path[1], inbound);
  if (m->callback == kNone) return unknown(404);
  const Module& module = m->deployment->module();
  const Callback& callback = module.callbacks[m->callback];
  const Endpoint& endpoint = module.endpoints[callback.endpoint];
  if (std::none_of(endpoint.methods.begin(), endpoint.methods.end(), [&](Index i) { return module.text(i) == inbound.method; })) return unknown(405);
  if (inbound.body.size() > kBodyMax) return unknown(413);
  const auto unproved = [&] {
    tell_fate(*m, "unproved");
    done(refusal(*m->deployment, endpoint));
  };
  std::string_view token;
  if (callback.url_keyed) {
    std::optional<std::string> key = path.size() == kPathSegments ? percent_decode(path[2]) : std::nullopt;
    if (!key || key->empty()) return unproved();
    m->key = std::move(*key);
    token = path[3];
  } else if (path.size() == 3) {
    token = path[2];
  }
  const std::string token_text(token), called_name(called);
  m->inbound = std::move(inbound);
  const bool keyed = callback.url_keyed || find_key(*m);
  auto declared = [&](Index slice) { return proves_itself(*m, slice); };
  if (!verified(*m->deployment, callback, m->inbound, m->key, token_text, *ports_.vault, called_name, declared)) return unproved();
  (void)keyed;
  receive(m, std::move(done));
}

void Engine::Impl::receive(const MessagePtr& m, std::function<void(Answer)> done) {
  m->fingerprint = fingerprint_of(*m);
  if (const auto under_way = arriving_.find(m->fingerprint); under_way != arriving_.end()) {
    under_way->second.push_back(std::move(done));
    return tell_fate(*m, "repeated");
  }
  const auto stored = ports_.store->callback_by_fingerprint(m->deployment->carrier, m->fingerprint);
  if (!stored.ok()) {
    tell_fate(*m, "unstored");
    return done(plain_answer(503));
  }
  if (stored.value()) {
    m->record = *stored.value();
    tell_fate(*m, "repeated");
    return done(recorded_answer(*m));
  }
  arriving_[m->fingerprint].push_back(std::move(done));
  const Answer answer = declared_answer(*m);
  m->answer_type = answer.content_type;
  CallbackRecord& r = m->record;
  r.carrier = m->deployment->carrier;
  r.fingerprint = m->fingerprint;
  r.callback = m->deployment->module().text(m->deployment->module().callbacks[m->callback].name);
  r.key = m->key;
  r.body = ports_.vault->seal(kept_of(*m), message_context(*m));
  r.answered_status = answer.status;
  r.answered_body = answer.body;
  r.at_us = now();
  if (m->key.empty()) return store_message(m, CallbackState::foreign, {});
  if (waiting_for(*m->deployment, m->callback, m->key).size() > 1) return store_message(m, CallbackState::foreign, {});
  InstancePtr p = find_by_key(*m->deployment, m->callback, m->key);
  if (!p) {
    Result<InstancePtr> found = find_settled(*m->deployment, m->key);
    if (!found.ok()) { answered(m, false); arriving_.erase(m->fingerprint); return; }
    p = *found;
  }
  if (!p && open_procedure(m)) return;
  if (!p) {
    const bool minted = m->deployment->module().callbacks[m->callback].url_keyed;
    return store_message(m, minted ? CallbackState::foreign : CallbackState::parked, {});
  }
  if (p->committing) p->inbox.emplace_back([this, p, m] { deliver(p, m); });
  else deliver(p, m);
}


void Engine::Impl::tell_fate(const Message& m, std::string_view fate) {
  ports_.observer->message(m.deployment->carrier, m.callback == kNone ? "" : m.deployment->module().text(m.deployment->module().callbacks[m.callback].name), fate);
}

void Engine::Impl::answered(const MessagePtr& m, bool durable) {
  const auto found = arriving_.find(m->fingerprint);
  if (found == arriving_.end()) return;
  std::vector<std::function<void(Answer)>> waiting = std::move(found->second);
  found->second.clear();
  if (durable) arriving_.erase(found);
  tell_fate(*m, !durable ? "unstored" : m->unread && m->record.state == CallbackState::matched ? "unread" : fate_of(m->record.state));
  for (auto& done : waiting) done(durable ? recorded_answer(*m) : plain_answer(503));
}

// A message that came to its endpoint and not to one callback: the first callback that has its key in the content and whose `match` selects it. What none
// selects belongs to the first of them, which will store it as foreign.
Index Engine::Impl::dispatch(Deployment& d, std::string_view endpoint_name, const Inbound& inbound) {
  const Module& module = d.module();
  Index first = kNone;
  for (Index i = 0; i < module.callbacks.size(); ++i) {
    const Callback& callback = module.callbacks[i];
    if (callback.url_keyed || callback.match_shape == kNone || module.text(module.endpoints[callback.endpoint].name) != endpoint_name) continue;
    if (first == kNone) first = i;
    scratch_.reset();
    const bool candidate[] = {true};
    if (d.program->callback_key_matcher(i).match(content_of(inbound), candidate, scratch_, d.settings).chosen >= 0) return i;
  }
  return first;
}

// Whether a declared verify holds: its slice ends without a fault. It sees the message as the carrier sent it, under the URL that we gave out.
bool Engine::Impl::proves_itself(const Message& m, Index slice) {
  Deployment& d = *m.deployment;
  const size_t after_scheme = options_.public_url.find("://");
  const std::string_view all(options_.public_url);
  const std::string_view scheme = all.substr(0, after_scheme == std::string::npos ? 0 : after_scheme);
  const std::string_view rest = after_scheme == std::string::npos ? all : all.substr(after_scheme + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  const std::string path = std::string(rest.substr(slash)) + m.inbound.path;
  std::string_view type;
  for (const auto& [name, value] : m.inbound.headers)
    if (name == "content-type" && type.empty()) type = value;
  const RequestView view{m.inbound.method, path, m.inbound.query, m.inbound.body, rest.substr(0, slash), scheme, type, m.inbound.headers};
  scratch_.reset();
  Frame frame;
  frame.settings = d.settings;
  frame.request = &view;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  return run(d, slice, frame, host).effect == SliceEnd::Effect::target;
}

// A message keyed by its content: the key as the declared shape and code find it. False: not one of this callback's messages.
bool Engine::Impl::find_key(Message& m) {
  Deployment& d = *m.deployment;
  const Callback& callback = d.module().callbacks[m.callback];
  if (callback.match_shape == kNone || callback.match_slice == kNone || callback.key == kNoRegister) return false;
  scratch_.reset();
  const bool candidate[] = {true};
  const Selection s = d.program->callback_key_matcher(m.callback).match(content_of(m.inbound), candidate, scratch_, d.settings);
  if (s.chosen < 0 || s.breach) return false;
  Frame frame;
  frame.settings = d.settings;
  frame.holes = {s.holes, d.module().shapes[callback.match_shape].holes.size()};
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, callback.match_slice, frame, host);
  if (end.effect != SliceEnd::Effect::target) return false;
  m.key = key_text(end.registers[callback.key]);
  return !m.key.empty();
}

// What the message says about this procedure. `ours` false: it does not match what the callback declares, or contradicts the key it came under.
Decision Engine::Impl::read_message(const InstancePtr& p, Message& m, bool& ours) {
  const Index index = p->deployment->program->find_callback(m.record.callback);
  Decision decision;
  decision.kind = Decision::Kind::nothing;
  ours = false;
  if (index == kNone) return decision;
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return decision;
  SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const ReplyView message{0, m.inbound.headers, content_of(m.inbound), p->deployment->settings};
  CallbackReading reading = read_callback(*p->deployment, index, m.key, message, *frame, asked(*p), host, scratch_);
  ours = reading.ours;
  if (!ours) return decision;
  if (reading.target != nullptr) take_answer(m, *reading.target, reading.decision.registers);
  p->tape = std::make_unique<Tape>();
  p->tape->kind = Tape::Kind::callback;
  p->tape->name = m.record.callback;
  p->tape->reads.push_back(host.reads());
  p->tape->hear(0, m.inbound.headers, content_of(m.inbound));
  p->tape->key = m.key;
  p->tape->decided = decision_name(reading.decision.kind);
  return std::move(reading.decision);
}

void Engine::Impl::deliver(const InstancePtr& p, const MessagePtr& m) {
  scratch_.reset();
  take_in(p, m);
  p->tape.reset();   // it belongs to this message's event, if there was one
}

void Engine::Impl::take_in(const InstancePtr& p, const MessagePtr& m) {
  bool ours = false;
  const Decision d = read_message(p, *m, ours);
  if (!ours) return store_message(m, CallbackState::foreign, {});
  m->record.procedure = p->record.id;
  const bool unread = d.kind == Decision::Kind::breach || (d.kind == Decision::Kind::nothing && d.target == nullptr);
  if (terminal(p->record.state) || p->record.state == State::partial) {
    m->unread = unread;
    return late_message(p, m, d);
  }
  const Index index = p->deployment->program->find_callback(m->record.callback);
  const Callback& callback = p->module().callbacks[index];
  const bool proves = p->module().endpoints[callback.endpoint].proves || !p->money();
  if (lead_on(p, m, index, proves)) return;
  m->unread = unread;
  const bool definite = d.kind == Decision::Kind::success || d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure;
  std::string detail = std::move(Detail().text("callback", m->record.callback).text("outcome", decision_name(d.kind)).text("proves", proves ? "yes" : "no")).end();
  if (definite && proves && !p->durable.contradicted) return conclude(p, d, {"callback", std::move(detail), m}, true);
  if (!definite && awaited(*p, ProofKind::callback, index, {}) == nullptr && awaited_later(*p, index)) {   // early: kept for the step that awaits it
    if (m->record.state != CallbackState::parked) store_message(m, CallbackState::parked, {});
    return;
  }
  const bool hints = definite && !p->durable.contradicted;
  Commit beside;
  add_event(*p, beside, hints ? kHintEvent : "callback", std::move(detail));   // recovery asks again where it finds such a row
  store_message(m, CallbackState::matched, std::move(beside));
  if (hints) hint(p);
}

// The procedure is closed. Its state stays whatever the message says; a contradiction is for a person (P11).
void Engine::Impl::late_message(const InstancePtr& p, const MessagePtr& m, const Decision& d) {
  Commit beside;
  const bool other = contradicts(*p, d);
  std::string detail = std::move(Detail().text("callback", m->record.callback).text("outcome", decision_name(d.kind)).text("after", state_name(p->record.state))).end();
  add_event(*p, beside, other ? "case" : "callback", detail);
  if (other) beside.cases.push_back({p->record.id, "contradiction", std::move(detail), now()});
  store_message(m, other ? CallbackState::contradicts : CallbackState::matched, std::move(beside));
}

// Stores a message that changes no procedure, with what is to be remembered beside it; then answers.
void Engine::Impl::store_message(const MessagePtr& m, CallbackState state, Commit beside) {
  m->record.state = state;
  beside.callbacks.push_back(m->record);
  ++commits_under_way_;
  ports_.store->submit(beside, [this, m, events = beside.events, cases = beside.cases](const CommitResult& r) {
    --commits_under_way_;
    const bool durable = r.kind == CommitResult::Kind::done || r.kind == CommitResult::Kind::duplicate_callback;
    if (r.kind == CommitResult::Kind::done) observe(m->record.carrier, events, cases);
    if (!durable) ports_.observer->trouble("callback " + m->record.carrier, r.error);
    answered(m, durable);
    arriving_.erase(m->fingerprint);
    if (!durable || m->record.state != CallbackState::parked) return;
    // Its key may have become known while it was being stored.
    const InstancePtr p = find_by_key(*m->deployment, m->callback, m->key);
    if (p) when_free(p, [this, p, m] { if (!p->gone) deliver(p, m); });
  });
}

// Rows beside a procedure that stays as it is; losing them is reported, and nobody waits.
void Engine::Impl::store_beside(Commit beside, const std::string& carrier, std::string_view what) {
  ++commits_under_way_;
  auto told = [this, carrier, what = std::string(what), events = beside.events, cases = beside.cases](const CommitResult& r) {
    --commits_under_way_;
    if (r.kind == CommitResult::Kind::done) observe(carrier, events, cases);
    else ports_.observer->trouble(what, r.error);
  };
  ports_.store->submit(std::move(beside), std::move(told));
}

// Messages that came before their key was known. True: one of them changed the procedure, in a commit now under way.
bool Engine::Impl::apply_parked(const InstancePtr& p) {
  for (const ProofNeeded& proof : p->durable.wait.proofs) {
    if (proof.kind != ProofKind::callback) continue;
    const std::string key = key_of(proof);
    const std::string name(p->module().text(p->module().callbacks[proof.index].name));
    const auto parked = ports_.store->parked(p->record.carrier, name, key);
    if (!parked.ok() || key.empty() || find_by_key(*p->deployment, proof.index, key) != p) continue;
    for (const CallbackRecord& record : parked.value()) {
      auto m = std::make_shared<Message>();
      m->deployment = p->deployment;
      m->callback = proof.index;
      m->key = key;
      m->fingerprint = record.fingerprint;
      m->record = record;
      Result<std::string> kept = ports_.vault->open(record.body, message_context(*m));
      if (!kept.ok()) { ports_.observer->trouble("parked callback", kept.error()); continue; }
      if (!restore_kept(*kept, m->inbound)) { ports_.observer->trouble("parked callback", {"message_damaged", "a stored message cannot be read"}); continue; }
      std::unique_ptr<Tape> tape = std::move(p->tape);   // of the change that made it known
      deliver(p, m);
      if (p->committing) return true;
      p->tape = std::move(tape);
    }
  }
  return false;
}

}  // namespace tollgate
