// `verify NAME { … }`: what a message must hold to be believed, written as the dual of an auth; and from it, what a carrier must add to a message
// so that it holds, for the peer that plays the carrier.
#include <algorithm>
#include <functional>

#include "compiler/resolve/carrier_resolver.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

constexpr uint32_t kHeaders = 6;   // the part of a request

bool is_call(const Expr& e, uint32_t id) { return e.kind == ExprKind::call && e.index == id; }
const Expr& inner(const Expr& e) { return e.kind == ExprKind::required ? inner(e.operands[0]) : e; }

bool is_signature_check(const Expr& e) {
  return e.kind == ExprKind::call && builtin(e.index)->symbol.ends_with("_verify");
}

// Whether the need is met only by who has the key: a comparison with something made from a secret, or a signature.
bool keyed(const Expr& need) {
  if (is_signature_check(need)) return true;
  if (is_call(need, BuiltinIds::matches)) {
    for (const Expr& operand : need.operands) if (operand.type.labels & (kSecret | kSealed)) return true;
  }
  return std::any_of(need.operands.begin(), need.operands.end(), keyed);
}

// `request.header("x")`, with a name that stands in the file.
const std::string* header_read(const Expr& e) {
  const bool reads = is_call(e, BuiltinIds::pairs_get) && e.operands[0].kind == ExprKind::request && e.operands[0].index == kHeaders;
  return reads && e.operands[1].kind == ExprKind::constant ? &e.operands[1].constant.text : nullptr;
}
const std::string* field_read(const Expr& e) {
  const bool reads = is_call(e, BuiltinIds::pairs_get) && is_call(inner(e.operands[0]), BuiltinIds::received_fields);
  return reads && e.operands[1].kind == ExprKind::constant ? &e.operands[1].constant.text : nullptr;
}

// What a carrier writes into one header: a whole value, or parameters (t=…,v1=…).
struct WrittenHeader {
  std::string name;
  std::optional<Expr> whole;
  std::vector<std::pair<std::string, Expr>> parameters;
};

}  // namespace

// Turns needs round: `matches(mac, request.header("X").after("v1="))` says that the header X is "v1=" and the mac.
class ProofMaker {
 public:
  using Call = std::function<Expr(uint32_t, std::vector<Expr>, Span)>;
  using Constant = std::function<Expr(std::string, Span)>;
  ProofMaker(Call call, Constant constant, const std::vector<Let>& lets) : call_(std::move(call)), constant_(std::move(constant)), lets_(lets) {}

  bool run(const std::vector<Expr>& needs) {
    for (const Expr& need : needs) if (!meet(inner(need))) return false;
    for (const Expr& need : needs) supply_reads(need);
    return true;
  }

  void give(Verify& verify) {
    for (WrittenHeader& header : headers_) {
      Expr value = header.whole ? *header.whole : Expr();
      if (!header.whole) {
        value = joined({});
        for (const auto& [name, text] : header.parameters) {
          value.operands.push_back(constant_((value.operands.empty() ? "" : ",") + name + "=", text.span));
          value.operands.push_back(text);
          value.type.labels = join(value.type.labels, text.type.labels);
        }
      }
      verify.proof_headers.push_back({header.name, told(value), value.span});
    }
    for (auto& [name, value] : fields_) verify.proof_query.push_back({name, told(value), value.span});
    verify.provable = !circular_;
    if (circular_) verify.proof_headers.clear(), verify.proof_query.clear();
  }

 private:
  static bool textual_kind(Kind kind) { return kind == Kind::text || kind == Kind::secret || kind == Kind::uuid || kind == Kind::url; }

  Expr joined(std::vector<Expr> parts) const {
    Expr out;
    out.kind = ExprKind::join;
    out.type = {Kind::text, false, kPublic, Kind::missing};
    for (const Expr& part : parts) out.type.labels = join(out.type.labels, part.type.labels);
    out.operands = std::move(parts);
    return out;
  }

