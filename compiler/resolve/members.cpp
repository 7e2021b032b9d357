// From a family and a carrier to one flat list of members, and the carrier's own facts: market, settings, namespaces.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

bool is_named_member(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::link: case SyntaxKind::session: case SyntaxKind::auth: case SyntaxKind::reading: case SyntaxKind::procedure:
    case SyntaxKind::enquiry: case SyntaxKind::endpoint: case SyntaxKind::callback: case SyntaxKind::shape_decl: case SyntaxKind::let:
    case SyntaxKind::verify_decl: case SyntaxKind::namespace_decl: return true;
    default: return false;
  }
}

std::string_view quoted(NodeRef node) {
  std::string_view text = node.text();
  return text.size() >= 2 ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

CarrierResolver::CarrierResolver(Library& library, NodeRef base, NodeRef family, NodeRef carrier, Sink& sink)
    : library_(library), base_(base), family_(family), carrier_node_(carrier), sink_(sink) {}

Carrier& CarrierResolver::resolve() {
  NodeRef self = carrier_node_ ? carrier_node_ : family_;
  carrier_.name = name_of(self).text();
  carrier_.span = name_span(self);
  carrier_.is_family = !carrier_node_;
  if (family_) carrier_.family = name_of(family_).text();
  read_documents();
  flatten();
  read_version();
  read_market();
  int level = 0;
  for (NodeRef from : {base_, family_, carrier_node_}) {
    for (NodeRef settings : from.children(SyntaxKind::settings)) read_settings(settings, from == family_ && !base_ ? 0 : level);
    ++level;
  }
  read_namespaces();
  auto each = [&](SyntaxKind kind, auto&& act) {
    for (const auto& [node, own] : members_) if (node.is(kind)) act(node);
  };
  each(SyntaxKind::shape_decl, [&](NodeRef n) { carrier_.shapes.push_back({std::string(name_of(n).text()), false, name_span(n)}); });
  each(SyntaxKind::link, [&](NodeRef n) { read_link(n); });
  each(SyntaxKind::reading, [&](NodeRef n) { read_table(n); });
  each(SyntaxKind::session, [&](NodeRef n) { resolve_session(n); });
  each(SyntaxKind::endpoint, [&](NodeRef n) { read_endpoint(n); });
  declare_procedures();
  read_budgets();
  declare_enquiries();
  declare_callbacks();
  size_t i = 0;
  each(SyntaxKind::procedure, [&](NodeRef n) { resolve_procedure(n, carrier_.procedures[i++]); });
  i = 0;
  each(SyntaxKind::enquiry, [&](NodeRef n) { resolve_enquiry(n, carrier_.enquiries[i++]); });
  i = 0;
  each(SyntaxKind::callback, [&](NodeRef n) { resolve_callback(n, carrier_.callbacks[i++]); });
  note_secrets();
  return carrier_;
}

void CarrierResolver::flatten() {
  int level = 0;
  for (NodeRef from : {base_, family_, carrier_node_}) {
    for (NodeRef node : from.children()) if (is_named_member(node.kind())) add_member(node, level);
    collect_citations(from);
    ++level;
  }
}

void CarrierResolver::add_member(NodeRef node, int level) {
  NodeRef name = name_of(node);
  if (!name) return;
  check_marks(node, level);
  auto same = std::find_if(members_.begin(), members_.end(), [&](const auto& m) {
    bool apart = m.first.is(SyntaxKind::namespace_decl) != node.is(SyntaxKind::namespace_decl);
    return !apart && name_of(m.first).text() == name.text();
  });
  bool replace = node.has(SyntaxKind::mark_replace), extend = node.has(SyntaxKind::mark_extend);
  if (same == members_.end()) {
    if (replace || extend) {
      std::vector<std::string> names;
      for (const auto& [m, own] : members_) names.emplace_back(name_of(m).text());
      Report report = sink_.report(Diag::override_nothing, name.span());
      report.arg("word", replace ? "replace" : "extend").arg("name", name.text()).label("the family has no such member");
      if (auto near = suggest(name.text(), names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
      return;
    }
    members_.emplace_back(node, level);
    return;
  }
  if (same->second != level) return override_member(*same, node, level);
  sink_.report(Diag::duplicate_name, name.span()).arg("name", name.text()).label("declared again here")
      .also(name_of(same->first).span(), "first declared here");
}

// A member that the family has too.
void CarrierResolver::override_member(std::pair<NodeRef, int>& same, NodeRef node, int level) {
  NodeRef name = name_of(node);
  bool replace = node.has(SyntaxKind::mark_replace), extend = node.has(SyntaxKind::mark_extend);
  Span first = name_of(same.first).span();
  if (replace || extend) note_use(same.first, name);
  if ((replace || extend) && same.first.has(SyntaxKind::mark_private)) {
    sink_.report(Diag::override_private, name.span()).arg("word", replace ? "replace" : "extend").arg("name", name.text())
        .label("is the family's alone").also(same.first.child(SyntaxKind::mark_private).span(), "says so here");
    return;
  }
  if (extend) {
    if (same.first.is(SyntaxKind::reading) && node.is(SyntaxKind::reading)) extensions_.push_back(node);
    else sink_.report(Diag::override_kind, name.span()).arg("name", name.text()).label("only a reading can be extended").also(first, "this is what it would extend");
  } else if (!replace) {
    Span at{node.span().file, name.span().begin, name.span().begin};
    for (NodeRef child : node.children()) if (!is_head(child.kind())) { at.begin = at.end = node.span().begin; break; }
    sink_.report(Diag::override_unmarked, name.span()).arg("name", name.text()).label("the family has it already").also(first, "declared here")
        .help(Grade::likely, "say that it takes the family's place", {{at, "replace "}});
  } else if (!same.first.has(SyntaxKind::mark_open)) {
    sink_.report(Diag::override_closed, name.span()).arg("name", name.text()).label("may not be replaced").also(first, "not marked `open`")
        .help(Grade::likely, "if carriers may differ here, open it", {{Span{first.file, same.first.span().begin, same.first.span().begin}, "open "}});
  } else if (same.first.kind() != node.kind()) {
    sink_.report(Diag::override_kind, name.span()).arg("name", name.text()).label("another kind of member").also(first, "this is what it would replace");
  } else {
    same = {node, level};
  }
}

NodeRef CarrierResolver::member(SyntaxKind kind, std::string_view name) const {
  for (const auto& [node, own] : members_) if (node.is(kind) && name_of(node).text() == name) return node;
  return {};
}

std::vector<std::string> CarrierResolver::member_names(SyntaxKind kind) const {
  std::vector<std::string> out;
  for (const auto& [node, own] : members_) if (node.is(kind)) out.emplace_back(name_of(node).text());
  return out;
}

void CarrierResolver::read_market() {
  NodeRef use;
  for (NodeRef from : {carrier_node_, family_, base_}) if (!use) use = from.child(SyntaxKind::market_use);
  if (!use) {
    if (carrier_node_ && !carrier_node_.has_error()) {
      sink_.report(Diag::market_missing, carrier_.span).arg("name", carrier_.name).label("in which market?")
          .help(Grade::example, "for example `market KE`", {});
    }
    return;
  }
  NodeRef name = use.child(SyntaxKind::type_name);
  auto it = library_.markets.find(name.text());
  if (it == library_.markets.end()) {
    std::vector<std::string> names;
    for (const auto& [market, node] : library_.markets) names.push_back(market);
    report_unknown(name, "market", names);
    return;
  }
  note_use(it->second, name);
  MarketFacts& facts = carrier_.market;
  facts.country = name.text();
  facts.span = name.span();
  facts.known = true;
  for (NodeRef fact : it->second.children(SyntaxKind::fact)) {
    std::string_view word = fact.child(SyntaxKind::name).text();
    if (word == "currency") facts.currency = fact.child(SyntaxKind::type_name).text();
    if (word == "zone") facts.zone = quoted(fact.last());
    if (word == "numbers") facts.numbers = quoted(fact.last());
    if (word == "decimals") facts.decimals = static_cast<uint8_t>(std::clamp<int64_t>(whole_number(fact.last().text()).value_or(2), 0, 18));
  }
  for (NodeRef fact : it->second.children(SyntaxKind::fact)) {
    if (fact.child(SyntaxKind::name).text() == "step") facts.step = std::max<uint64_t>(1, step_at(fact.last().text(), facts.decimals).value_or(1));
  }
}

void CarrierResolver::read_settings(NodeRef settings, int level) {
  const bool from_carrier = level > 0;
  for (NodeRef node : settings.children(SyntaxKind::setting)) {
    NodeRef name = name_of(node), type, value = node.child(SyntaxKind::setting_value);
    for (SyntaxKind kind : {SyntaxKind::type, SyntaxKind::type_optional, SyntaxKind::type_many}) if (NodeRef t = node.child(kind)) type = t;
    uint32_t i = index_of(carrier_.settings, name.text());
    if (i != kNone && type) {
      sink_.report(Diag::duplicate_name, name.span()).arg("name", name.text()).label("declared again here").also(carrier_.settings[i].span, "first declared here");
      continue;
    }
    if (i == kNone && !type) {
      if (from_carrier) report_unknown(name, "setting", names_of(carrier_.settings));
      else if (!node.has_error()) sink_.report(Diag::type_missing, name.span()).arg("name", name.text()).label("of which type?");
      if (from_carrier || node.has_error()) continue;
    }
    if (i == kNone) {
      Setting setting;
      setting.name = name.text();
      setting.span = name.span();
      setting.type = read_type(type, sink_, &setting.many);
      if (NodeRef old = node.child(SyntaxKind::deprecated)) setting.deprecated = plain_text(old.first()).value_or("");
      i = static_cast<uint32_t>(carrier_.settings.size());
      carrier_.settings.push_back(std::move(setting));
    }
    const Setting& setting = carrier_.settings[i];
    if (value && !type && !setting.deprecated.empty()) {
      sink_.report(Diag::deprecated, name.span()).arg("name", name.text()).arg("instead", setting.deprecated).label("is given a value here")
          .also(setting.span, "declared here");
    }
    if (value) set_value(carrier_.settings[i], value);
  }
}

void CarrierResolver::set_value(Setting& setting, NodeRef value) {
  if (poisoned(setting.type) || value.has_error()) return;
  NodeRef content = value.first();
  std::vector<NodeRef> elements;
  if (content.is(SyntaxKind::list)) for (NodeRef element : content.children()) elements.push_back(element);
  else elements.push_back(content);
  if (setting.many != content.is(SyntaxKind::list)) {
    sink_.report(Diag::type_mismatch, content.span()).arg("wanted", setting.many ? "a list" : std::string(type_name(setting.type.kind)))
        .arg("found", setting.many ? "one value" : "a list").label("does not fit").also(setting.span, "declared here");
    return;
  }
  Scope scope;
  scope.place = "a setting";
  std::vector<Constant> values;
  for (NodeRef element : elements) {
    Expr made = expr(element, scope);
    if (made.poisoned()) return;
    bool words = made.type.kind == Kind::text && (setting.type.kind == Kind::url || setting.type.kind == Kind::text || setting.type.kind == Kind::public_key || setting.type.kind == Kind::certificate);
    if (setting.type.kind == Kind::secret || setting.type.kind == Kind::private_key) {
      sink_.report(Diag::secret_in_file, made.span).arg("name", setting.name).label("a credential in a file that is read and shared")
          .also(setting.span, "declared as " + std::string(type_name(setting.type.kind))).because("secrets come from the deployment");
      return;
    }
    if (made.kind != ExprKind::constant || (!words && made.type.kind != setting.type.kind)) {
      sink_.report(Diag::type_mismatch, made.span).arg("wanted", type_name(setting.type.kind)).arg("found", type_name(made.type.kind))
          .label("does not fit").also(setting.span, "declared here");
      return;
    }
    made.constant.kind = setting.type.kind;
    values.push_back(std::move(made.constant));
  }
  setting.values = std::move(values);
  setting.has_value = true;
}

void CarrierResolver::read_namespaces() {
  for (const auto& [node, own] : members_) {
    if (node.is(SyntaxKind::namespace_decl)) namespaces_.emplace(std::string(name_of(node).text()), std::string(quoted(node.last())));
  }
  NodeRef self = carrier_node_ ? carrier_node_ : family_;
  for (NodeRef from : {base_, family_, self}) {
    if (!from) continue;
    const Tree& tree = from.tree();
    for (NodeRef use : tree.root().children(SyntaxKind::use)) {
      for (NodeRef name : use.children(SyntaxKind::name)) {
        if (NodeRef node = library_.find(tree, SyntaxKind::namespace_decl, name.text())) {
          namespaces_.emplace(std::string(name.text()), std::string(quoted(node.last())));
        }
      }
    }
    for (NodeRef node : tree.root().children(SyntaxKind::namespace_decl)) {
      namespaces_.emplace(std::string(name_of(node).text()), std::string(quoted(node.last())));
    }
  }
}

}  // namespace tollgate::hir
