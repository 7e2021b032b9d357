// Module: what the compiler makes of one carrier and the only thing the runtime ever executes. Plain data, no pointers; indices are
// into the module's own vectors. `encode` is canonical: equal source modulo comments gives equal bytes and so an equal hash on any
// machine; `decode` + `verify` make hostile bytes harmless. docs/reference/module.md is generated from `describe` in describe.h.
//
// How it fits together. A Procedure is a list of Steps. A Step's slice (pure code) computes what the step needs and ends in exactly one
// effect: `send` (an Exchange) or `end` (a Target). An Exchange's reply selects one Arm; the arm's slice runs and ends in a Target. Targets
// say what comes next: an outcome, another step, a wait, doubt's chain of proofs. Enquiries, sessions and callbacks use the same parts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/value/value.h"

namespace tollgate {

using Index = uint32_t;
constexpr Index kNone = 0xffffffffu;
using Register = uint8_t;          // 0..kRegistersMax-1
constexpr Register kNoRegister = 0xff;
constexpr int kRegistersMax = 240;
constexpr uint32_t kModuleAbi = 2;

// ---- types --------------------------------------------------------------------------------------------------------------------

// A value's static type. `element` for lists.
struct Type {
  Kind kind = Kind::text;
  bool optional = false;
  Labels labels = kPublic;
  Kind element = Kind::missing;
};

struct Field {  // an argument, kept value, step parameter or setting; `name` may be dotted: "user.msisdn"
  Index name = kNone;  // texts
  Type type;
};

// ---- constants ----------------------------------------------------------------------------------------------------------------

struct Constant {  // text-like payload in texts[text]; others in the integer fields
  Kind kind = Kind::text;
  Index text = kNone;
  int64_t integer = 0;
  uint8_t scale = 0;
  uint32_t currency = 0;
};

// ---- shapes -------------------------------------------------------------------------------------------------------------------

// One notation both ways. `load` derives from it: a builder (append operations), a matcher (one pass over the input into slots, shared by all
// arms), the generator of property tests, and the peer (the carrier's side).
enum class ShapeRoot : uint8_t {
  json, form, query, xml, text, path, multipart, bytes,
  csv,       // one row: a record below a header line, or a list by position; Shape::format
  lines,     // a list of lines, or a record of "name=value" lines; Shape::format
  fixed,     // one text whose holes all have a width and are padded to it
};

enum class NodeKind : uint8_t {
  object,    // children: member…
  member,    // name, ns, flags; one child
  list,      // children: elements in order; flag `open` when `..` allows more
  pairs,     // name = key field, ns = value field (texts); children: member…
  literal,   // constant; selects by kind and value
  null,      // JSON null; selects
  missing,   // must be absent; selects
  any,       // `_`: present and not null; selects
  hole,      // hole index; building: the value in its register; matching: kind selects, the reader asserts
  alternatives,  // children: literals / null / missing / hole (last); first that selects
  codec,     // codec id (none: the bytes themselves); the first child is decoded or encoded as a whole: base64 json { … }; `root` says how it is
             // written, `ns` in which format. Then the codec's arguments: literal, hole (building) or setting (matching)
  text,      // children: literal and hole parts, in order: "OK:{id}"
  setting,   // value: setting; an argument of a codec that is matched, since a match has no holes before it is made
  repeat,    // in a list that is built: one child, written once for each element of the list that fills hole `value`. A match takes any list there
};

enum ShapeFlag : uint8_t {
  kOptional = 1,      // label?: may be missing; built only when its hole is present
  kAttribute = 2,     // @label in xml
  kAnyNamespace = 4,  // *:label in xml
  kOpen = 8,          // list with `..` at its end
  kFront = 16,        // list with `..` at its start: with kOpen the only element that fits, without it the last
  kEach = 32,         // list whose elements are rows: one child, which each of them is put to alone; at the top of csv, lines, text, fixed
};

struct ShapeNode {
  NodeKind kind = NodeKind::object;
  uint8_t flags = 0;
  ShapeRoot root = ShapeRoot::json;  // codec nodes: how the child's bytes are written
  Index name = kNone;                // member label; pairs key field; codec id (codecs.def order)
  Index ns = kNone;                  // xml namespace URI (texts); pairs value field; codec: format of the child
  Index value = kNone;               // literal: constant; hole: hole index; setting: setting
  uint32_t size = 0;                 // a hole in a text: how many characters it has; 0: up to the next literal
  std::vector<Index> children;       // indices into Shape::nodes, all greater than this node's own index
};

// What fills or comes out of a hole. `origin` names where a built or compared value comes from, in one normal form ("ref",
// "amount.decimal.text", "user.msisdn.digits", "settings.base", "url of paid(ref)"): the peer recognises values by it.
struct Hole {
  Index name = kNone;    // bound name (texts) or kNone
  Type type;             // of the value built from / bound
  Index reader = 0;      // readers.def: how text or token becomes the value when matching
  Index argument = kNone;  // constant: the reader's pattern (Time.format("…"))
  Index origin = kNone;  // texts
  bool equal = false;    // `== expr`: bound, then asserted equal by the arm's slice
  bool each = false;     // in a `repeat`: filled by a list, one element for each round
  bool finds = false;    // `== ref` in a row: what does not convert, or is not equal, makes it another charge's row
};

struct Shape {
  ShapeRoot root = ShapeRoot::json;
  Index format = kNone;          // texts: csv "h;\"" (h header line or p by position, separator, quote or none), lines "=" (separator); else none
  std::vector<ShapeNode> nodes;  // nodes[0] is the root
  std::vector<Hole> holes;
};

// Of what the shape builds: text, unless its outermost codec writes bytes or a hole is all there is.
Kind built_kind(const Shape& shape);

// ---- code ---------------------------------------------------------------------------------------------------------------------

// One run of pure code, ending in an effect. Instructions are in Module::code [begin, end). See opcodes.def.
enum class SliceKind : uint8_t { step, arm, doubt, auth, answer, key, test, verify };

struct Slice {
  SliceKind kind = SliceKind::step;
  uint32_t begin = 0, end = 0;
  uint8_t registers = 0;  // how many it uses
  bool impure = false;    // contains host reads
  Index owner = kNone;    // procedure/enquiry/session/callback whose frame it reads; meaning by `frame`
  enum class FrameOf : uint8_t { procedure, enquiry, session, callback, auth, none } frame = FrameOf::none;
};

// ---- what comes next ----------------------------------------------------------------------------------------------------------

enum class ProofKind : uint8_t { enquiry, callback, input, settlement, manual };

// One thing that may prove what happened. Arguments are registers at the time the target is reached; they become durable.
struct Proof {
  ProofKind kind = ProofKind::manual;
  Index index = kNone;          // enquiry or callback
  std::vector<Register> arguments;
  uint64_t within_ms = 0;       // 0: the default (24 h for an enquiry in doubt)
  Index because = kNone;        // manual
};

enum class TargetKind : uint8_t {
  succeed, decline, fail, pending, in_doubt,  // outcomes (in an enquiry or callback: findings)
  absent,         // enquiry only: not there, believed after `within_ms` from the last transmission
  nothing,        // enquiry only: no news
  table,          // look `key` up in tables[index]: the row's target
  await,          // wait for the first definite proof of `proofs`, at most `within_ms`
  step,           // go to steps[index] with `arguments`
  renew,          // drop the session that was used, fetch again, transmit the same bytes once more
  doubt,          // chain of proofs, in order
  session_value,  // a session's value in `key`, lasting `after` (duration register)
  answer,         // an endpoint's answer has been built in `key`
};

struct Target {
  TargetKind kind = TargetKind::in_doubt;
  Index reason = kNone;                     // texts: decline, fail
  Index index = kNone;                      // table, step, session (renew)
  Register carrier_ref = kNoRegister;       // succeed
  Register paid = kNoRegister;              // succeed: Money; kNoRegister with `asked` set means the amount asked
  bool asked = false;                       // succeed: amount stated as asked
  Register after = kNoRegister;             // fail: pause before another attempt; session_value: lifetime
  Register key = kNoRegister;               // table key, session value, built answer
  Register code = kNoRegister, said = kNoRegister;  // the carrier's own code and text, as evidence
  std::vector<Register> arguments;          // step
  std::vector<Proof> proofs;                // await: a race; doubt: a chain
  uint64_t within_ms = 0;                   // await, absent
  Index because = kNone, cites = kNone;     // texts
};

// A code table: `reading reason: Text -> Outcome`. Rows are sorted by constant, those with patterns last; `other` is compulsory.
struct Row {
  Index key = kNone;   // constant (text or integer)
  Index upto = kNone;  // constant: inclusive end of a range, or kNone
  bool pattern = false;  // a text of which \x01 is any one character and \x02 any number of them
  Target target;       // no registers
};
struct Table {
  Index name = kNone;
  Kind key = Kind::text;
  std::vector<Row> rows;
  Target other;
};

struct StatusRange { uint16_t from = 0, upto = 0; };

enum class ArmHead : uint8_t { status, other };

// What of an answer an arm reads: all of it, one of its rows, or the end of them. Rows are read when no arm takes the whole.
enum class ArmReads : uint8_t { whole, row, end };

struct HeaderPattern { Index name = kNone; Index shape = kNone; bool optional = false; };  // shape root `text`; its holes follow the body's

// An answer that was foreseen. Selected by status, then header presence, then the shape's literals and kinds, then `guard`.
struct Arm {
  ArmHead head = ArmHead::status;
  ArmReads reads = ArmReads::whole;   // row: `shape` has one list with kEach, and `nothing` means that the row is another charge's;
                                      // end: the same, of the last row, or no shape; a hole behind the shape's own is the number of rows
  std::vector<StatusRange> statuses;  // empty for a callback's arm
  bool repeat = false;     // only after the first transmission, with the status or answer that `once per` declares
  bool first_only = false; // only on the first transmission
  std::vector<HeaderPattern> headers;
  Index shape = kNone;     // matched against the body
  Index slice = kNone;     // SliceKind::arm; holes: the shape's, then each header's
  Index target = kNone;    // targets: the one its slice ends in on the main path (guards may end in others)
  Index doc = kNone, cites = kNone;
};

// `once per ref for 24h repeat answers 409`: the carrier's promise that a repeated reference is not a second charge.
struct Once {
  Index keep = kNone;        // procedures[owner].keeps
  uint64_t window_ms = 0;
  uint16_t repeat_status = 0;  // 0 with `original` false: no repeat answer declared
  bool original = false;       // a repeat is answered like the first
  Index cites = kNone;
};

struct BuiltHeader { Index name = kNone; Index shape = kNone; Register value = kNoRegister; };  // shape root `text`

// One request and the answers foreseen. The step's slice leaves path, query, headers and body in registers; the body is frozen and durable
// before any byte leaves. `auth` runs for every transmission and may only add headers and query.
struct Exchange {
  Index link = kNone;
  Index method = kNone;                   // texts
  Index path_shape = kNone; Register path = kNoRegister;
  Index query_shape = kNone; Register query = kNoRegister;
  Index body_shape = kNone; Register body = kNoRegister;
  Index content_type = kNone;             // texts
  std::vector<BuiltHeader> headers;
  Index auth = kNone;                     // slice of SliceKind::auth
  std::vector<Index> sessions;            // sessions the auth slice reads: acquired before the first byte
  bool has_once = false;
  Once once;
  bool moves_money = false;
  std::vector<Arm> arms;                  // in the order tried
};

// ---- declarations -------------------------------------------------------------------------------------------------------------

struct Step {
  Index name = kNone;
  std::vector<Field> parameters;
  Index slice = kNone;      // SliceKind::step
  Index exchange = kNone;   // the exchange its slice sends, or kNone (await-only)
  Index doubt = kNone;      // slice of SliceKind::doubt ending in a Target of kind `doubt`, or kNone
  Index late = kNone;       // reserved for `on late`
};

struct Procedure {
  Index name = kNone;       // the model's action: "charge"
  bool moves_money = false;
  std::vector<Field> arguments;  // the model's, flattened: "user.msisdn", "amount", "order.id"
  std::vector<Field> keeps;
  std::vector<Step> steps;       // steps[0] is the entry
};

struct Enquiry {
  Index name = kNone;
  Index about = kNone;           // procedure
  std::vector<Field> parameters;
  std::vector<uint64_t> every_ms;  // the last repeats
  Index slice = kNone, exchange = kNone;
};

struct Session {
  Index name = kNone;
  std::vector<Field> parameters;
  Type value;
  Index slice = kNone, exchange = kNone;
  uint32_t limit = 0; uint64_t limit_window_ms = 0;
};

// A carrier's endpoint with its limits. The host is a setting or a literal; secrets leave only to it.
struct Link {
  Index name = kNone;
  Index base_setting = kNone;    // settings, or kNone
  Index base_literal = kNone;    // texts, or kNone
  uint64_t connect_ms = 3000, answer_ms = 20000;
  uint32_t limit = 0; uint64_t limit_window_ms = 0;
  std::vector<Index> secrets;    // settings that may leave through this link
  // TLS: who we are (both or none), and whom we believe instead of the machine's authorities. Settings: Certificate, PrivateKey, Certificate.
  Index certificate = kNone, key = kNone, authority = kNone;
};

enum class VerifyKind : uint8_t { path_token, minted_bearer, networks, basic, nothing, declared };

struct Verify {
  VerifyKind kind = VerifyKind::nothing;
  std::vector<Index> settings;   // networks: the setting; basic: name and secret
  Index because = kNone, cites = kNone;
  Index slice = kNone;           // declared: SliceKind::verify; the message holds if it ends in `nothing`, a fault refuses it
  Index proof = kNone;           // declared: SliceKind::auth, which makes what the slice asks for; for the peer, who plays the carrier. May be kNone
};

struct Endpoint {
  Index name = kNone;
  std::vector<Index> methods;    // texts
  std::vector<Verify> verify;    // all must hold
  bool proves = false;           // false: a message is a hint to ask, never an outcome
  uint16_t answer_status = 200, refused_status = 401;
  Index answer_shape = kNone;    // no holes, or kNone: empty body
  int32_t redelivers = -1;       // times; 0 never; -1 unknown
};

struct Callback {
  Index name = kNone;
  Index endpoint = kNone;
  Index about = kNone;           // procedure
  bool url_keyed = true;
  std::vector<Field> parameters; // the key: one parameter in this edition
  Index match_shape = kNone;     // must select, or the message is not this callback's; kNone: any
  Index match_slice = kNone;     // SliceKind::key: asserts `==`, or (content-keyed) leaves the key; holes of match_shape
  Register key = kNoRegister;    // content-keyed: where match_slice leaves it
  std::vector<Arm> arms;
};

struct Setting {
  Index name = kNone;
  Type type;
  bool many = false;
  bool has_value = false;        // given by the carrier file
  Index value = kNone;           // constant
};

enum class About : uint8_t { payment, call };
struct Reason { Index name = kNone; bool declined = false; About about = About::payment; };

struct Market {
  Index country = kNone;   // "UG"
  Index currency = kNone;  // "UGX"
  uint8_t decimals = 2;    // digits after the point that the market uses
  Index zone = kNone;      // IANA name
  Index numbers = kNone;   // "+256 XXX XXX XXX"
};

enum class PromiseKind : uint8_t { once_per, absent, unauthorized_before_processing, definite_by_status, proves, asked_amount, exposes };
struct Promise { PromiseKind kind = PromiseKind::once_per; Index owner_name = kNone; Index says = kNone; Index cites = kNone; };

struct Cost {  // an upper bound, per procedure
  uint32_t requests = 0; uint64_t wait_ms = 0; uint64_t instructions = 0; uint64_t memory_bytes = 0;
};

// ---- debug: outside the hash ----------------------------------------------------------------------------------------------------

struct Place { uint32_t pc = 0; Index file = kNone; uint32_t line = 0, column = 0; };
struct Debug {
  std::vector<std::string> files;
  std::vector<Place> places;        // sorted by pc
  std::vector<std::string> docs;    // Arm::doc indexes here
};

struct Module {
  Index carrier = kNone, family = kNone, edition = 1;
  Market market;
  std::vector<std::string> texts;      // interned, sorted
  std::vector<Constant> constants;     // interned, sorted
  std::vector<Setting> settings;
  std::vector<Link> links;
  std::vector<Session> sessions;
  std::vector<Shape> shapes;
  std::vector<Table> tables;
  std::vector<Target> targets;
  std::vector<Exchange> exchanges;
  std::vector<Procedure> procedures;
  std::vector<Enquiry> enquiries;
  std::vector<Endpoint> endpoints;
  std::vector<Callback> callbacks;
  std::vector<Slice> slices;
  std::vector<uint32_t> code;
  std::vector<Reason> reasons;         // the model's closed list
  std::vector<Promise> promises;
  std::vector<Cost> costs;             // by procedure
  Debug debug;

  std::string_view text(Index i) const { return i == kNone || i >= texts.size() ? std::string_view() : std::string_view(texts[i]); }
};

using Hash = std::array<uint8_t, 32>;   // SHA-256 of the canonical bytes without debug
std::string hex(const Hash& hash);

// Canonical bytes: "TGM1", abi, sections in a fixed order, each with its length; then the debug section.
std::string encode(const Module& module);
Hash hash_of(const Module& module);
// Total: truncated, bit-flipped or oversized input gives an Error that names the section. The result is not yet verified.
Result<Module> decode(std::string_view bytes);
// Every rule of the verifier (verify.cpp lists them, V1…): indices in range, forward jumps, definite assignment, types and labels at effects,
// money exchanges with a doubt, waits with an end. Only a verified module may be executed.
Status verify(const Module& module);

// Readable dump of the whole module or of one section ("shapes", "code", …).
std::string dump(const Module& module);

}  // namespace tollgate
