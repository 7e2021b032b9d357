// Enquiries tell of the charge that they were asked about; sessions give what they are for.
#include <algorithm>
#include <map>

#include "compiler/check/check.h"
#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

// How long the charge itself may be on its way: what B12 asks of `absent after`.
uint64_t on_its_way_ms(const Carrier& carrier, const Enquiry& enquiry, Span& link_span) {
  uint64_t longest = 0;
  for (const SendPlace& place : sends(carrier)) {
    if (!place.procedure || enquiry.about == kNone || place.procedure != &carrier.procedures[enquiry.about] || place.send->link == kNone) continue;
    const Link& link = carrier.links[place.send->link];
    if (link.connect_ms + link.answer_ms <= longest) continue;
    longest = link.connect_ms + link.answer_ms;
    link_span = link.span;
  }
  return longest;
}

void check_absent_wait(const Carrier& carrier, const Enquiry& enquiry, const Target& target, Sink& sink) {
  if (target.kind != TargetKind::absent || target.poisoned || !target.has_within || target.within_ms == 0) return;
  Span link;
  uint64_t least = on_its_way_ms(carrier, enquiry, link);
  if (target.within_ms >= least) return;
  auto text = [](uint64_t ms) { return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms"; };
  sink.report(Diag::absent_too_soon, target.within_span).arg("found", text(target.within_ms)).arg("wanted", text(least)).label("too soon")
      .also(link, "connect and answer within " + text(least) + " together").help(Grade::likely, "wait at least that long", {{target.within_span, text(least)}});
}

void check_absent(const Arm& arm, Sink& sink) {
  if (arm.target.kind != TargetKind::absent || arm.target.poisoned) return;
  Span end{arm.target.span.file, arm.target.span.end, arm.target.span.end};
  if (!arm.target.has_within || arm.target.within_ms == 0) {
    sink.report(Diag::absent_when, arm.target.span).label("after what time?").help(Grade::example, "for example", {{end, " after 2min"}});
  }
  if (arm.target.within_ms > kWaitMaxMs) {
    sink.report(Diag::wait_too_long, arm.target.span).arg("found", std::to_string(arm.target.within_ms / 86'400'000) + " days").arg("limit", "30 days").label("too long");
  }
  if (!says_word(arm) && arm.target.grounds.because.empty()) {
    sink.report(Diag::absent_bare, arm.target.span).label("nothing in the answer says so").also(arm.span, "any such answer comes here")
        .help(Grade::example, "match what the carrier says: `on 404 json { code: \"…\" }`", {})
        .help(Grade::example, "or say why the status is enough", {{end, " because \"…\""}});
  }
  if (arm.target.grounds.cites.empty() && arm.grounds.cites.empty()) {
    sink.report(Diag::promise_uncited, arm.target.span).arg("what", "`absent`").label("where does the carrier promise it?")
        .help(Grade::example, "name the document", {{end, " cites \"…\""}});
  }
}

// What becomes of the question (our credentials, our pace, their trouble) is no news of the charge, whatever words come with it. A 500 may be a fault of SOAP,
// whose binding knows no other status: then a reviewed reason counts.
bool about_question(uint16_t status) { return status == 401 || status == 407 || status == 408 || status == 425 || status == 429 || status >= 500; }

bool decides(const Carrier& carrier, const Target& target) {
  if (target.kind == TargetKind::table && target.index != kNone)
    return std::any_of(carrier.tables[target.index].rows.begin(), carrier.tables[target.index].rows.end(), [&](const Row& row) { return decides(carrier, row.target); });
  return target.kind == TargetKind::succeed || target.kind == TargetKind::decline || target.kind == TargetKind::fail || target.kind == TargetKind::absent;
}

// A reason about the call is told as such (outcomes.cpp).
bool about_call(const Model& model, const Target& target) {
  return target.kind == TargetKind::fail &&
         std::any_of(model.reasons.begin(), model.reasons.end(), [&](const ModelReason& r) { return r.name == target.reason && r.about == About::call; });
}

void check_question_failed(const Model& model, const Carrier& carrier, const Arm& arm, Sink& sink) {
  if (arm.target.poisoned || !decides(carrier, arm.target) || about_call(model, arm.target)) return;
  bool reasoned = !arm.target.grounds.because.empty() && !(arm.target.grounds.cites.empty() && arm.grounds.cites.empty()) && says_word(arm);
  for (const StatusRange& range : arm.statuses) {
    for (uint32_t s = range.from; s <= range.upto; ++s) {
      auto status = static_cast<uint16_t>(s);
      if (!about_question(status) || (status == 500 && reasoned)) continue;
      Report report = sink.report(Diag::question_failed, arm.target.span);
      report.arg("status", std::to_string(s)).label("is no news of the charge").also(arm.status_spans.empty() ? arm.span : arm.status_spans[0], "what became of the question")
          .help(Grade::likely, "say that nothing was learnt", {{arm.target.span, "in_doubt"}});
      if (status == 500) report.help(Grade::example, "if the carrier answers every fault so: match its word, and `because \"…\" cites \"…\"`", {});
      return;
    }
  }
}

// Members of what we sent that hold one of our keys: label -> the key's origin.
using Echoes = std::map<std::string, std::string>;

void collect(const Shape& shape, Echoes& out) {
  walk(shape.node, [&](const ShapeNode& node) {
    if (node.kind != NodeKind::member || node.children.size() != 1 || node.children[0].kind != NodeKind::hole) return;
    const Hole& hole = shape.holes[node.children[0].hole];
    if (hole.value.kind == ExprKind::kept || hole.value.kind == ExprKind::parameter) out[node.name] = hole.origin;
  });
}

// May any value stand here? One that may also be absent or empty is as open.
bool open(const ShapeNode& value, const Shape& shape) {
  if (value.kind == NodeKind::alternatives)
    return std::any_of(value.children.begin(), value.children.end(), [&](const ShapeNode& child) { return open(child, shape); });
  return value.kind == NodeKind::any || (value.kind == NodeKind::hole && !shape.holes[value.hole].equal);
}

// D14: an answer that repeats our key must be compared with it.
void check_echo(const Arm& arm, const Echoes& echoes, Sink& sink) {
  bool decides = arm.target.kind == TargetKind::succeed || arm.target.kind == TargetKind::decline || arm.target.kind == TargetKind::fail ||
                 arm.target.kind == TargetKind::table;
  if (!arm.shape || !decides || arm.target.poisoned) return;
  const Shape& shape = *arm.shape;
  walk(shape.node, [&](const ShapeNode& node) {
    if (node.kind != NodeKind::member || node.children.size() != 1) return;
    auto it = echoes.find(node.name);
    if (it == echoes.end()) return;
    const ShapeNode& value = node.children[0];
    if (!open(value, shape)) return;
    Report report = sink.report(Diag::enquiry_unechoed, value.span);
    report.arg("field", node.name).arg("key", it->second).label("any charge's answer fits");
    if (value.kind == NodeKind::alternatives) report.help(Grade::example, "compare it: `" + node.name + ": == " + it->second + "`", {});
    else report.help(Grade::likely, "compare it", {{value.span, "== " + it->second}});
  });
}

}  // namespace

void check_enquiries(const Workspace& workspace, const Carrier& carrier, Sink& sink) {
  for (const Enquiry& enquiry : carrier.enquiries) {
    Echoes echoes;
    if (enquiry.send.body) collect(*enquiry.send.body, echoes);
    for (const Arm& arm : enquiry.send.arms) {
      check_absent(arm, sink);
      check_absent_wait(carrier, enquiry, arm.target, sink);
      check_echo(arm, echoes, sink);
      check_question_failed(workspace.model, carrier, arm, sink);
    }
  }
  for (const Session& session : carrier.sessions) {
    bool gives = false;
    for (const Arm& arm : session.send.arms) {
      if (arm.target.poisoned) gives = true;
      if (arm.target.kind != TargetKind::session_value) continue;
      gives = true;
      if (!arm.target.after && !arm.target.poisoned) {
        Span end{arm.target.span.file, arm.target.span.end, arm.target.span.end};
        sink.report(Diag::session_endless, arm.target.span).label("for how long?").help(Grade::example, "for example", {{end, " lasting 50min"}});
      }
    }
    if (!gives && !session.send.arms.empty()) sink.report(Diag::session_no_value, session.span).arg("name", session.name).label("no arm leads to its value");
  }
}

}  // namespace tollgate::hir
