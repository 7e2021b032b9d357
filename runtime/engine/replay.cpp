#include "runtime/engine/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/reading.h"
#include "runtime/engine/request.h"

namespace tollgate {

namespace {

constexpr size_t kLabelMax = 40;   // bytes

bool label_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; }

// The member in which a byte of a body lies: the last `"label":`, `<label>` or `label=` before it that the definition could have written. A guess for the
// reader's eye, made of the definition's own words; values are not labels.
std::string label_at(std::string_view body, size_t at) {
  std::string_view before = body.substr(0, std::min(at + 1, body.size()));
  while (!before.empty()) {
    const size_t end = before.find_last_of(":>=");
    if (end == std::string_view::npos || end == 0) return "";
    std::string_view head = before.substr(0, end);
    if (head.back() == '"') head.remove_suffix(1);
    size_t begin = head.size();
    while (begin > 0 && label_byte(head[begin - 1])) --begin;
    const bool opened = begin > 0 ? (head[begin - 1] == '"' || head[begin - 1] == '<' || head[begin - 1] == ':' || head[begin - 1] == '&') : before[end] == '=';
    const bool word = begin < head.size() && !(head[begin] >= '0' && head[begin] <= '9');
    if (opened && word && head.size() - begin <= kLabelMax) return std::string(head.substr(begin));
    before = before.substr(0, end);
  }
  return "";
}

std::string where(std::string_view part, std::string_view was, std::string_view is, bool labels) {
  size_t same = 0;
  while (same < was.size() && same < is.size() && was[same] == is[same]) ++same;
  size_t tail = 0;
  while (tail < was.size() - same && tail < is.size() - same && was[was.size() - 1 - tail] == is[is.size() - 1 - tail]) ++tail;
  const std::string label = labels ? label_at(was, same) : "";
  return fmt::format("{} differs at byte {}{}: {} bytes were {}", part, same, label.empty() ? "" : fmt::format(", in `{}`", label), is.size() - same - tail, was.size() - same - tail);
}

std::string bytes_of(const std::string& method, const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers, const std::string& body) {
  std::string out = method + " " + url + "\n";
  for (const auto& [name, value] : headers) out += name + ": " + value + "\n";
  return out + "\n" + body;
}

// "" if every byte is the same.
std::string difference(const Tape& was, const Request& is) {
  if (was.method != is.method) return fmt::format("the method was {} and is {}", was.method, is.method);
  if (was.url != is.url) return where("the URL", was.url, is.url, false);
  for (size_t i = 0; i < std::min(was.headers.size(), is.headers.size()); ++i) {
    const auto& [name, value] = was.headers[i];
    if (name != is.headers[i].first) return fmt::format("header {} was `{}` and is `{}`", i + 1, name, is.headers[i].first);
    if (value != is.headers[i].second) return where(fmt::format("header `{}`", name), value, is.headers[i].second, false);
  }
  if (was.headers.size() != is.headers.size()) {
    const bool more = is.headers.size() > was.headers.size();
    return fmt::format("header `{}` {}", more ? is.headers[was.headers.size()].first : was.headers[is.headers.size()].first, more ? "is new" : "is gone");
  }
  if (was.body != is.body) return where("the body", was.body, is.body, true);
  return "";
}

std::string read_more(const SliceHost& host, const Reads& recorded) {
  if (host.ran_out()) return "it reads more of the clock, of chance or of counters than was recorded";
  if (!(host.reads() == recorded)) return "it reads less of the clock, of chance or of counters than was recorded";
  return "";
}

Index named(const Module& module, std::string_view name, const auto& things) {
  for (size_t i = 0; i < things.size(); ++i) {
    if (module.text(things[i].name) == name) return static_cast<Index>(i);
  }
  return kNone;
}

const Reads kNoReads{};
const Reads& nth(const std::vector<Reads>& reads, size_t n) { return n < reads.size() ? reads[n] : kNoReads; }

}  // namespace

Replayer::Replayer(Deployment& deployment, Ports ports, const std::string& public_url, const ProcedureRecord& record, const Durable& durable)
    : d_(deployment), ports_(ports), public_url_(public_url), record_(record), durable_(durable), procedure_(deployment.program->find_procedure(record.action)) {
  report_.began_with = record.definition;
  report_.played_on = deployment.program->hash();
}

