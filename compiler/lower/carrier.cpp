// The declarations of a carrier, in the order of the module's sections.
#include <algorithm>

#include "compiler/lower/lower.h"
#include "compiler/lower/sends.h"

namespace tollgate {
namespace {

class CarrierLowering {
 public:
  explicit CarrierLowering(Lowering& lowering) : l_(lowering), m_(lowering.module), c_(lowering.carrier) {}

  void run() {
    m_.carrier = l_.text(c_.name);
    m_.family = l_.text(c_.family);
    m_.edition = c_.edition;
    market();
    for (const hir::ModelReason& reason : l_.workspace.model.reasons)
      m_.reasons.push_back({l_.text(reason.name), reason.declined, reason.about});
    for (const hir::Setting& setting : c_.settings) m_.settings.push_back(lower(setting));
    for (const hir::Link& link : c_.links) m_.links.push_back(lower(link));
    for (const hir::Table& table : c_.tables) m_.tables.push_back(lower(table));
    for (Index i = 0; i < c_.sessions.size(); ++i) m_.sessions.push_back(session(c_.sessions[i], i));
    for (Index i = 0; i < c_.procedures.size(); ++i) m_.procedures.push_back(procedure(c_.procedures[i], i));
    for (Index i = 0; i < c_.enquiries.size(); ++i) m_.enquiries.push_back(enquiry(c_.enquiries[i], i));
    for (const hir::Endpoint& endpoint : c_.endpoints) m_.endpoints.push_back(lower(endpoint));
    for (Index i = 0; i < c_.callbacks.size(); ++i) m_.callbacks.push_back(callback(c_.callbacks[i], i));
  }

 private:
  void market() {
    m_.market.country = l_.text(c_.market.country);
    m_.market.currency = l_.text(c_.market.currency);
    m_.market.decimals = c_.market.decimals;
    m_.market.zone = l_.text(c_.market.zone);
    m_.market.numbers = l_.text(c_.market.numbers);
  }

  Setting lower(const hir::Setting& from) {
    Setting to;
    to.name = l_.text(from.name);
    to.type = from.type;
    to.many = from.many;
    to.has_value = from.has_value;
    if (!from.has_value) return to;
    if (!from.many) {
      to.value = l_.constant(from.values.front());
      return to;
    }
    std::string joined;  // as a deployment would give them: separated by commas
    for (const hir::Constant& value : from.values) joined += (joined.empty() ? "" : ",") + value.text;
    to.value = l_.intern.constant_text(joined);
    return to;
  }

  Link lower(const hir::Link& from) {
    Link to;
    to.name = l_.text(from.name);
    to.base_setting = from.base_setting;
    to.base_literal = l_.text(from.base_literal);
    to.connect_ms = from.connect_ms;
    to.answer_ms = from.answer_ms;
    to.limit = from.limit;
    to.limit_window_ms = from.limit_window_ms;
    to.secrets = from.secrets;
    to.certificate = from.certificate;
    to.key = from.key;
    to.authority = from.authority;
    std::sort(to.secrets.begin(), to.secrets.end());
    return to;
  }

  Table lower(const hir::Table& from) {
    Table to;
    to.name = l_.text(from.name);
    to.key = from.key;
    for (const hir::Row& row : from.rows)
      to.rows.push_back({l_.constant(row.key), row.range ? l_.constant(row.upto) : kNone, row.pattern, plain_target(l_, row.target)});
    if (from.other) to.other = plain_target(l_, *from.other);
    return to;
  }

  std::vector<Field> fields(const std::vector<hir::Param>& params) {
    std::vector<Field> result;
    for (const hir::Param& param : params) result.push_back(l_.field(param));
    return result;
  }

  Session session(const hir::Session& from, Index index) {
    Session to;
    to.name = l_.text(from.name);
    to.parameters = fields(from.params);
    to.value = from.value;
    SliceWriter slice(l_, SliceKind::step, Slice::FrameOf::session, index);
    slice.use_lets(from.lets);
    for (uint32_t i = 0; i < from.lets.size(); ++i) slice.compute_let(i);
    to.exchange = lower_send(l_, slice, from.send, {Slice::FrameOf::session, index, from.name});
    to.slice = slice.finish(from.span);
    return to;
  }

  Procedure procedure(const hir::Procedure& from, Index index) {
    Procedure to;
    to.name = l_.text(from.name);
    to.moves_money = from.moves_money;
    to.arguments = fields(from.arguments);
    for (const hir::Keep& keep : from.keeps) to.keeps.push_back({l_.intern.text(keep.name), keep.type});
    for (const hir::Step& step : from.steps) to.steps.push_back(lower(step, from, index));
    return to;
  }

