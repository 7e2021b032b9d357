// One carrier by hand: a session, a charge with a header reference and a callback URL, an enquiry, a callback that is a hint. What the compiler
// makes of a file much like the language brief's first example.
#pragma once

#include <algorithm>

#include "module_maker.h"
#include "runtime/bytecode/test_suite.h"
#include "runtime/load/program.h"

namespace tollgate::peer::making {

struct Wishes {
  bool once = true;        // the carrier promises to notice a repeated reference
  bool proves = false;     // its callbacks are proof
  bool immediate = false;  // it may answer at once: 200 { status: "SUCCESSFUL", txn }
};

class SmallCarrier {
 public:
  explicit SmallCarrier(Wishes wishes) : wishes_(wishes) {}

  // Not yet canonical: more may be added.
  Module& draft() {
    m.carrier = mk.t("small_ug");
    m.market.country = mk.t("UG");
    m.market.currency = mk.t("UGX");
    m.market.decimals = 0;
    m.market.zone = mk.t("Africa/Kampala");
    m.market.numbers = mk.t("+256 XXX XXX XXX");
    for (auto [name, declined] : {std::pair{"insufficient_funds", true}, {"user_refused", true}, {"rejected_request", false}, {"carrier_error", false}})
      m.reasons.push_back({mk.t(name), declined, About::payment});
    m.settings.push_back({mk.t("base"), Type{Kind::url, false, kPublic, Kind::missing}, false, false, kNone});
    Link link;
    link.name = mk.t("api");
    link.base_setting = 0;
    m.links.push_back(link);
    procedure();
    session();
    enquiry();
    callback();
    exchanges();
    return m;
  }
  Module make() {
    draft();
    canonicalize(m);
    return m;
  }

  ModuleMaker mk;
  Module& m = mk.m;

 private:
  using I = Instruction;
  static constexpr auto kProcedure = Slice::FrameOf::procedure;

  void procedure() {
    Procedure p;
    p.name = mk.t("charge");
    p.moves_money = true;
    p.arguments = {mk.field("user.msisdn", Kind::msisdn, kPersonal), mk.field("amount", Kind::money)};
    p.keeps = {mk.field("ref", Kind::uuid)};
    m.procedures.push_back(p);
    table();
  }

  void table() {
    Table t;
    t.name = mk.t("reason");
    t.key = Kind::text;
    auto row = [&](const char* word, TargetKind kind, const char* reason) {
      Row r;
      r.key = mk.in.constant_text(word);
      r.target = mk.plain(kind, reason);
      t.rows.push_back(r);
    };
    row("CANCELLED", TargetKind::decline, "user_refused");
    row("DELAYED", TargetKind::pending, "");
    row("NOT_ENOUGH", TargetKind::decline, "insufficient_funds");
    row("REJECTED", TargetKind::decline, "user_refused");
    row("SYSTEM", TargetKind::fail, "carrier_error");
    t.other = mk.plain(TargetKind::in_doubt);
    m.tables.push_back(t);
  }

  Exchange exchange(const char* method, Index path, Register path_register) {
    Exchange e;
    e.link = 0;
    e.method = mk.t(method);
    e.path_shape = path;
    e.path = path_register;
    return e;
  }

  void session() {
    Session s;
    s.name = mk.t("token");
    s.value = Type{Kind::secret, false, kSecret, Kind::missing};
    s.exchange = 1;
    Index path = mk.shape(ShapeRoot::path, text({lit("/token")}));
    s.slice = mk.slice(SliceKind::step, Slice::FrameOf::session, 0, {I::ai(Op::build, 0, path), I::ai(Op::send, 0, 1)});
    m.sessions.push_back(s);
    session_exchange = exchange("POST", path, 0);
    Index body = mk.shape(ShapeRoot::json, obj({mem("access_token", read("token", Reader::secret)), mem("expires_in", read("seconds", Reader::integer))}));
    Target value = mk.plain(TargetKind::session_value);
    value.key = 0;
    value.after = 2;
    session_exchange.arms.push_back(mk.arm({{200, 200}}, body, Slice::FrameOf::session, 0,
                                           {I::ai(Op::hole, 0, 0), I::ai(Op::hole, 3, 1), I::ai(Op::call, 2, BuiltinIds::integer_seconds)}, value));
  }

