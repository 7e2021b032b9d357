// Links, sends, and who is calling: `auth` is instantiated at each send.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

constexpr int kAuthDepthMax = 4;

// A fresh value each time it is evaluated, so that a `let` of it cannot be replaced by its value.
bool fresh(const Expr& expr) {
  if (expr.kind == ExprKind::host && expr.name != "now") return true;
  const bool shaped = expr.shape && std::any_of(expr.shape->holes.begin(), expr.shape->holes.end(), [](const Hole& hole) { return hole.has_value && fresh(hole.value); });
  return shaped || std::any_of(expr.operands.begin(), expr.operands.end(), fresh);
}

template <class Visit>
void walk(const Expr& expr, Visit&& visit) {
  visit(expr);
  for (const Expr& operand : expr.operands) walk(operand, visit);
  if (expr.shape) for (const Hole& hole : expr.shape->holes) if (hole.has_value) walk(hole.value, visit);
}

// Does it read the clock or chance itself, not by another let?
bool reads_host(const Expr& expr) {
  bool found = false;
  walk(expr, [&](const Expr& e) { found = found || e.kind == ExprKind::host; });
  return found;
}

// Which lets of an auth that read the clock or chance reach a body, and which a header or a query. The first is made once, the others for each transmission.
class AuthMoments {
 public:
  explicit AuthMoments(size_t parameters) : first_(parameters) {}

  // Before an item is resolved; afterwards `used` says what it named.
  void begin(const std::vector<Binding>& names) { for (const Binding& name : names) name.used = false; }
  // The next let, whose value has just been resolved.
  void let(const std::vector<Binding>& names, bool reads) {
    std::set<size_t> roots = named(names);
    if (roots.empty() && reads) roots.insert(roots_.size());
    roots_.push_back(std::move(roots));
  }
  void sent(const std::vector<Binding>& names) { for (size_t root : named(names)) sent_.insert(root); }
  void frozen(const std::vector<Binding>& names) { for (size_t root : named(names)) frozen_.insert(root); }

  std::vector<const Binding*> torn(const std::vector<Binding>& names) const {
    std::vector<const Binding*> out;
    for (size_t root : frozen_) if (sent_.contains(root)) out.push_back(&names[first_ + root]);
    return out;
  }

 private:
  std::set<size_t> named(const std::vector<Binding>& names) const {
    std::set<size_t> out;
    for (size_t i = first_; i < names.size(); ++i) if (names[i].used) out.insert(roots_[i - first_].begin(), roots_[i - first_].end());
    return out;
  }

  size_t first_;
  std::vector<std::set<size_t>> roots_;  // of each let: the lets that read, itself or what it is made of
  std::set<size_t> sent_, frozen_;
};

uint64_t window_ms(std::string_view unit) {
  return unit == "second" ? 1000 : unit == "minute" ? 60'000 : unit == "hour" ? 3'600'000 : unit == "day" ? 86'400'000 : 0;
}

void add_once(std::vector<uint32_t>& list, uint32_t value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

}  // namespace