SliceHost Replayer::host(const Reads& reads) { return SliceHost(d_, *ports_.clock, *ports_.random, *ports_.vault, public_url_, &reads); }

ReplayItem& Replayer::item(std::string what) {
  ReplayItem& out = report_.items.emplace_back();
  out.at_us = at_us_;
  out.what = std::move(what);
  return out;
}

ReplayReport Replayer::report() && { return std::move(report_); }

void Replayer::play(int64_t at_us, const Tape& tape) {
  at_us_ = at_us;
  remembered_ = tape.remembered;
  arena_.reset();
  if (procedure_ == kNone) {
    if (report_.items.empty()) item(record_.action).difference = "the definition has no such procedure";
    return;
  }
  switch (tape.kind) {
    case Tape::Kind::step: return play_step(tape);
    case Tape::Kind::sent: return play_sent(tape);
    case Tape::Kind::reply: return play_reply(tape);
    case Tape::Kind::enquiry: return play_enquiry(tape);
    case Tape::Kind::callback: return play_callback(tape);
    case Tape::Kind::led:
    case Tape::Kind::typed: return play_awaited(tape);
    case Tape::Kind::late: return play_late(tape);
  }
}

bool Replayer::frame(Frame& out, ReplayItem& into) {
  const auto arguments = unpack(durable_.arguments, arena_);
  const auto parameters = unpack(parameters_, arena_);
  const auto kept = unpack(keeps_, arena_);
  const auto remembered = unpack(remembered_, arena_);
  Value* keeps = arena_.array<Value>(model().keeps.size() + 1);
  if (!arguments.ok() || !parameters.ok() || !kept.ok() || !remembered.ok() || keeps == nullptr) {
    into.difference = "the stored frame cannot be read";
    return false;
  }
  if (arguments->size() != model().arguments.size()) {
    into.difference = fmt::format("the procedure has {} arguments and had {}", model().arguments.size(), arguments->size());
    return false;
  }
  std::copy_n(kept->begin(), std::min(kept->size(), model().keeps.size()), keeps);
  out.arguments = *arguments;
  out.parameters = *parameters;
  out.keeps = {keeps, model().keeps.size()};
  out.settings = d_.settings;
  out.remembered = *remembered;
  return true;
}

// Runs the current step's slice; what it keeps is kept for what follows.
bool Replayer::run_step(const Reads& reads, ReplayItem& out, SliceEnd& end) {
  Frame f;
  if (!frame(f, out)) return false;
  SliceHost world = host(reads);
  end = run_slice(*d_.program, model().steps[step_].slice, f, world, arena_);
  if (end.effect == SliceEnd::Effect::fault) out.difference = fmt::format("it cannot be built: {}", end.why);
  if (out.difference.empty()) out.difference = read_more(world, reads);
  keeps_ = pack(f.keeps);
  return end.effect != SliceEnd::Effect::fault;
}

void Replayer::play_step(const Tape& tape) {
  ReplayItem& out = item("a step that sends nothing");
  SliceEnd end;
  if (tape.step >= model().steps.size()) { out.difference = "the procedure has no such step"; return; }
  step_ = tape.step;
  if (!run_step(nth(tape.reads, 0), out, end)) return;
  if (end.effect == SliceEnd::Effect::send) { out.difference = "it sends a request now"; return; }
  follow(decide(d_, end, asked()), tape, 1);
}

// What a decision leads to inside the same change: the steps that send nothing.
void Replayer::follow(Decision decision, const Tape& tape, size_t next_read) {
  while (decision.kind == Decision::Kind::step) {
    const Target* target = decision.target;
    if (target->kind == TargetKind::again && !take_turn(turns_, static_cast<uint32_t>(target - module().targets.data()), target->at_most)) {
      if (target->spent == kNone) return;
      decision = decide_target(d_, target->spent, decision.registers, asked());
      continue;
    }
    std::vector<Value> arguments;
    for (Register r : target->arguments) arguments.push_back(decision.registers[r]);
    parameters_ = pack(arguments);
    step_ = target->index;
    frozen_.reset();
    SliceEnd end;
    if (model().steps[step_].exchange != kNone || !run_step(nth(tape.reads, next_read++), report_.items.back(), end)) return;
    decision = decide(d_, end, asked());
  }
}