  // The three readings of a payment, with holes in this order.
  std::vector<Arm> readings(Slice::FrameOf frame, Index owner, std::vector<StatusRange> statuses) {
    Index success = mk.shape(ShapeRoot::json, obj({mem("status", lit("SUCCESSFUL")), mem("amount", read("paid", Reader::decimal_text)),
                                                   mem("currency", same_as("amount.currency")), mem("externalId", same_as("ref")), mem("txn", read("txn"))}));
    Index pending = mk.shape(ShapeRoot::json, obj({mem("status", lit("PENDING"))}));
    Index failed = mk.shape(ShapeRoot::json, obj({mem("status", lit("FAILED")), mem("reason", read("word"))}));
    Target paid = mk.plain(TargetKind::succeed);
    paid.carrier_ref = 0;
    paid.paid = 1;
    Target by_reason = mk.plain(TargetKind::table);
    by_reason.index = 0;
    by_reason.key = 0;
    std::vector<Instruction> take = {
        I::ai(Op::argument, 10, 1), I::abc(Op::move, 12, 10), I::ai(Op::call, 11, BuiltinIds::money_currency),
        I::ai(Op::hole, 13, 1), I::abc(Op::expect_equal, 13, 11),
        I::ai(Op::kept, 14, 0), I::ai(Op::hole, 15, 2), I::abc(Op::expect_equal, 15, 14),
        I::ai(Op::hole, 2, 0), I::ai(Op::market, 3, 1), I::ai(Op::call, 1, BuiltinIds::decimal_in), I::ai(Op::hole, 0, 3)};
    return {mk.arm(statuses, success, frame, owner, take, paid), mk.arm(statuses, pending, frame, owner, {}, mk.plain(TargetKind::pending)),
            mk.arm(statuses, failed, frame, owner, {I::ai(Op::hole, 0, 0)}, by_reason)};
  }

  void enquiry() {
    Enquiry e;
    e.name = mk.t("status");
    e.about = 0;
    e.parameters = {mk.field("ref", Kind::uuid)};
    e.every_ms = {5000, 15000, 60000};
    e.exchange = 2;
    Index path = mk.shape(ShapeRoot::path, text({lit("/pay/"), from("ref", Kind::uuid)}));
    e.slice = mk.slice(SliceKind::step, Slice::FrameOf::enquiry, 0, {I::ai(Op::parameter, 1, 0), I::ai(Op::build, 0, path), I::ai(Op::send, 0, 2)});
    m.enquiries.push_back(e);
    enquiry_exchange = exchange("GET", path, 0);
    enquiry_exchange.arms = readings(Slice::FrameOf::enquiry, 0, {{200, 200}});
    Index missing = mk.shape(ShapeRoot::json, obj({mem("code", lit("NOT_FOUND"))}));
    Target absent_target = mk.plain(TargetKind::absent);
    absent_target.within_ms = 120000;
    enquiry_exchange.arms.push_back(mk.arm({{404, 404}}, missing, Slice::FrameOf::enquiry, 0, {}, absent_target));
    with_token(enquiry_exchange);
  }

  void with_token(Exchange& e) {
    Index authorization = mk.in.constant_text("Authorization");
    Index bearer = mk.in.constant_text("Bearer ");
    Target nothing = mk.plain(TargetKind::nothing);
    e.auth = mk.slice(SliceKind::auth, Slice::FrameOf::auth, kNone,
                      {I::ai(Op::constant, 1, bearer), I::ai(Op::session, 2, 0), I::abc(Op::join, 0, 2), I::ai(Op::header, 0, authorization),
                       I::ai(Op::end, 0, mk.target(nothing))});
    e.sessions = {0};
  }

  void callback() {
    Endpoint e;
    e.name = mk.t("hooks");
    e.methods = {mk.t("POST")};
    Verify v;
    v.kind = VerifyKind::path_token;
    e.verify = {v};
    e.proves = wishes_.proves;
    m.endpoints.push_back(e);
    Callback c;
    c.name = mk.t("paid");
    c.endpoint = 0;
    c.about = 0;
    c.parameters = {mk.field("ref", Kind::text)};
    c.match_shape = mk.shape(ShapeRoot::json, obj({mem("externalId", same_as("ref"))}));
    c.match_slice = mk.slice(SliceKind::key, Slice::FrameOf::callback, 0,
                             {I::ai(Op::parameter, 0, 0), I::ai(Op::hole, 1, 0), I::abc(Op::expect_equal, 1, 0), I::ai(Op::end, 0, mk.target(mk.plain(TargetKind::nothing)))});
    c.arms = readings(Slice::FrameOf::callback, 0, {});
    m.callbacks.push_back(c);
  }

  Index charge_body() {
    return mk.shape(ShapeRoot::json, obj({mem("amount", from("amount.decimal.text")), mem("currency", from("amount.currency", Kind::currency)),
                                          mem("externalId", from("ref", Kind::uuid)),
                                          mem("payer", obj({mem("type", lit("MSISDN")), mem("id", from("user.msisdn.digits"))}))}));
  }

