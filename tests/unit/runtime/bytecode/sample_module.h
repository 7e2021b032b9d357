// A whole carrier by hand: a charge that is asked for, waited for and looked up, with a session, an enquiry and a callback. What the
// tests of the module format, the verifier, the loader and the VM work on.
#pragma once

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/intern.h"
#include "runtime/catalog/builtins.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

namespace tollgate {

class Sample {
 public:
  Module m;
  Interner pool{m};

  Sample() { declare(), messages(), outcomes(), code(), canonicalize(m); }

  // Which slices do what, after construction.
  Index step_slice = 0, accepted_slice = 0, doubt_slice = 0, status_slice = 0, found_slice = 0, refused_slice = 0, auth_slice = 0,
        session_slice = 0, session_arm = 0, paid_slice = 0;

 private:
  using I = Instruction;

  Index text(std::string_view s) { return pool.text(s); }
  static Type type(Kind kind, Labels labels = kPublic, bool optional = false) { return {kind, optional, labels, Kind::missing}; }

  void declare() {
    m.carrier = text("mtn_ug");
    m.family = text("mtn_momo");
    m.market = {text("UG"), text("UGX"), 0, text("Africa/Kampala"), text("+256 XXX XXX XXX")};
    m.settings = {{text("base"), type(Kind::url), false, false, kNone}, {text("api_key"), type(Kind::secret, kSecret), false, false, kNone}};
    Link link;
    link.name = text("api");
    link.base_setting = 0;
    link.secrets = {1};
    m.links = {link};
    Procedure charge;
    charge.name = text("charge");
    charge.moves_money = true;
    charge.arguments = {{text("user.msisdn"), type(Kind::msisdn, kPersonal)}, {text("amount"), type(Kind::money)}, {text("order.id"), type(Kind::text, kPublic, true)}};
    charge.keeps = {{text("ref"), type(Kind::uuid)}};
    m.procedures = {charge};
    m.reasons = {{text("insufficient_funds"), true, About::payment}, {text("carrier_error"), false, About::payment}, {text("rejected_request"), false, About::call}};
    m.costs.resize(1);
  }

  void messages() {
    using namespace notation;
    body_ = shape(m, pool, ShapeRoot::json,
                  object({member("amount", hole("amount")), member("externalId", hole("ref")),
                          member("payer", object({member("partyIdType", literal("MSISDN")), member("partyId", hole("msisdn"))})), optional("note", hole("note"))}));
    path_ = shape(m, pool, ShapeRoot::path, notation::text({literal("/collection/v1_0/requesttopay/"), hole("ref")}));
    paid_ = shape(m, pool, ShapeRoot::json,
                  object({member("status", literal("SUCCESSFUL")), member("amount", hole("paid", Reader::decimal_text)), member("externalId", hole("ref")),
                          member("financialTransactionId", hole("txn"))}));
    failed_ = shape(m, pool, ShapeRoot::json, object({member("status", literal("FAILED")), member("reason", hole("word"))}));
    token_ = shape(m, pool, ShapeRoot::json, object({member("access_token", hole("token", Reader::secret, kSecret)), member("expires_in", hole("lifetime", Reader::duration_seconds))}));
    pause_ = shape(m, pool, ShapeRoot::text, hole("pause", Reader::duration_seconds_text));
  }

  Index target(Target t) {
    m.targets.push_back(std::move(t));
    return static_cast<Index>(m.targets.size() - 1);
  }
  static Target target_of(TargetKind kind) {
    Target t;
    t.kind = kind;
    return t;
  }