void CarrierResolver::read_link(NodeRef node) {
  Link link;
  link.name = name_of(node).text();
  link.span = name_span(node);
  NodeRef transport = node.child(SyntaxKind::call);
  NodeRef word = transport.child(SyntaxKind::name);
  if (transport && word.text() != "http") {
    sink_.report(Diag::not_in_edition, word.span()).arg("what", "the transport `" + std::string(word.text()) + "`").label("edition 1 speaks http");
  }
  Scope scope;
  scope.place = "a link";
  std::vector<Expr> given = arguments(transport.child(SyntaxKind::args), scope);
  if (given.empty()) sink_.report(Diag::link_base, transport ? transport.span() : link.span).label("the base is a Url setting or an https URL in quotes");
  for (size_t i = 0; i < given.size(); ++i) {
    Base base;
    if (given[i].kind == ExprKind::setting && given[i].type.kind == Kind::url) {
      base.setting = given[i].index;
    } else if (given[i].kind == ExprKind::constant && given[i].type.kind == Kind::text) {
      base.literal = given[i].constant.text;
      if (!base.literal.starts_with("https://") && !base.literal.starts_with("http://127.0.0.1")) sink_.report(Diag::link_base, given[i].span).label("not an https URL");
    } else {
      if (!given[i].poisoned()) sink_.report(Diag::link_base, transport ? transport.span() : link.span).label("the base is a Url setting or an https URL in quotes");
      continue;
    }
    if (i == 0) link.base_setting = base.setting, link.base_literal = base.literal;
    else link.more.push_back(std::move(base));
  }
  for (NodeRef item : node.children()) {
    if (item.is(SyntaxKind::connect_within) || item.is(SyntaxKind::answer_within)) {
      Expr within = expr(item.first(), scope);
      if (within.kind == ExprKind::constant && within.type.kind == Kind::duration) {
        (item.is(SyntaxKind::connect_within) ? link.connect_ms : link.answer_ms) = static_cast<uint64_t>(within.constant.integer);
      } else if (!within.poisoned()) {
        sink_.report(Diag::constant_needed, within.span).arg("what", "a link's time").label("must be a duration that stands in the file");
      }
    } else if (item.is(SyntaxKind::limit)) {
      Expr count = expr(item.first(), scope);
      NodeRef unit = item.child(SyntaxKind::name);
      link.limit_window_ms = window_ms(unit.text());
      if (count.kind == ExprKind::constant && count.type.kind == Kind::integer && count.constant.integer > 0 && count.constant.integer <= 1'000'000) {
        link.limit = static_cast<uint32_t>(count.constant.integer);
      } else if (!count.poisoned()) {
        sink_.report(Diag::constant_needed, count.span).arg("what", "a limit").label("must be a number from 1 to 1000000");
      }
      if (link.limit_window_ms == 0) report_unknown(unit, "unit of time", {"second", "minute", "hour", "day"});
    } else if (item.is(SyntaxKind::tls_certificate) || item.is(SyntaxKind::tls_authority)) {
      link_tls(item, link);
    } else if (item.is(SyntaxKind::closed)) {
      closed_hours(item, link);
    } else if (item.is(SyntaxKind::charset)) {
      unsupported(item, "this item of a link");
    }
  }
  check_link_arms(node);
  carrier_.links.push_back(std::move(link));
}

// Who we are on a connection, and whom we believe: settings, since neither is the same in two deployments.
void CarrierResolver::link_tls(NodeRef item, Link& link) {
  Scope scope;
  scope.place = "a link";
  auto setting = [&](NodeRef node, KindSet kinds, std::string_view wanted) {
    Expr value = expr(node, scope);
    const Kind kind = value.type.kind == Kind::list ? value.type.element : value.type.kind;
    if (value.kind == ExprKind::setting && contains(kinds, kind)) return value.index;
    if (!value.poisoned()) {
      sink_.report(Diag::type_mismatch, value.span).arg("wanted", "a setting of type " + std::string(wanted)).arg("found", type_name(value.type.kind)).label("does not fit");
    }
    return kNone;
  };
  if (item.is(SyntaxKind::tls_authority)) {
    link.authority = setting(item.first(), set_of(Kind::certificate), "Certificate");
    return;
  }
  link.certificate = setting(item.child(size_t{0}), set_of(Kind::certificate), "Certificate");
  link.key = setting(item.child(size_t{1}), set_of(Kind::private_key), "PrivateKey");
  if (link.key == kNone) link.certificate = kNone;
}

// `closed 23:45..00:01`: in the market's zone unless another is written; over midnight if the end comes first.
void CarrierResolver::closed_hours(NodeRef item, Link& link) {
  auto minutes = [&](NodeRef time) -> std::optional<uint16_t> {
    std::string_view text = time.text();
    size_t colon = text.find(':');
    auto hour = whole_number(text.substr(0, colon)), minute = colon == text.npos ? std::nullopt : whole_number(text.substr(colon + 1));
    if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return std::nullopt;
    return static_cast<uint16_t>(*hour * 60 + *minute);
  };
  auto from = minutes(item.child(size_t{0})), upto = minutes(item.child(size_t{1}));
  if (!from || !upto || *from == *upto) {
    sink_.report(Diag::bad_constant, item.span()).arg("text", "`closed`").arg("problem", "is no part of a day").label("two times of the day, for example 23:45..00:01");
    return;
  }
  link.closes = true;
  link.closed_from = *from;
  link.closed_upto = *upto;
  link.closed_zone = carrier_.market.known ? carrier_.market.zone : "Etc/UTC";
  NodeRef zone = item.child(SyntaxKind::string) ? item.child(SyntaxKind::string) : item.child(SyntaxKind::raw_string);
  if (zone) link.closed_zone = plain_text(zone).value_or(link.closed_zone);
}

