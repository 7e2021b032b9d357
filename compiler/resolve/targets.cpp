// What an arm or a row leads to.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {

namespace {

// The words themselves. What is blank was reported (reasons.h) and is no second time reported as missing.
std::string written(NodeRef reason) {
  std::string text = plain_text(reason.first()).value_or("");
  return text.empty() ? "?" : text;
}

}  // namespace

Grounds CarrierResolver::grounds(NodeRef node) const {
  Grounds out;
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::because)) {
      out.because = written(child);
      out.because_span = child.span();
    } else if (child.is(SyntaxKind::cites)) {
      if (!out.cites.empty()) out.cites += "; ";
      const std::string text = cited(child);
      out.cites += text.empty() ? "?" : text;
      out.cites_span = child.span();
    }
  }
  return out;
}

void CarrierResolver::unsupported(NodeRef node, std::string_view what) {
  if (!node || node.has_error()) return;
  sink_.report(Diag::not_in_edition, node.span()).arg("what", what).label("edition 1 has no meaning for it here");
}

Target CarrierResolver::target(NodeRef node, const Scope& scope, const ArmPlace& place) {
  Target out;
  out.span = node ? node.span() : Span{};
  if (!node || node.has_error()) {
    out.poisoned = true;
    return out;
  }
  out.grounds = grounds(node);
  std::vector<NodeRef> parts;
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::to_answer)) {
      if (place.callback) out.answer = built_answer(child, scope);
      else sink_.report(Diag::target_not_here, child.span()).arg("target", "answer").arg("place", "this place").label("only a callback's message is answered");
    } else if (child.is(SyntaxKind::to_remember)) {
      remember(child, out, scope, place);
    } else if (!child.is(SyntaxKind::because) && !child.is(SyntaxKind::cites) && !is_head(child.kind())) {
      parts.push_back(child);
    }
  }
  if (parts.empty()) {
    out.kind = TargetKind::nothing;
    out.poisoned = !out.answer.has_value();
    return out;
  }
  if (parts.size() == 2 && parts[0].is(SyntaxKind::to_again)) {
    Target spent;
    spent.span = parts[1].span();
    spent.grounds = out.grounds;
    one_target(parts[1], spent, scope, place);
    if (spent.kind == TargetKind::again) {
      sink_.report(Diag::chain_not_here, parts[1].span()).label("the way back ends somewhere").also(parts[0].span(), "taken as often as it may be");
      spent.poisoned = true;
    }
    out.poisoned = spent.poisoned;
    out.spent.push_back(std::move(spent));
  } else if (parts.size() > 1) {
    sink_.report(Diag::chain_not_here, parts[1].span()).label("a chain of proofs stands only after `on doubt`").also(parts[0].span(), "this alone is where the arm leads");
  }
  out.span = parts[0].span();
  one_target(parts[0], out, scope, place);
  if (parts.size() > 1 && out.kind == TargetKind::doubt) out.poisoned = true;  // the chain was told of as a whole
  return out;
}