  void outcomes() {
    Table reasons;
    reasons.name = text("reason");
    Row funds;
    funds.key = pool.constant_text("NOT_ENOUGH_FUNDS");
    funds.target = target_of(TargetKind::decline);
    funds.target.reason = text("insufficient_funds");
    Row error = funds;
    error.key = pool.constant_text("INTERNAL_PROCESSING_ERROR");
    error.target = target_of(TargetKind::fail);
    error.target.reason = text("carrier_error");
    reasons.rows = {funds, error};
    m.tables = {reasons};
    Target waits = target_of(TargetKind::await);
    Proof callback{ProofKind::callback, 0, {1}, 0, kNone}, enquiry{ProofKind::enquiry, 0, {1}, 0, kNone};
    waits.proofs = {callback, enquiry};
    waits.within_ms = 600000;
    await_ = target(waits);
    Target doubt = target_of(TargetKind::doubt);
    doubt.proofs = {enquiry};
    doubt_ = target(doubt);
    Target paid = target_of(TargetKind::succeed);
    paid.carrier_ref = 3;
    paid.paid = 4;
    success_ = target(paid);
    Target table = target_of(TargetKind::table);
    table.index = 0;
    table.key = 1;
    table.code = 1;
    word_ = target(table);
    Target rejected = target_of(TargetKind::fail);
    rejected.reason = text("rejected_request");
    rejected_ = target(rejected);
    Target session = target_of(TargetKind::session_value);
    session.key = 1;
    session.after = 2;
    session_ = target(session);
    nothing_ = target(target_of(TargetKind::nothing));
  }

  Index slice(SliceKind kind, Slice::FrameOf frame, Index owner, uint8_t registers, std::vector<I> code, bool impure = false) {
    Slice s;
    s.kind = kind;
    s.frame = frame;
    s.owner = owner;
    s.registers = registers;
    s.impure = impure;
    s.begin = static_cast<uint32_t>(m.code.size());
    for (I in : code) m.code.push_back(in.word);
    s.end = static_cast<uint32_t>(m.code.size());
    m.slices.push_back(s);
    return static_cast<Index>(m.slices.size() - 1);
  }
  static Arm arm(uint16_t status, Index shape, Index slice) {
    Arm a;
    a.statuses = {{status, status}};
    a.shape = shape;
    a.slice = slice;
    return a;
  }

  void code() {
    using F = Slice::FrameOf;
    auto k = [&](std::string_view s) { return pool.constant_text(s); };
    step_slice = slice(SliceKind::step, F::procedure, 0, 12,
                       {I::abc(Op::read_host, 0, static_cast<uint8_t>(HostRead::uuid)), I::ai(Op::keep, 0, 0),
                        I::ai(Op::argument, 3, 1), I::ai(Op::call, 2, BuiltinIds::money_decimal), I::abc(Op::move, 5, 2),
                        I::ai(Op::call, 4, BuiltinIds::decimal_text), I::abc(Op::move, 7, 4), I::abc(Op::move, 8, 0), I::ai(Op::argument, 9, 0),
                        I::ai(Op::argument, 10, 2), I::ai(Op::build, 6, body_), I::ai(Op::constant, 1, k("/collection/v1_0/requesttopay")), I::ai(Op::send, 0, 0)},
                       true);
    accepted_slice = slice(SliceKind::arm, F::procedure, 0, 2, {I::ai(Op::kept, 1, 0), I::ai(Op::end, 0, await_)});
    Index bad = slice(SliceKind::arm, F::procedure, 0, 2, {I::ai(Op::end, 0, rejected_)});
    doubt_slice = slice(SliceKind::doubt, F::procedure, 0, 2, {I::ai(Op::kept, 1, 0), I::ai(Op::end, 0, doubt_)});
    status_slice = slice(SliceKind::step, F::enquiry, 0, 4, {I::ai(Op::parameter, 1, 0), I::ai(Op::build, 0, path_), I::ai(Op::send, 0, 1)});
    found_slice = slice(SliceKind::arm, F::enquiry, 0, 8, found());
    refused_slice = slice(SliceKind::arm, F::enquiry, 0, 2, {I::ai(Op::hole, 1, 0), I::ai(Op::end, 0, word_)});
    auth_slice = slice(SliceKind::auth, F::auth, kNone, 4,
                       {I::ai(Op::constant, 1, k("Bearer ")), I::ai(Op::session, 2, 0), I::abc(Op::join, 0, 2), I::ai(Op::header, 0, k("Authorization")), I::ai(Op::end, 0, nothing_)});
    session_slice = slice(SliceKind::step, F::session, 0, 2, {I::ai(Op::constant, 0, k("/collection/token/")), I::ai(Op::send, 0, 2)});
    session_arm = slice(SliceKind::arm, F::session, 0, 3, {I::ai(Op::hole, 1, 0), I::ai(Op::hole, 2, 1), I::ai(Op::end, 0, session_)});
    paid_slice = slice(SliceKind::arm, F::callback, 0, 8, found());
    Index failed = slice(SliceKind::arm, F::callback, 0, 2, {I::ai(Op::hole, 1, 0), I::ai(Op::end, 0, word_)});
    connect(bad, failed);
  }

