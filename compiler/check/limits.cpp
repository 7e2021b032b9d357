// What a module may hold: the numbers of the verifier, told at the line that goes beyond them.
#include "runtime/bytecode/limits.h"

#include <algorithm>

#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

constexpr uint64_t kAnswerMs = 10 * 60 * 1000;  // of one exchange

// "250ms", "5s", "-5s".
std::string duration_words(int64_t ms) { return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms"; }

// A duration that is known from the file alone; nothing where it depends on an answer. Far beyond any limit it is only as large as that.
std::optional<int64_t> constant_ms(const Expr& e) {
  constexpr int64_t kFar = int64_t{1} << 53;
  auto bounded = [=](int64_t ms) { return std::clamp(ms, -kFar, kFar); };
  if (e.kind == ExprKind::constant && (e.constant.kind == Kind::duration || e.constant.kind == Kind::integer)) return bounded(e.constant.integer);
  if (e.kind != ExprKind::call || e.type.kind != Kind::duration || e.operands.empty()) return std::nullopt;
  const std::optional<int64_t> left = constant_ms(e.operands[0]);
  if (!left) return std::nullopt;
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {{"ms", 1}, {"seconds", 1000}, {"minutes", 60'000}, {"hours", 3'600'000}};
  for (const auto& [name, unit] : kUnits) if (e.name == name && e.operands.size() == 1) return std::clamp(*left, -kFar / unit, kFar / unit) * unit;
  if (e.operands.size() != 2 || (e.name != "add" && e.name != "subtract")) return std::nullopt;
  const std::optional<int64_t> right = constant_ms(e.operands[1]);
  if (!right) return std::nullopt;
  return bounded(e.name == "add" ? *left + *right : *left - *right);
}

class Limits {
 public:
  explicit Limits(Sink& sink) : sink_(sink) {}

  bool at_most(size_t found, size_t limit, std::string_view things, Span span) {
    if (found <= limit) return true;
    sink_.report(Diag::over_limit, span).arg("found", std::to_string(found)).arg("things", things).arg("limit", std::to_string(limit)).label("too many");
    return false;
  }
  void some_time(uint64_t ms, std::string_view what, Span span) {
    if (ms == 0) sink_.report(Diag::no_time, span).arg("what", what).label("is over before it begins");
  }
  void at_least(int64_t ms, uint64_t least, std::string_view what, std::string_view label, Span span) {
    if (ms >= static_cast<int64_t>(least)) return;
    sink_.report(Diag::too_short, span).arg("what", what).arg("found", duration_words(ms)).arg("limit", duration_words(static_cast<int64_t>(least))).label(std::string(label));
  }
  // A wait for a proof. One of no time at all is told of as such.
  void wait(uint64_t ms, Span span) {
    if (ms == 0) some_time(ms, "a wait", span);
    else at_least(static_cast<int64_t>(ms), kWaitMsMin, "a wait", "ends before an answer can come", span);
  }

  void target(const Target& target) {
    if (target.poisoned) return;
    at_most(target.proofs.size(), limits::kProofs, "proofs", target.span);
    at_most(target.remembered.size(), limits::kProofs, "values kept for the user", target.span);
    if (target.answer && target.answer->body) shape(*target.answer->body);
    for (const Target& spent : target.spent) this->target(spent);
    if (target.kind == TargetKind::await && target.has_within) wait(target.within_ms, target.within_span);
    for (const Proof& proof : target.proofs)
      if (target.kind == TargetKind::doubt && proof.has_within) wait(proof.within_ms, proof.within_span);
    if (target.kind != TargetKind::session_value || !target.after) return;
    if (std::optional<int64_t> ms = constant_ms(*target.after)) at_least(*ms, kSessionMsMin, "a session's value", "is over before it can be used", target.after->span);
  }

  void shape(const Shape& shape) {
    size_t nodes = 0;
    walk(shape.node, [&](const ShapeNode&) { ++nodes; });
    if (!at_most(nodes, limits::kNodes, "parts of a message", shape.span)) return;
    at_most(shape.holes.size(), limits::kHoles, "values in a message", shape.span);
    nested(shape.node, 0, 0);
  }

  void arms(const std::vector<Arm>& list, Span span) {
    if (!at_most(list.size(), limits::kArms, "arms", span)) return;
    for (const Arm& arm : list) {
      at_most(arm.statuses.size(), limits::kStatuses, "statuses", arm.span);
      at_most(arm.headers.size(), limits::kHeaders, "headers", arm.span);
      if (arm.shape) shape(*arm.shape);
      target(arm.target);
    }
  }

  void send(const Send& send) {
    at_most(send.headers.size() + send.auth.headers.size(), limits::kHeaders, "headers", send.span);  // those of its link and its auths, too
    if (send.query) shape(*send.query);
    if (send.body) shape(*send.body);
    if (send.once) some_time(send.once->window_ms, "`once per`", send.once->span);
    arms(send.arms, send.span);
  }

  void link(const Link& link) {
    auto time = [&](uint64_t ms, std::string_view what) {
      if (ms > 0 && ms <= kAnswerMs) return;
      sink_.report(Diag::link_time, link.span).arg("name", link.name).arg("what", what).label(ms == 0 ? "waits for nothing" : "waits " + std::to_string(ms / 60'000) + " min");
    };
    time(link.connect_ms, "connect within");
    time(link.answer_ms, "answer within");
    at_most(link.more.size(), limits::kVerifies, "further hosts", link.span);
  }

 private:
  // How deep records nest is bounded by the grammar.
  void nested(const ShapeNode& node, int codecs, int pairs) {
    codecs += node.kind == NodeKind::codec;
    pairs += node.kind == NodeKind::pairs || (node.kind == NodeKind::list && (node.flags & (kFront | kEach)) != 0);
    if (!at_most(static_cast<size_t>(codecs), limits::kCodecDepth, "codecs inside each other", node.span)) return;
    if (!at_most(static_cast<size_t>(pairs), limits::kPairsDepth, "`pairs` inside each other", node.span)) return;
    for (const ShapeNode& child : node.children) nested(child, codecs, pairs);
  }

  Sink& sink_;
};

void check_counts(const Carrier& c, Limits& limits) {
  limits.at_most(c.settings.size(), limits::kSettings, "settings", c.span);
  limits.at_most(c.links.size(), limits::kLinks, "links", c.span);
  limits.at_most(c.sessions.size(), limits::kSessions, "sessions", c.span);
  limits.at_most(c.tables.size(), limits::kTables, "readings of codes", c.span);
  limits.at_most(c.procedures.size(), limits::kProcedures, "procedures", c.span);
  limits.at_most(c.enquiries.size(), limits::kEnquiries, "enquiries", c.span);
  limits.at_most(c.endpoints.size(), limits::kEndpoints, "endpoints", c.span);
  limits.at_most(c.callbacks.size(), limits::kCallbacks, "callbacks", c.span);
  limits.at_most(c.user_values.size(), limits::kFields, "values kept per user", c.span);
  limits.at_most(c.counters.size(), limits::kFields, "counters", c.span);
}

}  // namespace

void check_limits(const Carrier& carrier, Sink& sink) {
  Limits limits(sink);
  check_counts(carrier, limits);
  for (const Link& link : carrier.links) limits.link(link);
  for (const Table& table : carrier.tables) limits.at_most(table.rows.size(), limits::kRows, "codes", table.span);
  for (const SendPlace& place : sends(carrier)) limits.send(*place.send);
  for (const Procedure& procedure : carrier.procedures) {
    limits.at_most(procedure.steps.size(), limits::kSteps, "steps", procedure.span);
    limits.at_most(procedure.keeps.size(), limits::kFields, "kept values", procedure.span);
    for (const Step& step : procedure.steps) {
      limits.at_most(step.params.size(), limits::kFields, "parameters", step.span);
      if (step.awaits) limits.target(*step.awaits);
      if (step.doubt && !step.doubt_inherited) limits.target(*step.doubt);
      if (step.late) limits.target(*step.late);
      limits.at_most(step.waited.size(), limits::kProofs, "things that have arms", step.span);
      for (const Waited& waited : step.waited) limits.arms(waited.arms, waited.span);
    }
  }
  for (const Session& session : carrier.sessions) {
    limits.at_most(session.params.size(), limits::kFields, "parameters", session.span);
    limits.at_most(session.renew_params.size(), limits::kFields, "parameters", session.span);
  }
  for (const Enquiry& enquiry : carrier.enquiries) {
    limits.at_most(enquiry.params.size(), limits::kFields, "parameters", enquiry.span);
    limits.at_most(enquiry.every_ms.size(), limits::kIntervals, "intervals", enquiry.span);
    for (size_t i = 0; i < enquiry.every_ms.size() && i < enquiry.every_spans.size(); ++i)
      if (enquiry.every_ms[i] > 0) limits.at_least(static_cast<int64_t>(enquiry.every_ms[i]), kPaceMsMin, "a pause", "hammers the carrier", enquiry.every_spans[i]);
  }
  for (const Endpoint& endpoint : carrier.endpoints) {
    limits.at_most(endpoint.verify.size(), limits::kVerifies, "ways to verify", endpoint.span);
    limits.at_most(endpoint.methods.size(), limits::kVerifies, "methods", endpoint.span);
    limits.at_most(endpoint.headers.size(), limits::kHeaders, "headers", endpoint.span);
  }
  for (const Callback& callback : carrier.callbacks) {
    if (callback.match) limits.shape(*callback.match);
    if (callback.answer && callback.answer->body) limits.shape(*callback.answer->body);
    limits.arms(callback.arms, callback.span);
  }
}

}  // namespace tollgate::hir