void CarrierResolver::one_target(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place) {
  switch (node.kind()) {
    case SyntaxKind::to_succeeded:
      out.kind = TargetKind::succeed;
      outcome_fields(node.child(SyntaxKind::record), out, scope);
      return;
    case SyntaxKind::to_declined: case SyntaxKind::to_failed:
      out.kind = node.is(SyntaxKind::to_declined) ? TargetKind::decline : TargetKind::fail;
      reason(node, out);
      outcome_fields(node.child(SyntaxKind::record), out, scope);
      return;
    case SyntaxKind::to_pending: out.kind = TargetKind::pending; return;
    case SyntaxKind::to_in_doubt: out.kind = TargetKind::in_doubt; return;
    case SyntaxKind::to_absent: {
      out.kind = TargetKind::absent;
      NodeRef duration = node.child(SyntaxKind::duration);
      out.has_within = static_cast<bool>(duration);
      out.within_ms = duration_ms(duration.text());
      out.within_span = duration ? duration.span() : node.span();
      return;
    }
    case SyntaxKind::to_renew: renew_target(node, out); return;
    case SyntaxKind::to_step: step_target(node, out, scope, place); return;
    case SyntaxKind::to_again: again_target(node, out, scope, place); return;
    case SyntaxKind::to_await:
      out.kind = TargetKind::await;
      waits(node, out, scope);
      return;
    case SyntaxKind::to_table: table_target(node, out, scope); return;
    case SyntaxKind::to_ask:
      out.kind = TargetKind::doubt;
      out.proofs.push_back(asked(node, scope));
      return;
    case SyntaxKind::to_manual: {
      out.kind = TargetKind::doubt;
      Proof proof;
      proof.kind = ProofKind::manual;
      proof.grounds = out.grounds;
      proof.span = node.span();
      out.proofs.push_back(std::move(proof));
      return;
    }
    case SyntaxKind::to_value: {
      out.kind = TargetKind::session_value;
      if (!place.session) {
        sink_.report(Diag::value_target, node.span()).label("only a session leads to a value");
        out.poisoned = true;
        return;
      }
      Expr value = expr(node.child(size_t{0}), scope);
      if (!present(value)) {
        out.poisoned = true;
        return;
      }
      out.key = std::move(value);
      if (NodeRef renewed = node.child(SyntaxKind::renewed_by)) {
        Expr with = expr(renewed.first(), scope);
        if (present(with)) out.renewal = std::move(with);
      }
      if (NodeRef lasting = node.child(SyntaxKind::lasting)) {
        Expr after = expr(lasting.first(), scope);
        if (present(after) && after.type.kind != Kind::duration) {
          sink_.report(Diag::type_mismatch, after.span).arg("wanted", "Duration").arg("found", type_name(after.type.kind)).label("how long it lasts");
          out.poisoned = true;
        } else {
          out.after = std::move(after);
        }
      }
      return;
    }
    case SyntaxKind::to_ignore: out.kind = TargetKind::nothing; return;
    default:
      unsupported(node, "this target");
      out.poisoned = true;
  }
}

void CarrierResolver::reason(NodeRef node, Target& out) {
  NodeRef name = node.child(SyntaxKind::name);
  out.reason = name.text();
  bool declined = out.kind == TargetKind::decline;
  std::vector<std::string> same;
  for (const ModelReason& known : library_.model.reasons) {
    if (known.name == out.reason && known.declined == declined) return;
    if (known.name == out.reason) {
      sink_.report(Diag::reason_kind, name.span()).arg("reason", out.reason).arg("wanted", declined ? "failed" : "declined")
          .label(std::string("the model says `") + (declined ? "failed" : "declined") + "`").also(known.span, "declared here")
          .help(Grade::likely, "write the other word", {{Span{node.span().file, node.span().begin, name.span().begin}, declined ? "failed " : "declined "}});
      out.poisoned = true;
      return;
    }
    if (known.declined == declined) same.push_back(known.name);
  }
  out.poisoned = true;
  if (library_.model.reasons.empty()) return;
  Report report = sink_.report(Diag::unknown_reason, name.span());
  report.arg("reason", out.reason).arg("kind", declined ? "declined" : "failed").label("not in the model's list");
  if (auto near = suggest(out.reason, same)) {
    report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
  } else {
    std::string list;
    for (const std::string& s : same) list += (list.empty() ? "" : ", ") + s;
    report.because("the reasons are " + list);
  }
}

