// The model: records, reasons and actions of the library, flattened to what a procedure's arguments are.
#include "compiler/resolve/library.h"

namespace tollgate::hir {
namespace {

constexpr int kRecordDepthMax = 4;  // user.msisdn is 1; deeper records than this are not arguments anyone can read

using Records = std::map<std::string, NodeRef, std::less<>>;

void flatten(const Records& records, NodeRef owner, const std::string& prefix, int depth, std::vector<Param>& out, Sink& sink) {
  for (NodeRef field : owner.children(SyntaxKind::typed_field)) {
    NodeRef name = name_of(field);
    NodeRef type = field.child(SyntaxKind::type_optional);
    if (!type) type = field.child(SyntaxKind::type);
    if (!type) type = field.child(SyntaxKind::type_many);
    std::string path = prefix + std::string(name.text());
    NodeRef word = type.is(SyntaxKind::type) ? type.child(SyntaxKind::type_name) : NodeRef();
    auto record = word ? records.find(word.text()) : records.end();
    if (record != records.end() && depth < kRecordDepthMax) {
      flatten(records, record->second, path + ".", depth + 1, out, sink);
    } else {
      out.push_back({path, read_type(type, sink), name.span()});
    }
  }
}

}  // namespace

Model read_model(const std::vector<File>& files, Sink& sink) {
  Model model;
  Records records;
  for (const File& file : files) {
    for (NodeRef node : file.tree->root().children(SyntaxKind::record_decl)) records.emplace(std::string(name_of(node).text()), node);
  }
  for (const File& file : files) {
    for (NodeRef node : file.tree->root().children()) {
      NodeRef name = name_of(node);
      if (node.is(SyntaxKind::reason_decl)) {
        ModelReason reason{std::string(name.text()), node.has(SyntaxKind::mark_declined), About::payment, name.span()};
        if (node.has(SyntaxKind::mark_about_call)) reason.about = About::call;
        model.reasons.push_back(std::move(reason));
      } else if (node.is(SyntaxKind::action_decl)) {
        ModelAction action;
        action.name = name.text();
        action.back = node.has(SyntaxKind::mark_moves_back);
        action.moves_money = action.back || node.has(SyntaxKind::mark_moves_out);
        action.span = name.span();
        flatten(records, node, "", 0, action.arguments, sink);
        model.actions.push_back(std::move(action));
      }
    }
  }
  return model;
}

}  // namespace tollgate::hir