  void exchanges() {
    Index path = mk.shape(ShapeRoot::path, text({lit("/pay")}));
    Index body = charge_body();
    Index reference = mk.shape(ShapeRoot::text, from("ref", Kind::uuid));
    Index url = mk.shape(ShapeRoot::text, from("url of paid(ref)", Kind::url));
    Exchange e = exchange("POST", path, 1);
    e.body_shape = body;
    e.body = 8;
    e.headers = {{mk.t("X-Reference-Id"), reference, 2}, {mk.t("X-Callback-Url"), url, 5}};
    e.moves_money = true;
    e.has_once = wishes_.once;
    e.once.keep = 0;
    e.once.window_ms = 24ull * 3600 * 1000;
    e.once.repeat_status = 409;
    with_token(e);
    Step s;
    s.exchange = 0;
    s.slice = mk.slice(SliceKind::step, kProcedure, 0,
                       {I::abc(Op::read_host, 0, 1, 0), I::ai(Op::keep, 0, 0), I::ai(Op::build, 1, path),
                        I::abc(Op::move, 3, 0), I::ai(Op::build, 2, reference),
                        I::abc(Op::move, 6, 0), I::ai(Op::mint_url, 6, 0), I::ai(Op::build, 5, url),
                        I::ai(Op::argument, 20, 1), I::abc(Op::move, 23, 20), I::ai(Op::call, 22, BuiltinIds::money_decimal), I::ai(Op::call, 21, BuiltinIds::decimal_text),
                        I::abc(Op::move, 25, 20), I::ai(Op::call, 24, BuiltinIds::money_currency),
                        I::ai(Op::argument, 27, 0), I::ai(Op::call, 26, BuiltinIds::msisdn_digits),
                        I::abc(Op::move, 9, 21), I::abc(Op::move, 10, 24), I::abc(Op::move, 11, 0), I::abc(Op::move, 12, 26), I::ai(Op::build, 8, body),
                        I::ai(Op::send, 0, 0)}, 40, true);
    Target chain = mk.plain(TargetKind::doubt);
    chain.proofs = {proof(ProofKind::enquiry, 0)};
    s.doubt = mk.slice(SliceKind::doubt, kProcedure, 0, {I::ai(Op::kept, 0, 0), I::ai(Op::end, 0, mk.target(chain))});
    m.procedures[0].steps.push_back(s);
    charge_arms(e);
    m.exchanges = {e, session_exchange, enquiry_exchange};
  }

  Proof proof(ProofKind kind, Index index) {
    Proof p;
    p.kind = kind;
    p.index = index;
    p.arguments = {0};
    return p;
  }

  void charge_arms(Exchange& e) {
    Target wait = mk.plain(TargetKind::await);
    wait.proofs = {proof(ProofKind::callback, 0), proof(ProofKind::enquiry, 0)};
    wait.within_ms = 600000;
    if (wishes_.immediate) {
      Index body = mk.shape(ShapeRoot::json, obj({mem("status", lit("SUCCESSFUL")), mem("txn", read("txn"))}));
      Target paid = mk.plain(TargetKind::succeed);
      paid.carrier_ref = 0;
      paid.asked = true;
      e.arms.push_back(mk.arm({{200, 200}}, body, kProcedure, 0, {I::ai(Op::hole, 0, 0)}, paid));
    }
    Arm accepted = mk.arm({{202, 202}}, kNone, kProcedure, 0, {I::ai(Op::kept, 0, 0)}, wait);
    e.arms.push_back(accepted);
    if (wishes_.once) {
      Arm again = mk.arm({{409, 409}}, kNone, kProcedure, 0, {I::ai(Op::kept, 0, 0)}, wait);
      again.repeat = true;
      e.arms.push_back(again);
    }
    Index refused = mk.shape(ShapeRoot::json, obj({mem("code", read("code"))}));
    e.arms.push_back(mk.arm({{400, 400}}, refused, kProcedure, 0, {}, mk.plain(TargetKind::fail, "rejected_request")));
    if (!wishes_.once) return;
    Target renew = mk.plain(TargetKind::renew);
    renew.index = 0;
    e.arms.push_back(mk.arm({{401, 401}}, kNone, kProcedure, 0, {}, renew));
  }

  Wishes wishes_;
  Exchange session_exchange, enquiry_exchange;
};

inline Result<std::shared_ptr<const Program>> load_small(Wishes wishes = {}) { return Program::load(SmallCarrier(wishes).make()); }

}  // namespace tollgate::peer::making
