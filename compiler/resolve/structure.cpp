// What is said about members rather than by them: documents and citations, versions, deprecation, visibility, arms that a link lends its sends.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

// "procedure charge", "family mtn_momo": the nearest declaration around a citation.
std::string owner_words(NodeRef cites) {
  for (NodeRef at = cites.parent(); at; at = at.parent()) {
    switch (at.kind()) {
      case SyntaxKind::family: case SyntaxKind::carrier: case SyntaxKind::link: case SyntaxKind::session: case SyntaxKind::auth:
      case SyntaxKind::reading: case SyntaxKind::procedure: case SyntaxKind::enquiry: case SyntaxKind::endpoint: case SyntaxKind::callback:
      case SyntaxKind::settings:
        return std::string(kind_name(at.kind())) + (name_of(at) ? " " + std::string(name_of(at).text()) : "");
      default: break;
    }
  }
  return "file";
}

NodeRef text_of(NodeRef node) {
  NodeRef text = node.child(SyntaxKind::string);
  return text ? text : node.child(SyntaxKind::raw_string);
}

std::string fact_text(NodeRef document, std::string_view word) {
  for (NodeRef fact : document.children(SyntaxKind::fact)) {
    if (fact.child(SyntaxKind::name).text() != word) continue;
    NodeRef value = fact.last();
    return plain_text(value).value_or(std::string(value.text()));
  }
  return {};
}

template <class Visit>
void each_citation(NodeRef node, Visit&& visit) {
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::cites)) visit(child);
    else each_citation(child, visit);
  }
}

bool says_unconfirmed(const std::string& text) { return text.find("(unconfirmed") != std::string::npos; }

}  // namespace

// ---- documents and citations

void CarrierResolver::read_documents() {
  auto add = [&](NodeRef node) {
    if (!node.is(SyntaxKind::document)) return;
    for (NodeRef fact : node.children(SyntaxKind::fact)) {
      NodeRef word = fact.child(SyntaxKind::name);
      const bool known = word.text() == "version" || word.text() == "dated" || word.text() == "url" || word.text() == "digest";
      if (!known) report_unknown(word, "fact of a document", {"version", "dated", "url", "digest"});
      if (word.text() == "dated" && !fact.has(SyntaxKind::date)) {
        sink_.report(Diag::type_mismatch, fact.last().span()).arg("wanted", "a date").arg("found", fact.last().text()).label("for example 2024-05-01");
      }
    }
    documents_.emplace(std::string(name_of(node).text()), node);
  };
  for (NodeRef from : {carrier_node_, family_, base_}) {
    for (NodeRef node : from.children()) add(node);
    if (from) for (NodeRef node : from.tree().root().children()) add(node);
  }
  for (NodeRef from : {base_, family_, carrier_node_}) {
    each_citation(from, [&](NodeRef cites) {
      NodeRef name = cites.child(SyntaxKind::name);
      if (!name || documents_.contains(name.text())) return;
      std::vector<std::string> names;
      for (const auto& [document, node] : documents_) names.push_back(document);
      report_unknown(name, "document", names);
    });
  }
}

std::string CarrierResolver::cited(NodeRef cites) const {
  std::string text = plain_text(text_of(cites)).value_or("");
  auto it = documents_.find(cites.child(SyntaxKind::name).text());
  if (it == documents_.end()) return text;
  std::string out = plain_text(text_of(it->second)).value_or("");
  if (std::string version = fact_text(it->second, "version"); !version.empty()) out += " " + version;
  if (std::string dated = fact_text(it->second, "dated"); !dated.empty()) out += " of " + dated;
  return out + ": " + text;
}

void CarrierResolver::collect_citations(NodeRef from) {
  each_citation(from, [&](NodeRef cites) {
    Citation citation;
    citation.text = plain_text(text_of(cites)).value_or("");
    citation.owner = name_of(from).text();
    citation.where = owner_words(cites);
    citation.span = cites.span();
    citation.unconfirmed = cites.has(SyntaxKind::mark_unconfirmed) || says_unconfirmed(citation.text);
    if (auto it = documents_.find(cites.child(SyntaxKind::name).text()); it != documents_.end()) {
      citation.document = plain_text(text_of(it->second)).value_or("");
      citation.version = fact_text(it->second, "version");
      citation.dated = fact_text(it->second, "dated");
      citation.digest = fact_text(it->second, "digest");
    }
    if (NodeRef version = cites.child(SyntaxKind::version)) citation.version = plain_text(version.first()).value_or("");
    if (NodeRef dated = cites.child(SyntaxKind::dated)) citation.dated = dated.first().text();
    carrier_.citations.push_back(std::move(citation));
  });
}

// ---- versions, visibility, deprecation

void CarrierResolver::read_version() {
  for (NodeRef from : {family_, carrier_node_}) {
    NodeRef first;
    for (NodeRef node : from.children(SyntaxKind::version)) {
      if (first) {
        sink_.report(Diag::duplicate_name, node.span()).arg("name", "version").label("a second one").also(first.span(), "first here");
        continue;
      }
      first = node;
      carrier_.version = plain_text(node.first()).value_or("");
    }
  }
}