void Replayer::play_sent(const Tape& tape) {
  play_sessions(tape);
  ++report_.requests;
  ReplayItem& out = item("");
  const size_t at = report_.items.size() - 1;
  out.what = fmt::format("{}{}", tape.method, tape.transmission > 1 ? fmt::format(" (transmission {})", tape.transmission) : "");
  if (tape.step != step_ || tape.step >= model().steps.size()) {
    if (tape.step >= model().steps.size()) { out.difference = "the procedure has no such step"; return; }
    out.difference = fmt::format("it was sent by step {}; now step {} comes here", tape.step + 1, step_ + 1);
    step_ = tape.step;
  }
  if (tape.reads.size() > 1) {
    SliceEnd end;
    frozen_.reset();
    if (!run_step(tape.reads[0], out, end)) return;
    if (end.effect != SliceEnd::Effect::send) { out.difference = "the step sends nothing now"; return; }
    exchange_ = end.index;
    frozen_ = freeze(d_, module().exchanges[exchange_], end);
  }
  if (!frozen_) { out.difference = "its first transmission was not recorded"; return; }
  ReplayItem& same = report_.items[at];
  same.what = fmt::format("{} {}{}", tape.method, d_.path_templates[exchange_].empty() ? "…" : d_.path_templates[exchange_], tape.transmission > 1 ? fmt::format(" (transmission {})", tape.transmission) : "");
  Frame f;
  if (!frame(f, same)) return;
  finish(tape, module().exchanges[exchange_], f, *frozen_, tape.reads.empty() ? kNoReads : tape.reads.back(), same);
}

// The request with its credentials, beside the one that left.
void Replayer::finish(const Tape& tape, const Exchange& exchange, const Frame& f, const Frozen& frozen, const Reads& auth, ReplayItem& out) {
  if (!out.difference.empty()) return;
  const std::vector<std::string_view> values = session_values(tape, tape.sessions.size());
  Frozen same = frozen;
  const std::vector<LinkHost>& hosts = d_.links[exchange.link].hosts;
  for (size_t i = 0; i < hosts.size(); ++i)
    if (tape.url.starts_with(hosts[i].base + "/")) same.host = i;   // a link of several hosts: the one that it left to
  SliceHost world = host(auth);
  const Result<Request> request = finish_request(d_, exchange, f, values, same, world, arena_);
  if (!request.ok()) { out.difference = request.error().message; return; }
  out.difference = difference(tape, *request);
  if (out.difference.empty()) out.difference = read_more(world, auth);
  if (out.difference.empty()) return;
  out.was = bytes_of(tape.method, tape.url, tape.headers, tape.body);
  out.is = bytes_of(request->method, request->url, request->headers, request->body);
}

// By index in the module. Before the end: for a session's own fetch, what stands before it; at the end: for the request.
std::vector<std::string_view> Replayer::session_values(const Tape& tape, size_t before) const {
  std::vector<std::string_view> out(module().sessions.size());
  const bool of_request = before == tape.sessions.size();
  for (size_t i = 0; i < before; ++i) {
    const TapedSession& s = tape.sessions[i];
    if (of_request && !s.direct) continue;
    if (const Index index = named(module(), s.name, module().sessions); index != kNone) out[index] = s.value;
  }
  return out;
}

// How the sessions in use were fetched. Of their requests only digests are kept: they are the same or they are not.
void Replayer::play_sessions(const Tape& tape) {
  for (size_t i = 0; i < tape.sessions.size(); ++i) {
    const TapedSession& s = tape.sessions[i];
    if (std::find(sessions_seen_.begin(), sessions_seen_.end(), s.request) != sessions_seen_.end()) continue;
    sessions_seen_.push_back(s.request);
    ++report_.requests;
    const bool renewed = !s.renewal.empty();
    ReplayItem& out = item(fmt::format("session {}{}", s.name, renewed ? ", renewed" : ""));
    const Index index = named(module(), s.name, module().sessions);
    if (index == kNone) { out.difference = "the definition has no such session"; continue; }
    const Session& session = module().sessions[index];
    if (renewed && session.renew_slice == kNone) { out.difference = "the definition renews it no more"; continue; }
    const bool same = run_session(tape, i, session, renewed, out);
    if (!same && out.difference.empty()) out.difference = "its request differs (of a session's request only a digest is kept: was a setting changed?)";
  }
}

