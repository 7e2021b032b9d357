// What the carrier calls: endpoints and callbacks.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {

void CarrierResolver::read_endpoint(NodeRef node) {
  Endpoint endpoint;
  endpoint.name = name_of(node).text();
  endpoint.span = name_span(node);
  NodeRef transport = node.child(SyntaxKind::name, 1);
  if (transport && transport.text() != "http") {
    sink_.report(Diag::not_in_edition, transport.span()).arg("what", "the transport `" + std::string(transport.text()) + "`").label("edition 1 hears http");
  }
  for (NodeRef method : node.children(SyntaxKind::method)) endpoint.methods.emplace_back(method.text());
  Scope scope;
  scope.place = "an endpoint";
  for (NodeRef item : node.children()) {
    switch (item.kind()) {
      case SyntaxKind::verify: read_verify(item, endpoint); break;
      case SyntaxKind::answer: case SyntaxKind::refused_answer: {
        NodeRef status = item.child(SyntaxKind::status);
        auto number = whole_number(status.text());
        if (!number || *number < 200 || *number > 599) {
          if (status) sink_.report(Diag::bad_status, status.span()).arg("status", status.text()).label("an answer is 200 to 599");
        } else {
          (item.is(SyntaxKind::answer) ? endpoint.answer_status : endpoint.refused_status) = static_cast<uint16_t>(*number);
        }
        NodeRef shape = item.child(SyntaxKind::shape);
        if (!shape) break;
        std::optional<Shape>& body = item.is(SyntaxKind::refused_answer) ? endpoint.refused : endpoint.answer;
        body = build(shape, scope);
        for (const Hole& hole : body->holes) {
          if (hole.has_value && hole.value.kind == ExprKind::constant) continue;
          sink_.report(Diag::constant_needed, hole.span).arg("what", "an endpoint's answer").label("is the same for every message");
        }
        break;
      }
      case SyntaxKind::redelivers: {
        auto times = whole_number(item.child(SyntaxKind::integer).text());
        endpoint.redelivers = times && *times >= 0 && *times <= 1000 ? static_cast<int32_t>(*times) : -1;
        break;
      }
      case SyntaxKind::mark_redelivers_never: endpoint.redelivers = 0; break;
      case SyntaxKind::header: {
        Header made = header(item, scope);
        if (made.value.kind == ExprKind::constant) endpoint.headers.push_back(std::move(made));
        else if (!made.value.poisoned()) sink_.report(Diag::constant_needed, made.value.span).arg("what", "a header of an endpoint's answer").label("is the same for every message");
        break;
      }
      default: break;
    }
  }
  carrier_.endpoints.push_back(std::move(endpoint));
}