  Step lower(const hir::Step& from, const hir::Procedure& procedure, Index index) {
    Step to;
    to.name = l_.text(from.name);
    to.parameters = fields(from.params);
    SliceWriter slice(l_, SliceKind::step, Slice::FrameOf::procedure, index);
    slice.use_lets(from.lets);
    for (const hir::Statement& statement : from.statements) {
      if (statement.keep) slice.compute_keep(statement.index, procedure.keeps[statement.index].value);
      else slice.compute_let(statement.index);
    }
    if (from.send) to.exchange = lower_send(l_, slice, *from.send, {Slice::FrameOf::procedure, index, procedure.name});
    else slice.end(*from.awaits);
    to.slice = slice.finish(from.span);
    if (from.doubt) {
      SliceWriter doubt(l_, SliceKind::doubt, Slice::FrameOf::procedure, index);
      doubt.end(*from.doubt);
      to.doubt = doubt.finish(from.doubt->span);
    }
    return to;
  }

  Enquiry enquiry(const hir::Enquiry& from, Index index) {
    Enquiry to;
    to.name = l_.text(from.name);
    to.about = from.about;
    to.parameters = fields(from.params);
    to.every_ms = from.every_ms;
    SliceWriter slice(l_, SliceKind::step, Slice::FrameOf::enquiry, index);
    slice.use_lets(from.lets);
    for (uint32_t i = 0; i < from.lets.size(); ++i) slice.compute_let(i);
    to.exchange = lower_send(l_, slice, from.send, {Slice::FrameOf::enquiry, index, from.name});
    to.slice = slice.finish(from.span);
    return to;
  }

  Verify lower(const hir::Verify& from) {
    Verify to{from.kind, from.settings, l_.text(from.grounds.because), l_.text(from.grounds.cites)};
    if (from.kind != VerifyKind::declared) return to;
    Target holds;
    holds.kind = TargetKind::nothing;
    SliceWriter slice(l_, SliceKind::verify, Slice::FrameOf::none, kNone);
    for (const hir::Expr& need : from.needs) slice.expect_true(need);
    slice.end(holds);
    to.slice = slice.finish(from.span);
    if (!from.provable) return to;
    SliceWriter proof(l_, SliceKind::auth, Slice::FrameOf::auth, kNone);
    for (const hir::QueryItem& item : from.proof_query) proof.add_query(item.name, item.value);
    for (const hir::Header& header : from.proof_headers) proof.add_header(header.name, header.value);
    proof.end(holds);
    to.proof = proof.finish(from.span);
    return to;
  }

  Endpoint lower(const hir::Endpoint& from) {
    Endpoint to;
    to.name = l_.text(from.name);
    for (const std::string& method : from.methods) to.methods.push_back(l_.intern.text(method));
    for (const hir::Verify& verify : from.verify) to.verify.push_back(lower(verify));
    to.proves = from.proves;
    if (from.proves) l_.promise(PromiseKind::proves, from.name, from.proves_grounds);
    to.answer_status = from.answer_status;
    to.refused_status = from.refused_status;
    if (from.answer) to.answer_shape = l_.shape(*from.answer);
    to.redelivers = from.redelivers;
    return to;
  }

  // The key of a callback whose URL does not carry it is the hole of its match that has the key's name.
  Register key_register(const hir::Callback& from, SliceWriter& slice) {
    if (from.url_keyed || from.params.empty()) return kNoRegister;
    for (uint32_t i = 0; i < from.match->holes.size(); ++i) {
      if (from.match->holes[i].name != from.params[0].name) continue;
      hir::Expr hole;
      hole.kind = hir::ExprKind::hole;
      hole.index = i;
      hole.type = from.match->holes[i].type;
      hole.span = from.match->holes[i].span;
      return slice.compute(hole);
    }
    return kNoRegister;
  }

  Callback callback(const hir::Callback& from, Index index) {
    Callback to;
    to.name = l_.text(from.name);
    to.endpoint = from.endpoint;
    to.about = from.about;
    to.url_keyed = from.url_keyed;
    to.parameters = fields(from.params);
    if (from.match) {
      to.match_shape = l_.shape(*from.match);
      SliceWriter slice(l_, SliceKind::key, Slice::FrameOf::callback, index);
      slice.expect_equal_holes(*from.match, 0);
      to.key = key_register(from, slice);
      Target done;
      done.kind = to.key == kNoRegister ? TargetKind::nothing : TargetKind::answer;
      done.key = to.key;
      slice.end(done);
      to.match_slice = slice.finish(from.match->span);
    }
    to.arms = lower_arms(l_, from.arms, {Slice::FrameOf::callback, index, from.name});
    return to;
  }

  Lowering& l_;
  Module& m_;
  const hir::Carrier& c_;
};

}  // namespace

void lower_carrier(Lowering& lowering) { CarrierLowering(lowering).run(); }

Module lower(const hir::Workspace& workspace, uint32_t carrier, const SourceSet& sources, Sink& sink) {
  Lowering lowering(workspace, workspace.carriers[carrier], sources, sink);
  lower_carrier(lowering);
  canonicalize(lowering.module);
  return std::move(lowering.module);
}

}  // namespace tollgate