  WrittenHeader& header(const std::string& name) {
    for (WrittenHeader& known : headers_) if (known.name == name) return known;
    headers_.push_back({name, std::nullopt, {}});
    return headers_.back();
  }

  // Whether it was found what the carrier must write so that `need` holds, or that the carrier has no part in it.
  bool meet(const Expr& need) {
    if (is_signature_check(need)) {
      std::string symbol(builtin(need.index)->symbol);
      symbol.replace(symbol.size() - 6, 6, "sign");
      for (const BuiltinRow& row : builtins())
        if (row.symbol == symbol) return write(need.operands[2], call_(row.id, {need.operands[0], need.operands[1]}, need.span));
      return false;
    }
    if (is_call(need, BuiltinIds::matches) || need.name == "equal")
      return write(need.operands[0], need.operands[1]) || write(need.operands[1], need.operands[0]);
    return true;   // a bound on time or size: what is fresh meets it
  }

  // Makes the carrier write `value` where `place` is read from.
  bool write(const Expr& read, const Expr& value) {
    const Expr& place = inner(read);
    if (const std::string* name = header_read(place)) return textual_kind(value.type.kind) && (header(*name).whole = value, true);
    if (const std::string* name = field_read(place)) return textual_kind(value.type.kind) && (fields_.emplace_back(*name, value), true);
    if (place.kind != ExprKind::call) return false;
    switch (place.index) {
      case BuiltinIds::text_after: return write(place.operands[0], joined({place.operands[1], value}));
      case BuiltinIds::text_lower: case BuiltinIds::text_upper: case BuiltinIds::text_bytes: return write(place.operands[0], value);
      case BuiltinIds::base64_decode: return write(place.operands[0], call_(BuiltinIds::base64, {value}, value.span));
      case BuiltinIds::base64url_decode: return write(place.operands[0], call_(BuiltinIds::base64url, {value}, value.span));
      case BuiltinIds::hex_decode: return write(place.operands[0], call_(BuiltinIds::hex, {value}, value.span));
      case BuiltinIds::text_parameter: {
        const std::string* name = header_read(inner(place.operands[0]));
        if (name == nullptr || place.operands[1].kind != ExprKind::constant || !textual_kind(value.type.kind)) return false;
        header(*name).parameters.emplace_back(place.operands[1].constant.text, value);
        return true;
      }
      default: return false;
    }
  }

  // What the needs read beside what was written above: a time, which is now.
  void supply_reads(const Expr& e) {
    if (is_call(e, BuiltinIds::text_parameter) && e.operands[1].kind == ExprKind::constant) {
      const std::string* name = header_read(inner(e.operands[0]));
      if (name != nullptr && !header(*name).whole) {
        auto& parameters = header(*name).parameters;
        const std::string& parameter = e.operands[1].constant.text;
        const bool there = std::any_of(parameters.begin(), parameters.end(), [&](const auto& p) { return p.first == parameter; });
        if (!there) parameters.insert(parameters.begin(), {parameter, now(e.span)});
        return;
      }
    }
    if (is_call(e, BuiltinIds::text_time) && header_read(inner(e.operands[0])) && !header(*header_read(inner(e.operands[0]))).whole) {
      header(*header_read(inner(e.operands[0]))).whole = call_(BuiltinIds::time_utc_pattern, {now_read(e.span), e.operands[1]}, e.span);
    }
    if (const std::string* name = header_read(e)) {
      WrittenHeader& known = header(*name);
      if (!known.whole && known.parameters.empty()) known.whole = now(e.span);
    }
    if (e.kind == ExprKind::let && e.index < lets_.size()) supply_reads(lets_[e.index].value);
    for (const Expr& operand : e.operands) supply_reads(operand);
  }

  Expr now_read(Span span) const {
    Expr out;
    out.kind = ExprKind::host;
    out.index = 0;
    out.type = {Kind::time, false, kPublic, Kind::missing};
    out.name = out.origin = "now";
    out.span = span;
    return out;
  }
  Expr now(Span span) const { return call_(BuiltinIds::integer_text, {call_(BuiltinIds::time_epoch, {now_read(span)}, span)}, span); }