void CarrierResolver::outcome_fields(NodeRef record, Target& out, const Scope& scope) {
  for (NodeRef field : record.children(SyntaxKind::field)) {
    NodeRef label = field.child(SyntaxKind::label);
    NodeRef value = field.last();
    if (!label || !value || value == label) continue;
    std::string_view name = label.text();
    bool word = value.is(SyntaxKind::name);
    if (name == "carrier_ref" && word && value.text() == "none") {
      out.ref_none = true;
    } else if (name == "paid" && word && value.text() == "asked") {
      out.asked = true;
    } else if (name == "carrier_ref" && out.kind == TargetKind::succeed) {
      Expr ref = expr(value, scope);
      const bool currency = ref.type.kind == Kind::currency;
      if (currency) sink_.report(Diag::type_mismatch, ref.span).arg("wanted", "Text").arg("found", "Currency").label("names no payment");
      if (!currency && textual(ref, "a carrier reference")) out.carrier_ref = std::move(ref);
      else out.poisoned = true;
    } else if (name == "paid" && out.kind == TargetKind::succeed) {
      Expr paid = expr(value, scope);
      if (present(paid) && paid.type.kind == Kind::money) {
        out.paid = std::move(paid);
        continue;
      }
      out.poisoned = true;
      if (paid.poisoned() || paid.type.optional) continue;
      Span end{paid.span.file, paid.span.end, paid.span.end};
      sink_.report(Diag::type_mismatch, paid.span).arg("wanted", "Money").arg("found", type_name(paid.type.kind)).label("in which currency?")
          .help(Grade::likely, "the market's", {{end, " in market.currency"}});
    } else if (name == "after" && out.kind == TargetKind::fail) {
      Expr after = expr(value, scope);
      if (present(after) && after.type.kind == Kind::duration) {
        out.after = std::move(after);
      } else if (!after.poisoned() && !after.type.optional) {
        sink_.report(Diag::type_mismatch, after.span).arg("wanted", "Duration").arg("found", type_name(after.type.kind)).label("how long to pause");
      }
    } else {
      Report report = sink_.report(Diag::unknown_field, label.span());
      report.arg("record", out.kind == TargetKind::succeed ? "succeeded" : out.kind == TargetKind::fail ? "failed" : "declined").arg("name", name)
          .label(out.kind == TargetKind::succeed ? "it has carrier_ref, paid" : out.kind == TargetKind::fail ? "it has after" : "it has no fields");
      std::vector<std::string> names{"carrier_ref", "paid", "after"};
      if (auto near = suggest(name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{label.span(), *near}});
    }
  }
}

void CarrierResolver::table_target(NodeRef node, Target& out, const Scope& scope) {
  out.kind = TargetKind::table;
  NodeRef name = node.child(SyntaxKind::name);
  out.name = name.text();
  out.index = index_of(carrier_.tables, name.text());
  std::vector<Expr> given = arguments(node.child(SyntaxKind::args), scope);
  if (out.index == kNone) {
    out.poisoned = true;
    if (NodeRef reading = member(SyntaxKind::reading, name.text())) {
      sink_.report(Diag::reading_kind, name.span()).arg("name", name.text()).arg("wanted", "one value").label("reads a whole message: write `read`")
          .also(name_span(reading), "declared here").help(Grade::likely, "read it", {{node.span(), "read " + std::string(name.text())}});
    } else {
      report_unknown(name, "reading", names_of(carrier_.tables));
    }
    return;
  }
  Table& table = carrier_.tables[out.index];
  table.used = true;
  note_use(member(SyntaxKind::reading, name.text()), name);
  if (given.size() != 1) {
    sink_.report(Diag::argument_count, node.span()).arg("name", name.text()).arg("wanted", "1").arg("found", std::to_string(given.size())).label("reads one value");
    out.poisoned = true;
    return;
  }
  if (!fitting(given[0], {table.key, false, kPublic, Kind::missing}, table.name, table.span)) {
    out.poisoned = true;
    return;
  }
  if (!out.code) out.code = given[0];
  out.key = std::move(given[0]);
}

void CarrierResolver::step_target(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place) {
  out.kind = TargetKind::step;
  NodeRef name = node.child(SyntaxKind::name);
  out.name = name.text();
  if (!place.procedure) {
    sink_.report(Diag::step_not_here, node.span()).label("only a procedure has steps");
    out.poisoned = true;
    return;
  }
  out.index = index_of(place.procedure->steps, name.text());
  std::vector<Expr> given = arguments(node.child(SyntaxKind::args), scope);
  if (out.index == kNone) {
    report_unknown(name, "step", names_of(place.procedure->steps));
    out.poisoned = true;
    return;
  }
  Step& step = place.procedure->steps[out.index];
  step.used = true;
  if (given.size() != step.params.size()) {
    sink_.report(Diag::argument_count, node.span()).arg("name", name.text()).arg("wanted", std::to_string(step.params.size()))
        .arg("found", std::to_string(given.size())).label("other parameters").also(step.span, "declared here");
    out.poisoned = true;
    return;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (!fitting(given[i], step.params[i].type, step.params[i].name, step.params[i].span)) out.poisoned = true;
    // What the user typed is on its way to the carrier; it is sealed with the procedure and gone with the next step.
    bool typed = given[i].kind == ExprKind::hole && step.params[i].type.kind == Kind::secret && place.input;
    if (typed) continue;
    if (given[i].type.labels & kSecret) {
      sink_.report(Diag::secret_to_sink, given[i].span).arg("value", given[i].origin).arg("sink", "a step's durable state").label("would be stored");
      out.poisoned = true;
    }
  }
  out.arguments = std::move(given);
}