Header CarrierResolver::header(NodeRef node, const Scope& scope) {
  Header out;
  out.span = node.span();
  NodeRef name = node.child(size_t{0}), value = node.child(size_t{1});
  if (auto text = plain_text(name)) {
    out.name = *text;
  } else {
    Expr computed = expr(name, scope);
    if (computed.kind == ExprKind::constant && computed.type.kind == Kind::text) out.name = computed.constant.text;
    else if (!computed.poisoned()) sink_.report(Diag::constant_needed, name.span()).arg("what", "the name of a header").label("must stand in the file");
  }
  bool token = !out.name.empty() && std::all_of(out.name.begin(), out.name.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!out.name.empty() && !token) sink_.report(Diag::bad_header, name.span()).label("not the name of a header");
  out.value = expr(value, scope);
  if (!textual(out.value, "a header")) out.value = poison(value ? value.span() : node.span());
  return out;
}

void CarrierResolver::send(NodeRef node, Send& out, const Scope& scope, bool session) {
  out.span = node.span();
  out.poisoned = node.has_error();
  NodeRef link = node.child(SyntaxKind::name), method = node.child(SyntaxKind::method);
  NodeRef path = node.child(SyntaxKind::string);
  if (!path) path = node.child(SyntaxKind::raw_string);
  if (path) out.span.end = path.span().end;
  out.method = method.text();
  out.link = index_of(carrier_.links, link.text());
  if (out.link == kNone) report_unknown(link, "link", names_of(carrier_.links));
  else {
    carrier_.links[out.link].used = true;
    note_use(member(SyntaxKind::link, link.text()), link);
  }
  if (path) out.path = path_shape(path, scope);
  if (NodeRef safe = node.child(SyntaxKind::safe)) {
    out.safe = true;
    out.safe_grounds = grounds(safe);
    out.safe_span = safe.span();
  }
  send_parts(node, out, scope);

  Scope auth_scope = scope;
  auth_scope.sessions = true;
  auth_scope.host = true;
  auth_scope.place = "an auth";
  for (auto& [origin, known] : auth_scope.known) {   // an auth runs for each transmission and reads it again
    Expr again = known.operands.front();
    again.type.optional = false;
    known = std::move(again);
  }
  NodeRef link_node = out.link == kNone ? NodeRef() : member(SyntaxKind::link, carrier_.links[out.link].name);
  Scope link_scope;
  link_scope.sessions = !session;
  link_scope.host = true;
  link_scope.place = "a link";
  for (NodeRef item : link_node.children(SyntaxKind::header)) out.auth.headers.push_back(header(item, link_scope));
  if (NodeRef own = node.child(SyntaxKind::with)) with(own, out, auth_scope);
  else if (!session) for (NodeRef item : link_node.children(SyntaxKind::with)) with(item, out, link_scope);
  note_sessions(out);
  for (const Exposure& exposure : out.auth.exposes) {
    if (exposure.grounds.because.empty()) sink_.report(Diag::because_missing, exposure.span).arg("what", "`exposing`").label("why must the secret stand in a URL?");
  }
}