// Runs one session's fetch again. False: its request is another one, or `out` says more.
bool Replayer::run_session(const Tape& tape, size_t which, const Session& session, bool renewed, ReplayItem& out) {
  const TapedSession& s = tape.sessions[which];
  const auto arguments = unpack(s.arguments, arena_);
  const auto renewal = unpack(s.renewal, arena_);
  if (!arguments.ok() || !renewal.ok()) { out.difference = "its arguments cannot be read"; return false; }
  std::vector<Value> parameters(arguments->begin(), arguments->end());
  parameters.insert(parameters.end(), renewal->begin(), renewal->end());
  if (parameters.size() != (renewed ? session.renew_parameters : session.parameters).size()) { out.difference = "it has other parameters"; return false; }
  Frame f;
  f.settings = d_.settings;
  f.parameters = parameters;
  SliceHost world = host(nth(s.reads, 0));
  const SliceEnd end = run_slice(*d_.program, renewed ? session.renew_slice : session.slice, f, world, arena_);
  if (end.effect != SliceEnd::Effect::send) { out.difference = "its request cannot be built"; return false; }
  out.difference = read_more(world, nth(s.reads, 0));
  const Exchange& e = module().exchanges[end.index];
  const std::unique_ptr<Frozen> frozen = freeze(d_, e, end);
  const std::vector<std::string_view> values = session_values(tape, which);
  for (frozen->host = 0; frozen->host < d_.links[e.link].hosts.size(); ++frozen->host) {
    SliceHost auth = host(nth(s.reads, 1));
    const Result<Request> request = finish_request(d_, e, f, values, *frozen, auth, arena_);
    if (request.ok() && digest_of(*request) == s.request) return true;
    if (!request.ok()) out.difference = request.error().message;
  }
  return false;
}

void Replayer::play_reply(const Tape& tape) {
  ReplayItem& out = item(fmt::format("reply {} => {}", tape.status, tape.decided));
  Frame f;
  if (exchange_ == kNone) { out.difference = "its request was not recorded"; return; }
  if (!frame(f, out)) return;
  SliceHost world = host(nth(tape.reads, 0));
  const ReplyReading reading = read_reply(d_, exchange_, {tape.status, tape.heard_headers, tape.heard, d_.settings}, tape.transmission, f, asked(), world, arena_);
  const std::string decided = reading.arm == kNone ? "not foreseen" : std::string(decision_name(reading.decision.kind));
  if (decided != tape.decided) { out.difference = fmt::format("the answer meant {} and means {}", tape.decided, decided); return; }
  const Exchange& e = module().exchanges[exchange_];
  const Target* target = reading.decision.target;
  const bool doubled = e.moves_money && tape.transmission > 1 && !(e.has_once && e.once.original);
  if (target != nullptr && target->kind == TargetKind::again && doubled) return;   // it speaks of the second transmission only
  follow(reading.decision, tape, 1);
}