void CarrierResolver::renew_target(NodeRef node, Target& out) {
  out.kind = TargetKind::renew;
  NodeRef name = node.child(SyntaxKind::name);
  out.name = name.text();
  out.index = index_of(carrier_.sessions, name.text());
  note_use(member(SyntaxKind::session, name.text()), name);
  if (out.index == kNone) {
    report_unknown(name, "session", names_of(carrier_.sessions));
    out.poisoned = true;
  }
}

void CarrierResolver::waits(NodeRef node, Target& out, const Scope& scope) {
  for (NodeRef source : node.children()) {
    if (source.is(SyntaxKind::await_source)) out.proofs.push_back(proof(source, scope));
    if (source.is(SyntaxKind::await_input)) out.proofs.push_back(awaited_input(source));
  }
  NodeRef within = node.child(SyntaxKind::within);
  if (!within) return;
  out.has_within = true;
  out.within_span = within.span();
  Expr value = expr(within.first(), scope);
  if (value.kind == ExprKind::constant && value.type.kind == Kind::duration) {
    out.within_ms = static_cast<uint64_t>(value.constant.integer);
    out.within_span = value.span;
  } else if (!value.poisoned()) {
    sink_.report(Diag::constant_needed, value.span).arg("what", "a wait's end").label("must be a duration that stands in the file");
    out.poisoned = true;
  } else {
    out.poisoned = true;
  }
}

// `paid(ref)` or `status(ref)`.
Proof CarrierResolver::proof(NodeRef node, const Scope& scope) {
  Proof out;
  out.span = node.span();
  NodeRef name = node.child(SyntaxKind::name);
  out.name = name.text();
  NodeRef args = node.child(SyntaxKind::args);
  if (uint32_t i = index_of(carrier_.callbacks, name.text()); i != kNone) {
    Callback& callback = carrier_.callbacks[i];
    callback.used = true;
    out.kind = ProofKind::callback;
    out.index = i;
    note_use(member(SyntaxKind::callback, name.text()), name);
    proof_arguments(out, name, args, callback.params, callback.span, scope);
    return out;
  }
  if (uint32_t i = index_of(carrier_.enquiries, name.text()); i != kNone) {
    Enquiry& enquiry = carrier_.enquiries[i];
    enquiry.used = true;
    out.kind = ProofKind::enquiry;
    out.index = i;
    note_use(member(SyntaxKind::enquiry, name.text()), name);
    proof_arguments(out, name, args, enquiry.params, enquiry.span, scope);
    return out;
  }
  std::vector<std::string> names = names_of(carrier_.callbacks);
  for (const Enquiry& enquiry : carrier_.enquiries) names.push_back(enquiry.name);
  report_unknown(name, "callback or enquiry", names);
  out.poisoned = true;
  return out;
}

Proof CarrierResolver::asked(NodeRef node, const Scope& scope) {
  Proof out = proof(node, scope);
  if (out.kind == ProofKind::callback && out.index != kNone) {
    sink_.report(Diag::ask_callback, out.span).arg("name", out.name).label("a callback is awaited, an enquiry asked")
        .also(carrier_.callbacks[out.index].span, "declared here");
    out.index = kNone;
  }
  if (NodeRef within = node.child(SyntaxKind::within)) {
    Target end;
    waits(node, end, scope);
    out.has_within = true;
    out.within_ms = end.within_ms;
    out.within_span = end.within_span;
    (void)within;
  }
  return out;
}