void CarrierResolver::send_parts(NodeRef node, Send& out, const Scope& scope) {
  for (NodeRef part : node.children()) {
    if (part.is(SyntaxKind::once_per)) {
      out.once = once(part, scope);
    } else if (part.is(SyntaxKind::priced_by)) {
      out.priced = Priced{expr(part.child(size_t{0}), scope), grounds(part), part.span()};
    } else if (part.is(SyntaxKind::exposing)) {
      exposing(part, out, scope);
    } else if (part.is(SyntaxKind::header)) {
      out.headers.push_back(header(part, scope));
    } else if (part.is(SyntaxKind::shape)) {
      size_t before = sink_.report_count();
      Shape shape = build(part, scope);
      if (sink_.report_count() != before) out.poisoned = true;
      std::optional<Shape>& place = shape.root == ShapeRoot::query ? out.query : out.body;
      if (place) {
        sink_.report(Diag::second_body, part.span()).arg("what", "body").label("a send has one").also(place->span, "already here");
        out.poisoned = true;
        continue;
      }
      place = std::move(shape);
    }
  }
}

// `exposing settings.psw because "…"`: the one way for a secret into a query.
void CarrierResolver::exposing(NodeRef node, Send& out, const Scope& scope) {
  Expr value = expr(node.first(), scope);
  if (value.poisoned()) return;
  if (!(value.type.labels & (kSecret | kSealed))) {
    sink_.report(Diag::exposing_nothing, value.span).label("anybody may know it");
    return;
  }
  Exposure exposure;
  exposure.origin = value.origin;
  exposure.grounds = grounds(node);
  exposure.span = node.span();
  out.auth.exposes.push_back(std::move(exposure));
}

// A secret may be given where text is wanted, never the other way round: the label travels with the value. A certificate holds a public key, and a
// list of either is what a carrier has while it changes its key.
bool CarrierResolver::suits(const Expr& given, const Param& wanted) {
  const Kind kind = given.type.kind == Kind::list ? given.type.element : given.type.kind;
  const bool certified = kind == Kind::certificate || kind == Kind::public_key;
  if (given.type.kind == Kind::secret && wanted.type.kind == Kind::text) return true;
  if (wanted.type.kind == Kind::public_key && certified) return true;
  if (wanted.type.kind == Kind::certificate && given.type.kind == Kind::list && kind == Kind::certificate) return true;
  return fitting(given, wanted.type, wanted.name, wanted.span);
}

// The parameters of an auth or a verify, bound to what is given where it is used.
std::vector<Binding> CarrierResolver::bound_arguments(NodeRef use, NodeRef name, NodeRef args, NodeRef declaration, const Scope& scope, bool& good) {
  std::vector<Binding> out;
  std::vector<Param> wanted = params(declaration.child(SyntaxKind::params));
  std::vector<Expr> given = arguments(args, scope);
  good = given.size() == wanted.size();
  if (!good) {
    sink_.report(Diag::argument_count, name.span()).arg("name", name.text()).arg("wanted", std::to_string(wanted.size()))
        .arg("found", std::to_string(given.size())).label(wanted.empty() ? "takes nothing" : "takes " + names_in(wanted)).also(name_span(declaration), "declared here");
    return out;
  }
  (void)use;
  for (size_t i = 0; i < given.size(); ++i) {
    if (!suits(given[i], wanted[i])) given[i] = poison(given[i].span);
    // A let is computed with its step; an auth runs anew for each transmission and has lets of its own.
    const Expr* let = nullptr;
    walk(given[i], [&](const Expr& e) { if (e.kind == ExprKind::let) let = &e; });
    if (let) {
      sink_.report(Diag::not_in_scope, let->span).arg("name", let->origin).arg("place", "an auth").label("is computed with the step")
          .help(Grade::example, "write the value itself here, or compute it in the auth", {});
      given[i] = poison(given[i].span);
    }
    out.push_back({wanted[i].name, "a parameter of `" + std::string(name.text()) + "`", given[i], wanted[i].span});
  }
  return out;
}

void CarrierResolver::with(NodeRef node, Send& out, const Scope& scope) {
  NodeRef name;
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::name)) {
      if (name) use_auth(node, name, {}, out, scope);
      name = child;
    } else if (child.is(SyntaxKind::args) && name) {
      use_auth(node, name, child, out, scope);
      name = {};
    }
  }
  if (name) use_auth(node, name, {}, out, scope);
}