void CarrierResolver::read_verify(NodeRef node, Endpoint& endpoint) {
  Scope scope;
  scope.place = "a verify";
  if (node.has(SyntaxKind::mark_verify_nothing)) {
    Verify nothing;
    nothing.grounds = grounds(node);
    nothing.span = node.span();
    endpoint.verify.push_back(std::move(nothing));
    return;
  }
  for (NodeRef item : node.children(SyntaxKind::verifier)) {
    NodeRef name = item.child(SyntaxKind::name);
    Verify verify;
    verify.span = item.span();
    std::vector<Expr> given = arguments(item.child(SyntaxKind::args), scope);
    for (const Expr& value : given) if (value.kind == ExprKind::setting) verify.settings.push_back(value.index);
    size_t wanted = 0;
    if (declared_verify(item, endpoint)) continue;
    if (name.text() == "path_token") verify.kind = VerifyKind::path_token;
    else if (name.text() == "minted_bearer") verify.kind = VerifyKind::minted_bearer;
    else if (name.text() == "networks") verify.kind = VerifyKind::networks, wanted = 1;
    else if (name.text() == "basic") verify.kind = VerifyKind::basic, wanted = 2;
    else {
      std::vector<std::string> known = member_names(SyntaxKind::verify_decl);
      for (const char* word : {"path_token", "minted_bearer", "networks", "basic"}) known.emplace_back(word);
      report_unknown(name, "way to verify", known);
      verify.kind = VerifyKind::path_token;  // known to be wrong; silence about the endpoint
      endpoint.verify.push_back(std::move(verify));
      continue;
    }
    if (verify.settings.size() != wanted || given.size() != wanted) {
      bool spoilt = std::any_of(given.begin(), given.end(), [](const Expr& e) { return e.poisoned(); });
      if (!spoilt) {
        sink_.report(Diag::argument_count, item.span()).arg("name", name.text()).arg("wanted", std::to_string(wanted)).arg("found", std::to_string(given.size()))
            .label(wanted == 0 ? "takes nothing" : wanted == 1 ? "takes the setting with the networks" : "takes the settings with name and secret");
      }
      verify.settings.clear();
    }
    endpoint.verify.push_back(std::move(verify));
  }
  NodeRef proves = node.child(SyntaxKind::proves);
  for (const Verify& verify : endpoint.verify) {
    if (verify.kind == VerifyKind::minted_bearer || verify.kind == VerifyKind::basic) endpoint.proves = true;
  }
  if (!proves) return;
  endpoint.proves = true;
  endpoint.proves_grounds = grounds(proves);
  if (endpoint.proves_grounds.because.empty() || endpoint.proves_grounds.cites.empty()) {
    sink_.report(Diag::promise_uncited, proves.span()).arg("what", "`proves`").label("needs `because \"…\" cites \"…\"`")
        .because("a URL token or a source network alone says who, not what");
    endpoint.proves = false;
  }
}

void CarrierResolver::declare_callbacks() {
  for (const auto& [node, own] : members_) {
    if (!node.is(SyntaxKind::callback)) continue;
    Callback callback;
    callback.name = name_of(node).text();
    callback.span = name_span(node);
    NodeRef list = node.child(SyntaxKind::params);
    callback.url_keyed = list.has(SyntaxKind::url_param);
    callback.params = params(list);
    NodeRef about = node.child(SyntaxKind::about).child(SyntaxKind::name);
    if (!about) about = node.child(SyntaxKind::opens).child(SyntaxKind::name);
    callback.about = index_of(carrier_.procedures, about.text());
    if (!about) {
      sink_.report(Diag::about_missing, callback.span).arg("name", callback.name).label("about which procedure?");
    } else if (callback.about == kNone) {
      report_unknown(about, "procedure", names_of(carrier_.procedures));
    }
    NodeRef endpoint = node.child(SyntaxKind::on_endpoint).child(SyntaxKind::name);
    if (!endpoint) endpoint = node.child(SyntaxKind::on_endpoint);
    callback.endpoint = index_of(carrier_.endpoints, endpoint.text());
    if (!endpoint) {
      sink_.report(Diag::endpoint_missing, callback.span).arg("name", callback.name).label("on which endpoint does it come?");
    } else if (callback.endpoint == kNone) {
      report_unknown(endpoint, "endpoint", names_of(carrier_.endpoints));
    } else {
      carrier_.endpoints[callback.endpoint].used = true;
      note_use(member(SyntaxKind::endpoint, endpoint.text()), endpoint);
    }
    if (callback.params.size() != 1) {
      sink_.report(Diag::callback_one_key, callback.span).arg("name", callback.name).label("has " + std::to_string(callback.params.size()) + " keys")
          .because("a key says which charge a message is about; edition 1 has exactly one");
    }
    // `url ref` without a type is the kept value of that name.
    if (callback.url_keyed && callback.about != kNone && callback.params.size() == 1 && !list.child(SyntaxKind::url_param).child(size_t{1})) {
      NodeRef kept;
      for (const auto& [other, mine] : members_) {
        if (other.is(SyntaxKind::procedure) && name_of(other).text() == about.text()) {
          for (NodeRef keep : other.children(SyntaxKind::keep)) if (keep.child(SyntaxKind::name).text() == callback.params[0].name) kept = keep;
        }
      }
      NodeRef call = kept ? kept.last() : NodeRef();
      if (call.is(SyntaxKind::call) && call.child(SyntaxKind::name).text() == "uuid") callback.params[0].type.kind = Kind::uuid;
    }
    carrier_.callbacks.push_back(std::move(callback));
  }
}