  // `value` as the carrier computes it, before the message is whole: what it reads of headers is what was written into them.
  // A header that is made of itself is nothing that can be made.
  Expr told(const Expr& e) {
    if (depth_ >= kDepthMax || circular_) return circular_ = true, e;
    ++depth_;
    Expr out = told_parts(e);
    --depth_;
    return out;
  }

  Expr told_parts(const Expr& e) {
    if (e.kind == ExprKind::required) return told(e.operands[0]);
    if (const std::string* name = header_read(e)) {
      for (const WrittenHeader& header : headers_)
        if (header.name == *name && header.whole) return told(*header.whole);
    }
    if (is_call(e, BuiltinIds::text_parameter) && e.operands[1].kind == ExprKind::constant) {
      if (const std::string* name = header_read(inner(e.operands[0]))) {
        for (const WrittenHeader& header : headers_)
          for (const auto& [parameter, value] : header.parameters)
            if (header.name == *name && parameter == e.operands[1].constant.text) return told(value);
      }
    }
    Expr out = e;
    if (is_call(e, BuiltinIds::received_fields)) {
      out.index = BuiltinIds::message_fields;
      out.type.optional = false;
    }
    for (Expr& operand : out.operands) operand = told(operand);
    return out;
  }

  Call call_;
  Constant constant_;
  const std::vector<Let>& lets_;
  std::vector<WrittenHeader> headers_;
  std::vector<std::pair<std::string, Expr>> fields_;
  static constexpr int kDepthMax = 48;
  int depth_ = 0;
  bool circular_ = false;
};

bool CarrierResolver::declared_verify(NodeRef item, Endpoint& endpoint) {
  NodeRef name = item.child(SyntaxKind::name);
  NodeRef declaration = member(SyntaxKind::verify_decl, name.text());
  if (!declaration) declaration = library_.find(item.tree(), SyntaxKind::verify_decl, name.text());
  if (!declaration) return false;
  note_use(declaration, name);
  Scope outer;
  outer.place = "a verify";
  bool good = true;
  Verify verify;
  verify.kind = VerifyKind::declared;
  verify.name = name.text();
  verify.span = item.span();
  Scope scope;
  scope.host = scope.request = scope.demands = true;
  scope.place = "a verify";
  scope.names = bound_arguments(item, name, item.child(SyntaxKind::args), declaration, outer, good);
  if (!good) return true;
  for (NodeRef statement : declaration.children()) {
    if (statement.is(SyntaxKind::let)) {
      NodeRef let_name = statement.child(SyntaxKind::name);
      scope.names.push_back({std::string(let_name.text()), "a let of `" + verify.name + "`", expr(statement.last(), scope), let_name.span()});
    } else if (statement.is(SyntaxKind::need)) {
      for (NodeRef condition : statement.child(SyntaxKind::guard).children()) verify.needs.push_back(compare_or_bool(condition, scope));
    }
  }
  const bool spoilt = declaration.has_error() || std::any_of(verify.needs.begin(), verify.needs.end(), [](const Expr& e) { return e.poisoned(); });
  if (verify.needs.empty() && !spoilt) {
    sink_.report(Diag::verify_no_need, name_span(declaration)).arg("name", verify.name).label("no `need` in it");
  }
  if (spoilt || verify.needs.empty()) {
    verify.kind = VerifyKind::path_token;  // known to be wrong; silence about the endpoint
    verify.needs.clear();
    endpoint.proves = true;
  } else {
    ProofMaker maker([this](uint32_t id, std::vector<Expr> operands, Span span) { return call_of(id, std::move(operands), "", span); },
                     [this](std::string text, Span span) { return text_constant(std::move(text), span); }, verify.lets);
    if (maker.run(verify.needs)) maker.give(verify);
    endpoint.proves = endpoint.proves || std::any_of(verify.needs.begin(), verify.needs.end(), keyed);
  }
  endpoint.verify.push_back(std::move(verify));
  return true;
}

}  // namespace tollgate::hir