void CarrierResolver::use_auth(NodeRef use, NodeRef name, NodeRef args, Send& out, const Scope& scope) {
  NodeRef auth = member(SyntaxKind::auth, name.text());
  if (!auth) auth = library_.find(use.tree(), SyntaxKind::auth, name.text());
  if (!auth) {
    std::vector<std::string> names = member_names(SyntaxKind::auth);
    Report report = sink_.report(Diag::unknown_name, name.span());
    report.arg("what", "auth").arg("name", name.text()).label("not declared here, and not imported");
    if (const File* std_http = library_.module("std.http")) {
      for (NodeRef node : std_http->tree->root().children(SyntaxKind::auth)) {
        if (name_of(node).text() == name.text()) {
          Span at = use.tree().root().span();
          if (NodeRef edition = use.tree().root().child(SyntaxKind::edition)) at.begin = edition.span().end;
          at.end = at.begin;
          report.help(Grade::likely, "`std.http` has it", {{at, "\nuse std.http: " + std::string(name.text())}});
        }
      }
    }
    return;
  }
  note_use(auth, name);
  if (depth_ >= kAuthDepthMax) return;
  out.auth.uses.push_back({std::string(name.text()), name.span()});
  bool good = true;
  std::vector<Binding> bound = bound_arguments(use, name, args, auth, scope, good);
  if (!good) return;
  Scope inner;
  inner.host = inner.request = inner.sessions = true;
  inner.place = "an auth";
  inner.names = std::move(bound);
  ++depth_;
  AuthMoments moments(inner.names.size());
  for (NodeRef item : auth.children()) {
    if (item.is(SyntaxKind::let)) {
      NodeRef let_name = item.child(SyntaxKind::name);
      moments.begin(inner.names);
      Expr value = expr(item.last(), inner);
      moments.let(inner.names, reads_host(value));
      if (fresh(value)) {
        uint32_t index = static_cast<uint32_t>(out.auth.lets.size());
        out.auth.lets.push_back({std::string(let_name.text()), value, true, let_name.span()});
        Expr refer = poison(let_name.span());
        refer.kind = ExprKind::let;
        refer.type = value.type;
        refer.index = index;
        refer.name = refer.origin = let_name.text();
        value = std::move(refer);
      }
      inner.names.push_back({std::string(let_name.text()), "a let of `" + std::string(name.text()) + "`", value, let_name.span()});
    } else if (item.is(SyntaxKind::header)) {
      moments.begin(inner.names);
      out.auth.headers.push_back(header(item, inner));
      moments.sent(inner.names);
    } else if (item.is(SyntaxKind::auth_query) || item.is(SyntaxKind::auth_body)) {
      moments.begin(inner.names);
      Expr value = expr(item.child(size_t{1}), inner);
      if (!textual(value, item.is(SyntaxKind::auth_query) ? "a query" : "a body")) continue;
      if (item.is(SyntaxKind::auth_query)) {
        moments.sent(inner.names);
        NodeRef label = item.child(size_t{0});
        out.auth.query.push_back({plain_text(label).value_or(std::string(label.text())), std::move(value), item.span()});
        if (NodeRef exposed = item.child(SyntaxKind::exposing)) exposing(exposed, out, inner);
        continue;
      }
      moments.frozen(inner.names);
      // What a body holds is frozen with it, so it is computed from the message without it.
      if (auto of_frozen = of_message(value, out)) add_body_item(item, std::move(*of_frozen), out, name.span());
    }
  }
  for (const Binding* let : moments.torn(inner.names)) {
    sink_.report(Diag::not_in_scope, let->span).arg("name", let->name).arg("place", "both the body and a header or query of an auth").label("would have two values")
        .because("a body is frozen before the first transmission, headers and queries are made anew for each one")
        .help(Grade::example, "keep the value in the procedure, and give it to the auth: `with " + std::string(name.text()) + "(ref)`", {});
  }
  --depth_;
}

