// HIR: one flattened carrier, everything resolved and typed. The resolver builds it, the checker judges it, lowering turns it into a Module.
//
// What is already done when a Carrier leaves the resolver, so that checker and lowering agree:
//  * family and carrier are merged (settings values, replace, extend); every name is an index or a value;
//  * `read R` and `on 202 | repeat` are expanded: Send::arms and Callback::arms are the flat list, in the order tried;
//  * `with` and `auth` are instantiated at each send: parameters are replaced by the arguments given; the link's headers come first;
//  * a procedure's `on doubt` stands in each of its steps that has none of its own;
//  * names bound as `code` and `said` are attached to the arm's target as evidence;
//  * types and labels of all expressions and holes are filled. Nothing fills them later.
//
// Lets. An expression of kind `let` refers to the list of the slice it stands in: in a Step's statements, path, query, headers and body it
// is Step::lets (Enquiry, Session: their own lets); in an Auth's headers and query it is Auth::lets. Arms, doubt and readings see no lets.
// Family-level lets are replaced by their value.
//
// A Workspace with errors in its sink may be incomplete; run check() on it all the same, but never lower it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/hir/expr.h"

namespace tollgate::hir {

// A word of the file with the place where it stands.
struct Named {
  std::string name;
  Span span;
};

// `because "…" cites "…"`; absent parts are empty. Several citations are joined by "; ".
struct Grounds {
  std::string because, cites;
  Span because_span, cites_span;
};

// A `cites` of the file, for the report of all citations. `document`, `version` and `dated` are the declared document's unless the line says its own.
struct Citation {
  std::string text, document, version, dated, digest;
  bool unconfirmed = false;
  std::string owner, where;        // "mtn_momo", "procedure charge"
  Span span;
};

struct Param {
  std::string name;
  Type type;
  Span span;
};

// ---- the model ----------------------------------------------------------------------------------------------------------------

struct ModelReason {
  std::string name;
  bool declined = false;
  About about = About::payment;
  Span span;
};

struct ModelAction {
  std::string name;
  bool moves_money = false;
  bool back = false;             // `moves money back`
  std::vector<Param> arguments;  // flattened: "user.msisdn", "amount", "order.id"
  Span span;
};

struct Model {
  std::vector<ModelReason> reasons;
  std::vector<ModelAction> actions;
};

struct MarketFacts {
  std::string country, currency, zone, numbers;  // "UG", "UGX", "Africa/Kampala", "+256 XXX XXX XXX"
  uint8_t decimals = 2;
  uint64_t step = 1;             // of the last digit
  Span span;
  bool known = false;
};

// ---- settings, links, sessions, auth -----------------------------------------------------------------------------------------

struct Setting {
  std::string name;
  Type type;                      // of one element when `many`
  bool many = false;
  std::vector<Constant> values;   // given by family or carrier: one, or any number when `many`; empty: comes from the deployment
  bool has_value = false;
  bool used = false;
  std::string deprecated;         // what to use instead
  Span span;
};

struct Let {
  std::string name;
  Expr value;
  bool used = false;
  Span span;
};

struct Header {
  std::string name;
  Expr value;             // typed Text, Secret or sealed text
  Span span;
};

struct QueryItem {
  std::string name;
  Expr value;
  Span span;
};

// `exposing settings.psw because "…"`: a secret that may stand in this request's query.
struct Exposure {
  std::string origin;      // of the secret
  Grounds grounds;
  Span span;
  bool used = false;
};

// What runs for every transmission, after the body is frozen: the link's headers, then every `with`.
struct Auth {
  std::vector<Named> uses;         // "bearer", "stk"
  std::vector<Let> lets;
  std::vector<Header> headers;
  std::vector<QueryItem> query;
  std::vector<uint32_t> sessions;  // Carrier::sessions that the headers or query read, each once
  std::vector<Exposure> exposes;   // and those of the send itself
};

struct Link {
  std::string name;
  uint32_t base_setting = kNone;   // Carrier::settings
  std::string base_literal;
  uint64_t connect_ms = 3000, answer_ms = 20000;
  uint32_t limit = 0;
  uint64_t limit_window_ms = 0;
  uint32_t certificate = kNone, key = kNone, authority = kNone;  // Carrier::settings
  std::vector<uint32_t> secrets;   // Carrier::settings that may leave through it: all that its headers and its sends' with and body name
  bool used = false;
  Span span;
};

// ---- targets and arms ---------------------------------------------------------------------------------------------------------

struct Proof {
  ProofKind kind = ProofKind::manual;
  uint32_t index = kNone;          // Carrier::enquiries or Carrier::callbacks
  std::string name;                // as written; input: the name asked for
  std::vector<Expr> arguments;
  bool has_within = false;
  uint64_t within_ms = 0;          // 0: the default
  Span within_span;
  Grounds grounds;                 // manual
  bool poisoned = false;           // its name was reported already
  Span span;
};

// tollgate::Target with expressions for registers. TargetKind means what it means there.
struct Target {
  TargetKind kind = TargetKind::in_doubt;
  std::string reason;              // decline, fail
  uint32_t index = kNone;          // table, step (of the procedure), session (renew)
  std::string name;                // as written
  std::optional<Expr> carrier_ref, paid;
  bool ref_none = false;           // `carrier_ref: none`
  bool asked = false;              // `paid: asked`
  std::optional<Expr> after;       // fail: pause; session_value: lifetime
  std::optional<Expr> key;         // table key; session value
  std::optional<Expr> code, said;  // evidence
  std::vector<Expr> arguments;     // step
  std::vector<Proof> proofs;       // await: a race; doubt: a chain
  bool has_within = false;
  uint64_t within_ms = 0;          // await, absent
  Span within_span;
  Grounds grounds;
  Span span;                       // the target's words
  bool poisoned = false;           // reported already
};

struct HeaderPattern {
  std::string name;
  Shape shape;                     // root `text`
  bool optional = false;
  Span span;
};

struct Arm {
  ArmHead head = ArmHead::status;
  ArmReads reads = ArmReads::whole;
  std::vector<StatusRange> statuses;  // empty in a callback; for `repeat` the statuses that `once per` declares
  std::vector<Span> status_spans;
  bool repeat = false;
  bool first_only = false;         // `=> renew` in a money send
  bool of_link = false;            // the link's: tried after the send's own
  bool by_other = false;           // the row `other` of a `by`
  std::vector<HeaderPattern> headers;
  std::optional<Shape> shape;
  bool empty_body = false;         // `empty`
  std::vector<Expr> guard;         // Bool, all must hold
  Target target;
  std::string reading;             // the reading it came from, or empty
  Span read_span;                  // `read R` that brought it here
  Grounds grounds;                 // cites before the arm
  std::string doc;
  Span span;                       // the head and what it matches, without the target