void Replayer::play_enquiry(const Tape& tape) {
  play_sessions(tape);
  const size_t at = report_.items.size();
  ReplayItem& out = item(fmt::format("{} of enquiry {}{}", tape.method, tape.name, tape.answered ? fmt::format(", reply {} => {}", tape.status, tape.decided) : ", no reply"));
  const Index index = named(module(), tape.name, module().enquiries);
  if (index == kNone) { out.difference = "the definition has no such enquiry"; return; }
  Frame f;
  const auto parameters = unpack(tape.parameters, arena_);
  if (!frame(f, out) || !parameters.ok()) return;
  if (parameters->size() != module().enquiries[index].parameters.size()) { out.difference = "the enquiry has other parameters"; return; }
  f.parameters = *parameters;
  SliceHost world = host(nth(tape.reads, 0));
  const SliceEnd end = run_slice(*d_.program, module().enquiries[index].slice, f, world, arena_);
  if (end.effect != SliceEnd::Effect::send) { out.difference = "the enquiry cannot be built"; return; }
  out.difference = read_more(world, nth(tape.reads, 0));
  const Exchange& e = module().exchanges[end.index];
  const Index exchange = end.index;
  const std::unique_ptr<Frozen> frozen = freeze(d_, e, end);
  ++report_.requests;
  finish(tape, e, f, *frozen, nth(tape.reads, 1), report_.items[at]);
  if (!tape.answered || !report_.items[at].difference.empty()) return;
  SliceHost arm = host(nth(tape.reads, 2));
  const ReplyReading reading = read_reply(d_, exchange, {tape.status, tape.heard_headers, tape.heard, d_.settings}, 1, f, asked(), arm, arena_);
  const std::string_view decided = decision_name(reading.breach ? Decision::Kind::nothing : reading.decision.kind);
  if (decided != tape.decided) report_.items[at].difference = fmt::format("the answer meant {} and means {}", tape.decided, decided);
}

void Replayer::play_callback(const Tape& tape) {
  ReplayItem& out = item(fmt::format("callback {} => {}", tape.name, tape.decided));
  const Index index = named(module(), tape.name, module().callbacks);
  if (index == kNone) { out.difference = "the definition has no such callback"; return; }
  Frame f;
  if (!frame(f, out)) return;
  SliceHost world = host(nth(tape.reads, 0));
  const ReplyView message{0, tape.heard_headers, tape.heard, d_.settings};
  const CallbackReading reading = read_callback(d_, index, tape.key, message, f, asked(), world, arena_);
  const std::string_view decided = reading.ours ? decision_name(reading.decision.kind) : "not ours";
  if (decided != tape.decided) out.difference = fmt::format("the message meant {} and means {}", tape.decided, decided);
}

bool Replayer::at_step(const Tape& tape, ReplayItem& out) const {
  if (tape.step == step_ && tape.step < model().steps.size()) return true;
  out.difference = tape.step < model().steps.size() ? fmt::format("step {} waited for it; now step {} comes here", tape.step + 1, step_ + 1) : "the procedure has no such step";
  return false;
}

void Replayer::play_awaited(const Tape& tape) {
  const bool typed = tape.kind == Tape::Kind::typed;
  ReplayItem& out = item(fmt::format("{} {} => {}", typed ? "input" : "callback", tape.name, tape.decided));
  Frame f;
  if (!at_step(tape, out) || !frame(f, out)) return;
  for (const Waited& waited : model().steps[step_].waited) {
    const bool input = waited.kind == ProofKind::input;
    const Index name = input ? waited.name : module().callbacks[waited.index].name;
    if (input != typed || module().text(name) != tape.name) continue;
    bool selected = false;
    SliceHost world = host(nth(tape.reads, 0));
    const Decision decision = read_awaited(d_, waited, tape.heard, f, asked(), world, arena_, selected);
    const std::string_view decided = selected ? decision_name(decision.kind) : "not foreseen";
    if (decided != tape.decided) out.difference = fmt::format("it meant {} and means {}", tape.decided, decided);
    else follow(decision, tape, 1);
    return;
  }
  out.difference = "the step does not wait for it";
}

void Replayer::play_late(const Tape& tape) {
  ReplayItem& out = item(fmt::format("the end of the wait => {}", tape.decided));
  Frame f;
  if (!at_step(tape, out) || !frame(f, out)) return;
  const Index late = model().steps[step_].late;
  if (late == kNone) { out.difference = "the step says nothing of it"; return; }
  SliceHost world = host(nth(tape.reads, 0));
  const Decision decision = decide(d_, run_slice(*d_.program, late, f, world, arena_), asked());
  const std::string_view decided = decision_name(decision.kind);
  if (decided != tape.decided) out.difference = fmt::format("it meant {} and means {}", tape.decided, decided);
  else follow(decision, tape, 1);
}

}  // namespace tollgate