void CarrierResolver::add_body_item(NodeRef item, Expr value, Send& out, Span use) {
  NodeRef label = item.child(size_t{0});
  std::string name = plain_text(label).value_or(std::string(label.text()));
  if (!out.body || out.body->node.kind != NodeKind::object) {
    sink_.report(Diag::auth_needs_body, use).arg("name", name).label("this send has no body to put it in").also(item.span(), "added here");
    return;
  }
  for (const ShapeNode& member : out.body->node.children) {
    if (member.name == name) {
      sink_.report(Diag::duplicate_member, member.span).arg("name", name).label("written here too").also(item.span(), "added by the auth");
      return;
    }
  }
  ShapeNode member;
  member.kind = NodeKind::member;
  member.name = std::move(name);
  member.span = item.span();
  Hole hole;
  hole.type = value.type;
  hole.reader = reader_of(value.type.kind);
  hole.origin = value.origin;
  hole.has_value = true;
  hole.span = value.span;
  hole.value = std::move(value);
  Scope nothing;
  ShapeContext context{&*out.body, &nothing, out.body->root};
  member.children.push_back(hole_node(std::move(hole), context));
  out.body->node.children.push_back(std::move(member));
}

Once CarrierResolver::once(NodeRef node, const Scope& scope) {
  Once out;
  out.span = node.span();
  out.grounds = grounds(node);
  NodeRef name = node.child(SyntaxKind::name);
  int keep = scope.procedure ? find_keep(*scope.procedure, name.text()) : -1;
  if (keep < 0) {
    if (scope.procedure) report_unknown(name, "kept value", names_of(scope.procedure->keeps));
    else sink_.report(Diag::once_not_here, node.span()).arg("word", "once per").label("only a procedure's send has a reference");
  } else {
    out.keep = static_cast<uint32_t>(keep);
    const_cast<Keep&>(scope.procedure->keeps[out.keep]).used = true;  // procedures belong to carrier_; scopes only read them
    out.span = join(Span{node.span().file, node.span().begin, node.span().begin}, name.span());
  }
  out.window_ms = duration_ms(node.child(SyntaxKind::duration).text());
  out.original = node.has(SyntaxKind::mark_repeat_original);
  for (NodeRef status : node.child(SyntaxKind::repeat_answers).children()) {
    if (!out.repeat_statuses.empty() || status.is(SyntaxKind::status_range)) {
      unsupported(status, out.repeat_statuses.empty() ? "a range in `repeat answers`" : "a second status in `repeat answers`");
      break;
    }
    auto number = whole_number(status.text());
    if (number && *number >= 100 && *number <= 599) out.repeat_statuses.push_back(static_cast<uint16_t>(*number));
    else sink_.report(Diag::bad_status, status.span()).arg("status", status.text()).label("a status is 100 to 599");
  }
  return out;
}

// A secret belongs to the links whose sends name it.
void CarrierResolver::note_secrets() {
  auto note = [&](uint32_t link, const Expr& value) {
    if (link == kNone) return;
    walk(value, [&](const Expr& e) {
      if (e.kind == ExprKind::setting && (carrier_.settings[e.index].type.labels & kSecret)) add_once(carrier_.links[link].secrets, e.index);
    });
  };
  auto of_send = [&](const Send& send, const std::vector<Let>& lets) {
    for (const Header& item : send.auth.headers) note(send.link, item.value);
    for (const QueryItem& item : send.auth.query) note(send.link, item.value);
    for (const Let& let : send.auth.lets) note(send.link, let.value);
    for (const Let& let : lets) note(send.link, let.value);
    for (const Header& item : send.headers) note(send.link, item.value);
    if (send.query) for (const Hole& hole : send.query->holes) if (hole.has_value) note(send.link, hole.value);
    if (send.body) for (const Hole& hole : send.body->holes) if (hole.has_value) note(send.link, hole.value);
  };
  for (const Session& session : carrier_.sessions) {
    of_send(session.send, session.lets);
    if (session.renew_send) of_send(*session.renew_send, session.renew_lets);
  }
  for (const Enquiry& enquiry : carrier_.enquiries) of_send(enquiry.send, enquiry.lets);
  for (const Procedure& procedure : carrier_.procedures) {
    for (const Step& step : procedure.steps) if (step.send) of_send(*step.send, step.lets);
  }
}

}  // namespace tollgate::hir