  // The holes as the `hole` opcode counts them: the body's, then each header's.
  const Hole* hole(uint32_t index) const;
  uint32_t hole_count() const;
};

// ---- sends --------------------------------------------------------------------------------------------------------------------

struct Once {
  uint32_t keep = kNone;           // Procedure::keeps
  uint64_t window_ms = 0;
  std::vector<uint16_t> repeat_statuses;
  bool original = false;
  Grounds grounds;
  Span span;
};

// `priced by product.id because "…" cites "…"`: the carrier takes the price of this value; the amount need not be sent.
struct Priced {
  Expr value;
  Grounds grounds;
  Span span;
};

struct Send {
  uint32_t link = kNone;
  std::string method;
  Shape path;                      // root `path`, node `text`: literals and holes
  std::optional<Shape> query, body;
  std::vector<Header> headers;     // the send's own: part of the frozen message
  Auth auth;
  std::optional<Once> once;
  std::optional<Priced> priced;
  std::vector<Arm> arms;
  bool moves_money = false;
  bool poisoned = false;           // a part of it was reported: rules about what it lacks are silent
  Span span;                       // `send api POST "/path"`
};

// ---- procedures and the rest ---------------------------------------------------------------------------------------------------

// A keep or let, in the order written. A keep is Procedure::keeps[index], a let Step::lets[index] (its value stands there too).
struct Statement {
  bool keep = false;
  uint32_t index = 0;
};

struct Keep {
  std::string name;
  Type type;
  Expr value;                      // lets in it are those of step `step`
  uint32_t step = 0;
  bool used = false;
  Span span;
};

struct Step {
  std::string name;                // empty for the entry
  std::vector<Param> params;
  std::vector<Let> lets;
  std::vector<Statement> statements;
  std::optional<Send> send;
  std::optional<Target> awaits;    // kind await: a step without a send
  std::optional<Target> doubt;     // kind doubt
  bool doubt_inherited = false;
  bool used = false;
  Span span;                       // its name, or the procedure's
};

struct Procedure {
  std::string name;                // the model's action
  uint32_t action = kNone;         // Model::actions
  bool moves_money = false;
  std::vector<Param> arguments;
  std::vector<Keep> keeps;
  std::vector<Step> steps;         // steps[0] is the entry
  Span span;
};

struct Enquiry {
  std::string name;
  uint32_t about = kNone;          // Carrier::procedures
  std::vector<Param> params;
  std::vector<uint64_t> every_ms;
  std::vector<Span> every_spans;
  std::vector<Let> lets;
  Send send;
  bool used = false;
  Span span;
};

struct Session {
  std::string name;
  std::vector<Param> params;
  Type value;
  std::vector<Let> lets;
  Send send;
  bool used = false;
  Span span;
};

// What is declared: `lets` are computed, then every `needs` must hold. `proof_headers` and `proof_query` are what a carrier must add to a message so
// that they do; `provable` is false where that cannot be told from the needs.
struct Verify {
  VerifyKind kind = VerifyKind::nothing;
  std::vector<uint32_t> settings;
  std::string name;
  std::vector<Let> lets;
  std::vector<Expr> needs;
  bool provable = false;
  std::vector<Header> proof_headers;
  std::vector<QueryItem> proof_query;
  Grounds grounds;
  Span span;
};

struct Endpoint {
  std::string name;
  std::vector<std::string> methods;
  std::vector<Verify> verify;
  bool proves = false;
  Grounds proves_grounds;
  uint16_t answer_status = 200, refused_status = 401;
  std::optional<Shape> answer;     // builds; no holes but constants
  int32_t redelivers = -1;
  bool used = false;
  Span span;
};

struct Callback {
  std::string name;
  uint32_t endpoint = kNone;
  uint32_t about = kNone;          // Carrier::procedures
  bool url_keyed = true;
  std::vector<Param> params;       // the key
  std::optional<Shape> match;
  std::vector<Arm> arms;
  bool used = false;
  Span span;
};

struct Row {
  Constant key, upto;
  bool range = false;
  bool pattern = false;            // `key` is a text pattern of the module: see Row there
  Target target;
  Span span;
};

// A code table. Shape readings leave no trace but their arms.
struct Table {
  std::string name;
  Kind key = Kind::text;
  std::vector<Row> rows;
  std::optional<Target> other;
  bool used = false;
  Span span;
};

// `shape NAME(params) = …`. What spreads it holds its members; it leaves no other trace.
struct NamedShape {
  std::string name;
  bool used = false;
  Span span;
};

struct Carrier {
  std::string name, family;
  std::string version;             // `version "2026.3"`, a label for people; empty when the file says none
  std::vector<Citation> citations; // of the family, what it is of, and the carrier itself
  bool is_family = false;          // a family that no carrier uses: checked alone, never lowered
  uint32_t edition = 1;
  MarketFacts market;
  std::vector<Setting> settings;
  std::vector<Link> links;
  std::vector<Session> sessions;
  std::vector<Table> tables;
  std::vector<NamedShape> shapes;
  std::vector<Procedure> procedures;
  std::vector<Enquiry> enquiries;
  std::vector<Endpoint> endpoints;
  std::vector<Callback> callbacks;
  Span span;
};

// ---- tests --------------------------------------------------------------------------------------------------------------------

enum class TestStepKind : uint8_t {
  start,            // procedure `index` of the carrier with `fields`
  expect_request,   // `send`'s method, path, headers and shape: path holes are compared, the shape is matched
  expect_outcome,   // `target`
  expect_suspended, // a person's queue
  expect_none,      // no request
  reply,            // status, `built_headers`, `body`
  lose_reply,
  lose_request,
  after,            // time passes: `ms`
  callback,         // Carrier::callbacks[index] with `body`; `forge`: with a wrong proof
  restart,
  slow,             // `ms`
  twice,
  input,            // `name`, `value`
  cut,              // of the reply that follows, only the first `ms` bytes come
  refuse_connection,
  recorded,         // the exchanges of the file `name`
};

struct TestField {
  std::string name;   // dotted argument path: `user: +256…` is "user.msisdn"
  Expr value;         // constant
  Span span;
};

struct TestStep {
  TestStepKind kind = TestStepKind::restart;
  uint32_t index = kNone;
  std::string name;
  uint64_t ms = 0;                        // `after 40s STEP`: an `after` step, then STEP
  std::vector<TestField> fields;
  std::string method;
  std::optional<Shape> path;              // builds; holes hold `charge.ref`
  std::vector<HeaderPattern> headers;     // expect
  std::optional<Shape> body;              // expect: matches; reply, callback: builds
  bool empty_body = false;
  uint16_t status = 0;
  std::vector<Header> built_headers;
  std::optional<Target> target;           // succeeded {carrier_ref, paid} as expressions; declined, failed, pending, in_doubt, manual (kind doubt)
  bool forge = false;
  std::optional<Expr> value;
  Span span;
};

struct TestCase {
  std::string name;
  uint32_t carrier = kNone;               // Workspace::carriers
  uint32_t procedure = kNone;             // what `start` started; expressions in scope are its arguments and keeps
  bool with_restarts = false;
  std::vector<std::pair<std::string, Constant>> settings;  // of `given`
  std::vector<TestStep> steps;
  Span span;
};

// `always captured <= asked`: what a property compares. Amounts are in the currency's smallest unit.
enum class Quantity : uint8_t {
  number,    // `value`
  asked,     // what the merchant asked for
  captured,  // what the carrier took, by its own books
  paid,      // what our outcome says was paid
  charges,   // how many payments the carrier took
};
struct Always {
  enum class Is : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal } is = Is::equal;
  Quantity left = Quantity::number, right = Quantity::number;
  int64_t left_value = 0, right_value = 0;
  std::string text;  // as written
  Span span;
};

struct Property {
  std::string name;
  uint32_t carrier = kNone;               // Workspace::carriers
  uint32_t procedure = kNone;
  uint32_t faults = 0, runs = 0;          // runs 0: as many as the runner does by itself
  std::vector<std::pair<std::string, Constant>> settings;
  std::vector<TestField> fields;          // what is not drawn
  std::vector<Always> always;
  Span span;
};

struct Workspace {
  Model model;
  std::vector<Carrier> carriers;
  std::vector<TestCase> tests;
  std::vector<Property> properties;
};

// Readable form of a whole workspace, one fact a line; for `tollgate dump` and tests.
std::string dump(const Workspace& workspace);

}  // namespace tollgate::hir