  // paid, ref and txn are bound; ref must be ours and paid becomes money of the market.
  std::vector<I> found() {
    return {I::ai(Op::hole, 1, 1),   I::ai(Op::kept, 2, 0),   I::abc(Op::expect_equal, 1, 2),
            I::ai(Op::hole, 5, 0),   I::ai(Op::market, 6, 1), I::ai(Op::call, 4, BuiltinIds::decimal_in),
            I::ai(Op::hole, 3, 2),   I::ai(Op::end, 0, success_)};
  }

  void connect(Index bad, Index failed_callback) {
    Exchange charge, status, token;
    charge.link = status.link = token.link = 0;
    charge.method = text("POST");
    charge.path = 1;
    charge.body_shape = body_;
    charge.body = 6;
    charge.content_type = text("application/json");
    charge.auth = status.auth = auth_slice;
    charge.sessions = status.sessions = {0};
    charge.has_once = true;
    charge.once = {0, 24ull * 3600 * 1000, 409, false, kNone};
    charge.moves_money = true;
    Arm repeat = arm(409, kNone, accepted_slice);
    repeat.repeat = true;
    Arm throttled = arm(400, kNone, bad);
    throttled.headers = {{text("Retry-After"), pause_, true}};
    charge.arms = {arm(202, kNone, accepted_slice), repeat, throttled};
    status.method = text("GET");
    status.path_shape = path_;
    status.path = 0;
    status.arms = {arm(200, paid_, found_slice), arm(200, failed_, refused_slice)};
    token.method = text("POST");
    token.path = 0;
    token.arms = {arm(200, token_, session_arm)};
    m.exchanges = {charge, status, token};
    m.procedures[0].steps = {{kNone, {}, step_slice, 0, doubt_slice, kNone, {}}};
    m.enquiries = {{text("status"), 0, {{text("ref"), type(Kind::uuid)}}, {5000, 15000, 60000}, status_slice, 1}};
    m.sessions = {{text("token"), {}, type(Kind::secret, kSecret), session_slice, 2, 0, 0, kNone, kNone, {}}};
    Endpoint hooks;
    hooks.name = text("hooks");
    hooks.methods = {text("PUT"), text("POST")};
    hooks.verify = {{VerifyKind::path_token, {}, kNone, kNone}};
    m.endpoints = {hooks};
    Callback paid;
    paid.name = text("paid");
    paid.endpoint = paid.about = 0;
    paid.parameters = {{text("ref"), type(Kind::uuid)}};
    Arm yes, no;
    yes.shape = paid_;
    yes.slice = paid_slice;
    no.shape = failed_;
    no.slice = failed_callback;
    paid.arms = {yes, no};
    m.callbacks = {paid};
  }

  Index body_ = 0, path_ = 0, paid_ = 0, failed_ = 0, token_ = 0, pause_ = 0;
  Index await_ = 0, doubt_ = 0, success_ = 0, word_ = 0, rejected_ = 0, session_ = 0, nothing_ = 0;
};

}  // namespace tollgate