void CarrierResolver::resolve_callback(NodeRef node, Callback& callback) {
  Scope scope;
  scope.place = "a callback";
  if (callback.about != kNone) scope.about = &carrier_.procedures[callback.about];
  if (callback.url_keyed) bind_params(scope, callback.params, callback.name);
  ArmPlace place;
  place.scope = scope;
  place.callback = true;
  bool any = false;
  for (NodeRef item : node.children()) {
    switch (item.kind()) {
      case SyntaxKind::match:
        if (callback.match) sink_.report(Diag::second_body, item.span()).arg("what", "`match`").label("a callback matches once").also(callback.match->span, "already here");
        else callback.match = match(item.child(SyntaxKind::shape), scope);
        any = true;
        break;
      case SyntaxKind::read: {
        Arm head;
        head.span = item.span();
        expand_reading(item, item.child(SyntaxKind::name), head, place, callback.arms);
        any = true;
        break;
      }
      case SyntaxKind::read_rows: {
        Arm head;
        head.span = item.span();
        if (NodeRef shape = item.child(SyntaxKind::reading_shape)) rows(item, shape, head, place, callback.arms, "", item.span());
        any = true;
        break;
      }
      case SyntaxKind::answer: break;  // below: it sees what `match` binds
      case SyntaxKind::arm: unsupported(item, "an arm in a callback"); break;
      default: break;
    }
  }
  if (NodeRef answer = node.child(SyntaxKind::answer)) callback.answer = built_answer(answer, matched_scope(callback, scope));
  if (node.has(SyntaxKind::opens)) opening(node, callback);
  if (!any && !node.has_error()) {
    sink_.report(Diag::no_arms, callback.span).arg("name", callback.name).label("reads nothing from its message");
  }
  if (!callback.url_keyed && callback.params.size() == 1) check_key(callback);
}

// Every message that is this callback's says which charge it is about.
void CarrierResolver::check_key(const Callback& callback) {
  const Param& key = callback.params[0];
  const std::vector<Hole> none;
  const std::vector<Hole>& holes = callback.match ? callback.match->holes : none;
  const auto bound = std::find_if(holes.begin(), holes.end(), [&](const Hole& hole) { return hole.name == key.name; });
  if (bound == holes.end()) {
    sink_.report(Diag::key_not_bound, key.span).arg("name", key.name).label("where in the message does it stand?")
        .because("a callback that is keyed by its content binds its key in `match`");
    return;
  }
  if (poisoned(bound->type)) return;
  if (bound->type.optional) {
    sink_.report(Diag::key_absent, bound->span).arg("name", key.name).label("is bound only where it is there").also(key.span, "the key of every message")
        .help(Grade::example, "let `match` take only messages that have it: `" + key.name + ": " + std::string(type_name(key.type.kind)) + "`", {});
    return;
  }
  if (bound->type.labels & (kSecret | kSealed)) {
    sink_.report(Diag::secret_observed, bound->span).arg("value", key.name).label("a charge would be found by it").also(key.span, "the key");
  } else if (bound->type.kind != key.type.kind && !poisoned(key.type)) {
    sink_.report(Diag::type_mismatch, bound->span).arg("wanted", type_name(key.type.kind)).arg("found", type_name(bound->type.kind))
        .label("is " + std::string(type_name(bound->type.kind))).also(key.span, "`" + key.name + "` is " + std::string(type_name(key.type.kind)));
  }
}

}  // namespace tollgate::hir