// `open` is for who comes after, `replace` and `extend` for who came before.
void CarrierResolver::check_marks(NodeRef node, int level) {
  const bool in_carrier = level == 2;
  const bool has_family = (level == 2 && family_) || (level == 1 && base_);
  auto refuse = [&](SyntaxKind kind, std::string why) {
    if (NodeRef mark = node.child(kind)) sink_.report(Diag::mark_not_here, mark.span()).arg("word", mark.text()).label(std::move(why));
  };
  if (in_carrier) refuse(SyntaxKind::mark_open, "nobody can be made of a carrier");
  if (in_carrier) refuse(SyntaxKind::mark_private, "nobody can be made of a carrier");
  if (!has_family) refuse(SyntaxKind::mark_replace, "there is no family before this one");
  if (!has_family) refuse(SyntaxKind::mark_extend, "there is no family before this one");
  if (node.has(SyntaxKind::mark_private) && !in_carrier) refuse(SyntaxKind::mark_open, "the member is private as well: which of the two?");
}

void CarrierResolver::note_use(NodeRef member, Span use, std::string_view name) {
  auto within = [](Span inner, Span outer) { return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end; };
  NodeRef owner = member.parent();
  if (NodeRef mark = member.child(SyntaxKind::mark_private); mark && owner.is(SyntaxKind::family) && !within(use, owner.span())) {
    sink_.report(Diag::private_named, use).arg("name", name).arg("family", name_of(owner).text()).label("is named from outside of the family")
        .also(mark.span(), "says so here");
  }
  NodeRef old = member.child(SyntaxKind::deprecated);
  if (!old) return;
  NodeRef self = carrier_node_ ? carrier_node_ : family_;
  if (!within(use, self.span()) || within(member.span(), self.span())) return;
  sink_.report(Diag::deprecated, use).arg("name", name).arg("instead", plain_text(old.first()).value_or("")).label("is used here")
      .also(name_span(member), "declared here");
}

// ---- arms of a link

void CarrierResolver::check_link_arms(NodeRef link) {
  for (NodeRef arm : link.children(SyntaxKind::arm)) {
    NodeRef target = arm.child(SyntaxKind::target);
    if (arm.has_error() || !target) {
      if (!arm.has_error()) unsupported(arm, "`by`");
      continue;
    }
    for (NodeRef head : arm.children()) {
      if (head.is(SyntaxKind::on_doubt) || head.is(SyntaxKind::on_repeat) || head.is(SyntaxKind::on_other)) {
        sink_.report(Diag::link_arm, head.span()).arg("what", head.text()).label("is each send's own affair");
      }
    }
    NodeRef to = target.first();
    const bool about_the_call = to.is(SyntaxKind::to_renew) || to.is(SyntaxKind::to_failed) || to.is(SyntaxKind::to_in_doubt) || to.is(SyntaxKind::to_declined);
    if (!about_the_call) {
      sink_.report(Diag::link_arm, to.span()).arg("what", to.text()).label("a link knows no procedure, only the call")
          .help(Grade::example, "`renew SESSION`, `failed REASON`, `declined REASON` or `in_doubt`", {});
    }
  }
}

// Tried after the send's own, which may answer the same status in their own way. An enquiry learns nothing from what became of its call, so it
// takes the renewals only; a session cannot need itself.
void CarrierResolver::link_arms(Send& send, const ArmPlace& place) {
  if (send.link == kNone) return;
  NodeRef link = member(SyntaxKind::link, carrier_.links[send.link].name);
  ArmPlace own = place;
  own.scope = Scope();
  own.scope.place = "a link";
  for (NodeRef node : link.children(SyntaxKind::arm)) {
    NodeRef target = node.child(SyntaxKind::target).first();
    const bool renews = target.is(SyntaxKind::to_renew);
    const bool for_calls = renews || target.is(SyntaxKind::to_failed) || target.is(SyntaxKind::to_in_doubt) || target.is(SyntaxKind::to_declined);
    if (node.has_error() || node.has(SyntaxKind::on_doubt) || !for_calls || (place.enquiry && !renews)) continue;
    std::vector<Arm> made;
    arm(node, own, made);
    for (Arm& one : made) {
      const bool taken = std::any_of(send.arms.begin(), send.arms.end(), [&](const Arm& earlier) {
        if (earlier.shape || !earlier.headers.empty() || !earlier.guard.empty() || earlier.empty_body || earlier.repeat) return false;
        return earlier.head == ArmHead::other || std::all_of(one.statuses.begin(), one.statuses.end(), [&](const StatusRange& r) {
          return std::any_of(earlier.statuses.begin(), earlier.statuses.end(), [&](const StatusRange& e) { return e.from <= r.from && r.upto <= e.upto; });
        });
      });
      one.of_link = true;
      if (!taken) send.arms.push_back(std::move(one));
    }
  }
}

}  // namespace tollgate::hir