void CarrierResolver::proof_arguments(Proof& proof, NodeRef name, NodeRef args, const std::vector<Param>& params, Span declared, const Scope& scope) {
  proof.arguments = arguments(args, scope);
  if (proof.arguments.size() != params.size()) {
    bool spoilt = std::any_of(proof.arguments.begin(), proof.arguments.end(), [](const Expr& e) { return e.poisoned(); });
    if (!spoilt) {
      sink_.report(Diag::argument_count, name.span()).arg("name", name.text()).arg("wanted", std::to_string(params.size()))
          .arg("found", std::to_string(proof.arguments.size())).label(params.empty() ? "takes nothing" : "takes " + names_in(params)).also(declared, "declared here");
    }
    proof.index = kNone;
    return;
  }
  for (size_t i = 0; i < params.size(); ++i) {
    if (!fitting(proof.arguments[i], params[i].type, params[i].name, params[i].span)) proof.index = kNone;
  }
}

// `on doubt => A within … then B then manual because "…"`.
Target CarrierResolver::doubt(NodeRef node, const Scope& scope, const ArmPlace& place) {
  Target out;
  out.kind = TargetKind::doubt;
  NodeRef target_node = node.child(SyntaxKind::target);
  NodeRef head = node.child(SyntaxKind::on_doubt);
  out.span = target_node ? target_node.span() : head.span();
  if (!target_node || target_node.has_error()) {
    out.poisoned = true;
    return out;
  }
  out.grounds = grounds(target_node);
  Scope at = scope;
  at.place = "`on doubt`";
  for (NodeRef part : target_node.children()) {
    switch (part.kind()) {
      case SyntaxKind::to_ask: out.proofs.push_back(asked(part, at)); break;
      case SyntaxKind::to_await: {
        Target wait;
        waits(part, wait, at);
        for (Proof& proof : wait.proofs) {
          proof.has_within = wait.has_within;
          proof.within_ms = wait.within_ms;
          proof.within_span = wait.within_span;
          out.proofs.push_back(std::move(proof));
        }
        break;
      }
      case SyntaxKind::to_manual: {
        Proof proof;
        proof.grounds = out.grounds;
        proof.span = part.span();
        out.proofs.push_back(std::move(proof));
        break;
      }
      case SyntaxKind::to_settlement: {
        Proof proof;
        proof.kind = ProofKind::settlement;
        proof.span = part.span();
        NodeRef name = part.child(SyntaxKind::name);
        proof.name = name.text();
        Expr key = expr(name, scope);
        if (key.kind == ExprKind::kept && place.procedure && key.index != 0) {
          sink_.report(Diag::key_not_ours, key.span).arg("key", key.origin).label("a settlement file names the first kept value: the reference of the attempt")
              .also(place.procedure->keeps[0].span, "this one");
          proof.poisoned = true;
        } else if (key.kind != ExprKind::kept) {
          if (!key.poisoned()) sink_.report(Diag::key_not_ours, key.span).arg("key", key.origin).label("is not kept").because("a settlement row is matched by our own reference");
          proof.poisoned = true;
        }
        if (!proof.poisoned) proof.arguments.push_back(std::move(key)), proof.index = 0;
        if (NodeRef within = part.child(SyntaxKind::within)) {
          Target end;
          waits(part, end, scope);
          proof.has_within = end.has_within;
          proof.within_ms = end.within_ms;
          proof.within_span = end.within_span;
          (void)within;
        }
        out.proofs.push_back(std::move(proof));
        break;
      }
      case SyntaxKind::because: case SyntaxKind::cites: break;
      case SyntaxKind::to_step: case SyntaxKind::to_renew: {
        Target spare;
        one_target(part, spare, scope, place);
        sink_.report(Diag::doubt_target, part.span()).label("not a proof").because("doubt ends only by proof: an enquiry, a callback, or a person")
            .help(Grade::example, "ask by your reference, `ask status(ref)`, or give it to a person, `manual because \"…\"`", {});
        out.poisoned = true;
        break;
      }
      default:
        sink_.report(Diag::doubt_target, part.span()).label("not a proof").because("doubt ends only by proof: an enquiry, a callback, or a person")
            .help(Grade::example, "ask by your reference, `ask status(ref)`, or give it to a person, `manual because \"…\"`", {});
        out.poisoned = true;
    }
  }
  if (out.proofs.empty()) out.poisoned = true;
  for (const Proof& proof : out.proofs) if (proof.kind != ProofKind::manual && proof.index == kNone) out.poisoned = true;
  return out;
}

}  // namespace tollgate::hir
