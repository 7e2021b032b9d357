// The resolved program in lines: what `tollgate dump` shows between the tree and the module.
#include "compiler/hir/hir.h"

namespace tollgate::hir {
namespace {

std::string type_text(const Type& type) {
  std::string out(poisoned(type) ? "?" : type_name(type.kind));
  if (type.kind == Kind::list) out += "<" + std::string(type_name(type.element)) + ">";
  if (type.optional) out += "?";
  if (type.labels & kSecret) out += " secret";
  if (type.labels & kSealed) out += " sealed";
  if (type.labels & kPersonal) out += " personal";
  return out;
}

std::string expr_text(const Expr& expr) { return expr.origin + ": " + type_text(expr.type); }

std::string target_text(const Target& target) {
  switch (target.kind) {
    case TargetKind::succeed:
      return "succeeded" + (target.carrier_ref ? " ref " + target.carrier_ref->origin : std::string()) + (target.paid ? " paid " + target.paid->origin : std::string());
    case TargetKind::decline: return "declined " + target.reason;
    case TargetKind::fail: return "failed " + target.reason;
    case TargetKind::pending: return "pending";
    case TargetKind::in_doubt: return "in_doubt";
    case TargetKind::absent: return "absent after " + std::to_string(target.within_ms) + "ms";
    case TargetKind::nothing: return "nothing";
    case TargetKind::table: return "table " + target.name + (target.key ? "(" + target.key->origin + ")" : std::string());
    case TargetKind::step: return "then " + target.name;
    case TargetKind::renew: return "renew " + target.name;
    case TargetKind::session_value: return "value " + (target.key ? expr_text(*target.key) : std::string());
    case TargetKind::answer: return "answer";
    case TargetKind::await: case TargetKind::doubt: break;
  }
  std::string out = target.kind == TargetKind::await ? "await" : "doubt";
  for (const Proof& proof : target.proofs) {
    out += " " + (proof.kind == ProofKind::manual ? std::string("manual") : proof.name);
    for (const Expr& argument : proof.arguments) out += "(" + argument.origin + ")";
  }
  if (target.has_within) out += " within " + std::to_string(target.within_ms) + "ms";
  return out;
}

void dump_shape(const Shape& shape, const std::string& indent, std::string& out) {
  for (const Hole& hole : shape.holes) {
    out += indent + (hole.finds ? "finds " : hole.equal ? "== " : hole.has_value ? "fills " : "binds ") + (hole.has_value ? hole.origin : hole.name) + ": " + type_text(hole.type) + "\n";
  }
}

void dump_arms(const std::vector<Arm>& arms, const std::string& indent, std::string& out) {
  for (const Arm& arm : arms) {
    out += indent + (arm.reads == ArmReads::row ? "each" : arm.reads == ArmReads::end ? "end" : "on");
    for (const StatusRange& range : arm.statuses) out += " " + std::to_string(range.from) + (range.upto != range.from ? ".." + std::to_string(range.upto) : "");
    if (arm.repeat) out += " repeat";
    if (arm.first_only) out += " first";
    out += " => " + target_text(arm.target) + "\n";
    if (arm.shape) dump_shape(*arm.shape, indent + "  ", out);
  }
}

void dump_send(const Send& send, const Carrier& carrier, const std::string& indent, std::string& out) {
  out += indent + "send " + (send.link == kNone ? std::string("?") : carrier.links[send.link].name) + " " + send.method + "\n";
  dump_shape(send.path, indent + "  path ", out);
  for (const Header& header : send.headers) out += indent + "  header " + header.name + ": " + expr_text(header.value) + "\n";
  for (const Header& header : send.auth.headers) out += indent + "  auth header " + header.name + ": " + expr_text(header.value) + "\n";
  if (send.query) dump_shape(*send.query, indent + "  query ", out);
  if (send.body) dump_shape(*send.body, indent + "  body ", out);
  dump_arms(send.arms, indent + "  ", out);
}

void dump_carrier(const Carrier& carrier, std::string& out) {
  out += (carrier.is_family ? "family " : "carrier ") + carrier.name + " market " + carrier.market.country + " " + carrier.market.currency + "\n";
  for (const Setting& setting : carrier.settings) out += "  setting " + setting.name + ": " + (setting.many ? "many " : "") + type_text(setting.type) + "\n";
  for (const Session& session : carrier.sessions) {
    out += "  session " + session.name + ": " + type_text(session.value) + "\n";
    dump_send(session.send, carrier, "    ", out);
  }
  for (const Table& table : carrier.tables) {
    out += "  table " + table.name + "\n";
    for (const Row& row : table.rows) out += "    " + (row.key.kind == Kind::integer ? std::to_string(row.key.integer) : "\"" + row.key.text + "\"") + " => " + target_text(row.target) + "\n";
  }
  for (const Procedure& procedure : carrier.procedures) {
    out += "  procedure " + procedure.name + (procedure.moves_money ? " moves money\n" : "\n");
    for (const Keep& keep : procedure.keeps) out += "    keep " + keep.name + " = " + expr_text(keep.value) + "\n";
    for (const Step& step : procedure.steps) {
      out += "    step " + (step.name.empty() ? std::string("entry") : step.name) + "\n";
      if (step.send) dump_send(*step.send, carrier, "      ", out);
      if (step.awaits) out += "      " + target_text(*step.awaits) + "\n";
      if (step.doubt) out += "      on doubt => " + target_text(*step.doubt) + "\n";
    }
  }
  for (const Enquiry& enquiry : carrier.enquiries) {
    out += "  enquiry " + enquiry.name + "\n";
    dump_send(enquiry.send, carrier, "    ", out);
  }
  for (const Callback& callback : carrier.callbacks) {
    out += "  callback " + callback.name + "\n";
    if (callback.match) dump_shape(*callback.match, "    ", out);
    dump_arms(callback.arms, "    ", out);
  }
}

}  // namespace

std::string dump(const Workspace& workspace) {
  std::string out;
  for (const Carrier& carrier : workspace.carriers) dump_carrier(carrier, out);
  for (const TestCase& test : workspace.tests) out += "test \"" + test.name + "\" " + std::to_string(test.steps.size()) + " steps\n";
  return out;
}

}  // namespace tollgate::hir
