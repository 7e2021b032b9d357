// Resolves one flattened carrier. The class is one room of names; its methods live in files by noun: members.cpp, expressions.cpp,
// names.cpp, calls.cpp, shapes.cpp, build_shapes.cpp, match_shapes.cpp, formats.cpp, named_shapes.cpp, by.cpp, arms.cpp, rows.cpp, repeats.cpp, targets.cpp, sends.cpp, procedures.cpp, callbacks.cpp, tests.cpp.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"
#include "compiler/resolve/library.h"
#include "compiler/resolve/scope.h"

namespace tollgate::hir {

class CarrierResolver {
 public:
  // `base` is the family that `family` is of, or nothing; `carrier` may be nothing: then the family is resolved alone. All borrow for the
  // life of the resolver.
  CarrierResolver(Library& library, NodeRef base, NodeRef family, NodeRef carrier, Sink& sink);

  // Once. Tests of the carrier afterwards, by `test`.
  Carrier& resolve();
  TestCase test(NodeRef node);
  // One case for each row.
  std::vector<TestCase> table_test(NodeRef node);
  Property property(NodeRef node);
  // What resolve() made, at the very end: scopes of tests point into it.
  Carrier take() && { return std::move(carrier_); }

 private:
  // ---- members.cpp: flattening
  void flatten();
  void add_member(NodeRef member, int level);
  void override_member(std::pair<NodeRef, int>& same, NodeRef node, int level);
  void read_market();
  void read_settings(NodeRef settings, int level);
  void set_value(Setting& setting, NodeRef value);
  void read_namespaces();

  // ---- structure.cpp: documents, citations, versions, deprecation, arms of a link
  void read_documents();
  void read_version();
  void check_marks(NodeRef node, int level);
  // What a `cites` says, with the declared document it names.
  std::string cited(NodeRef cites) const;
  void collect_citations(NodeRef node);
  // The carrier (not the family itself) uses what the family says to use no more.
  void note_use(NodeRef member, NodeRef use);
  void check_link_arms(NodeRef link);
  NodeRef member(SyntaxKind kind, std::string_view name) const;
  std::vector<std::string> member_names(SyntaxKind kind) const;

  // ---- expressions.cpp
  Expr expr(NodeRef node, const Scope& scope);
  Expr literal(NodeRef node);
  Expr string_value(NodeRef node, const Scope& scope);
  Expr binary(NodeRef node, std::string_view operation, std::string_view sign, const Scope& scope);
  Expr otherwise(NodeRef node, const Scope& scope);
  Expr compare_or_bool(NodeRef node, const Scope& scope);
  Expr poison(Span span) const;
  Expr text_constant(std::string text, Span span) const;
  // The value where an optional may not stand; reports otherwise.
  bool present(const Expr& value);
  // Text-like, for places where characters are written; reports a missing form otherwise.
  bool textual(const Expr& value, std::string_view where);

  // ---- names.cpp
  struct Segment {
    std::string name;
    NodeRef args;
    Span span;    // the name alone
    Span upto;    // from the path's start to here
  };
  Expr path(NodeRef node, const Scope& scope);
  Expr currency_literal(NodeRef node);
  Expr root_value(const std::vector<Segment>& segments, size_t& next, const Scope& scope);
  Expr of_procedure(const Procedure& procedure, const std::vector<Segment>& segments, size_t& next, bool about);
  Expr setting_value(const std::vector<Segment>& segments, size_t& next);
  Expr market_value(const std::vector<Segment>& segments, size_t& next);
  Expr unknown(const Segment& segment, const Scope& scope);
  bool is_argument_root(const Procedure& procedure, std::string_view name) const;

  // ---- calls.cpp
  Expr form(Expr receiver, const Segment& segment, const Scope& scope);
  Expr apply_form(Expr receiver, const Segment& segment, std::vector<Expr> arguments);
  Expr call(NodeRef node, const Scope& scope);
  Expr host_read(std::string_view name, NodeRef node, Span span, const Scope& scope);
  Expr minted(NodeRef node, ExprKind kind, const Scope& scope);
  std::vector<Expr> arguments(NodeRef args, const Scope& scope);
  bool fitting(const Expr& value, const Type& wanted, std::string_view what, Span declared);

  // ---- requests.cpp: what auth and verify see
  Expr request_value(const std::vector<Segment>& segments, size_t& next, const Scope& scope);
  Expr call_of(uint32_t builtin, std::vector<Expr> operands, std::string origin, Span span) const;
  Expr demanded(Expr value, const Scope& scope) const;
  std::optional<Expr> of_message(const Expr& value, const Send& send);

  // ---- build_shapes.cpp, match_shapes.cpp
  struct ShapeContext {
    Shape* shape = nullptr;
    const Scope* scope = nullptr;
    ShapeRoot root = ShapeRoot::json;  // of the part being read: inside a codec it is the codec's child
    std::string format = {};           // of that root: see Shape::format
    bool in_alternatives = false;
    bool in_part = false;              // inside one part of a multipart
    const Scope* binds = nullptr;      // where names are bound, when a named shape sees less: else `scope`
    bool raw = false;                  // right inside a codec: bytes need no encoding
    bool again = false;                // in what a `for` repeats
    bool row = false;                  // before the root: what follows is one row
  };
  Shape build(NodeRef shape, const Scope& scope);
  Shape match(NodeRef shape, const Scope& scope, bool row = false);
  Shape match_rows(NodeRef codecs, NodeRef pattern, const Scope& scope, bool row = false);
  Shape path_shape(NodeRef string, const Scope& scope);
  HeaderPattern header_pattern(NodeRef node, const Scope& scope);
  ShapeNode codec_chain(const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context);
  void codec_arguments(NodeRef codec, ShapeNode& node, ShapeContext& context);
  ShapeNode content_node(NodeRef content, ShapeContext& context);
  ShapeNode pairs_node(NodeRef codec, NodeRef content, ShapeContext& context);
  ShapeNode root_node(ShapeRoot root, const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context);
  ShapeNode wrapped_node(std::string_view word, const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context);
  ShapeNode inner_shape(NodeRef shape, ShapeContext& context, bool optional);
  void add_member(ShapeNode& record, ShapeNode member, const ShapeContext& context);
  void check_part(const ShapeNode& part);
  void check_flat(const ShapeNode& value, const ShapeContext& context);
  // formats.cpp
  std::string read_format(ShapeRoot root, const std::vector<NodeRef>& codecs, size_t& next, NodeRef content);
  void check_content(ShapeRoot root, const std::string& format, const ShapeNode& inside, NodeRef content);
  // named_shapes.cpp
  // repeats.cpp
  void repeat_into(ShapeNode& list, NodeRef loop, ShapeContext& context);
  void spread_into(ShapeNode& into, NodeRef spread, ShapeContext& context);
  ShapeNode named_shape(NodeRef declaration, NodeRef use, ShapeContext& context);
  ShapeNode unread(NodeRef node, std::string_view label, ShapeContext& context);
  ShapeNode bound_literals(ShapeNode choice, NodeRef name, ShapeContext& context);
  ShapeNode unless_node(NodeRef unless, ShapeNode hole, ShapeContext& context);
  ShapeNode built_text(NodeRef string, ShapeContext& context);
  ShapeNode padded_literal(const Expr& value, uint32_t width, const ShapeContext& context);
  Hole filled_hole(Expr value, Span span) const;
  ShapeNode record_node(NodeRef record, ShapeContext& context);
  ShapeNode member_node(NodeRef field, ShapeContext& context);
  void label_into(ShapeNode& member, NodeRef label, ShapeContext& context);
  ShapeNode list_node(NodeRef list, ShapeContext& context);
  ShapeNode value_node(NodeRef pattern, ShapeContext& context, std::string_view label, bool optional);
  ShapeNode built_value(NodeRef pattern, ShapeContext& context, bool optional);
  ShapeNode matched_value(NodeRef pattern, ShapeContext& context, std::string_view label, bool optional);
  ShapeNode literal_node(NodeRef literal, const ShapeContext& context);
  ShapeNode equal_node(NodeRef node, Expr value, ShapeContext& context);
  ShapeNode type_node(NodeRef node, ShapeContext& context, std::string_view label, bool optional);
  bool timed_reader(NodeRef node, std::string& argument, Span& span);
  ShapeNode bound_node(NodeRef node, ShapeContext& context, bool optional);
  ShapeNode alternatives_node(NodeRef node, ShapeContext& context, std::string_view label, bool optional);
  ShapeNode text_node(NodeRef string, ShapeContext& context);
  ShapeNode text_hole(NodeRef inside, ShapeContext& context);
  uint32_t width_of(NodeRef inside);
  void add_text(ShapeNode& node, NodeRef part) const;
  void bind_name(Hole& hole, NodeRef where, std::string_view name, ShapeContext& context);
  ShapeNode hole_node(Hole hole, ShapeContext& context);
  bool writable(const Expr& value, ShapeRoot root, bool optional);

  // ---- arms.cpp
  struct ArmPlace {
    Scope scope;                  // without what the arm binds
    Procedure* procedure = nullptr;
    bool money = false;           // the send moves money
    bool enquiry = false, session = false, callback = false;
    const Once* once = nullptr;
  };
  void arm(NodeRef node, const ArmPlace& place, std::vector<Arm>& out);
  void plain_arm(NodeRef node, Arm head, const ArmPlace& place, std::vector<Arm>& out);
  void expand_reading(NodeRef use, NodeRef name, const Arm& head, const ArmPlace& place, std::vector<Arm>& out);
  void rows(NodeRef owner, NodeRef shape, const Arm& head, const ArmPlace& place, std::vector<Arm>& out, std::string_view reading, Span use);
  // by.cpp
  void by_arms(NodeRef node, NodeRef by, const Arm& head, const ArmPlace& place, std::vector<Arm>& out);
  // rows.cpp
  void row_arms(NodeRef owner, Send& send, const ArmPlace& place);
  void row_arm(NodeRef node, const ArmPlace& place, std::vector<Arm>& out);
  // The pattern of a row in `shape`, which was matched from `node`; null when something was reported.
  ShapeNode* row_place(Shape& shape, NodeRef node);
  static void make_rows(Shape& shape, ShapeNode& row);
  bool choose_by(Shape& shape, ShapeNode& record, const std::vector<std::string>& path, NodeRef by, NodeRef pattern, const ArmPlace& place);
  void finish(Arm& arm, NodeRef guard, NodeRef target, const ArmPlace& place);
  Scope arm_scope(const Arm& arm, const Scope& outer) const;
  void read_conditions(NodeRef node, Arm& status_arm, bool& repeat, bool& statuses);
  // structure.cpp: the arms of the send's link, after its own.
  void link_arms(Send& send, const ArmPlace& place);

  // ---- targets.cpp
  Target target(NodeRef node, const Scope& scope, const ArmPlace& place);
  void one_target(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place);
  void outcome_fields(NodeRef record, Target& out, const Scope& scope);
  void reason(NodeRef node, Target& out);
  void table_target(NodeRef node, Target& out, const Scope& scope);
  void step_target(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place);
  void renew_target(NodeRef node, Target& out);
  void waits(NodeRef node, Target& out, const Scope& scope);
  Proof proof(NodeRef node, const Scope& scope);
  Proof asked(NodeRef node, const Scope& scope);
  void proof_arguments(Proof& proof, NodeRef name, NodeRef args, const std::vector<Param>& params, Span declared, const Scope& scope);
  Target doubt(NodeRef node, const Scope& scope, const ArmPlace& place);
  Grounds grounds(NodeRef node) const;
  void unsupported(NodeRef node, std::string_view what);

  // ---- sends.cpp
  void read_link(NodeRef node);
  void send(NodeRef node, Send& out, const Scope& scope, bool session);
  void send_parts(NodeRef node, Send& out, const Scope& scope);
  void with(NodeRef node, Send& out, const Scope& scope);
  void use_auth(NodeRef use, NodeRef name, NodeRef args, Send& out, const Scope& scope);
  void auth_items(NodeRef auth, Send& out, const Scope& scope);
  void add_body_item(NodeRef item, Expr value, Send& out, Span use);
  void link_tls(NodeRef item, Link& link);
  void exposing(NodeRef node, Send& out, const Scope& scope);
  bool suits(const Expr& given, const Param& wanted);
  std::vector<Binding> bound_arguments(NodeRef use, NodeRef name, NodeRef args, NodeRef declaration, const Scope& scope, bool& good);
  Header header(NodeRef node, const Scope& scope);
  Once once(NodeRef node, const Scope& scope);
  void note_secrets();

  // ---- procedures.cpp
  void declare_procedures();
  void declare_steps(NodeRef node, Procedure& procedure, uint32_t index);
  void statements(NodeRef node, Procedure& procedure, uint32_t step, Scope& scope);
  void resolve_procedure(NodeRef node, Procedure& procedure);
  void resolve_step(NodeRef node, Procedure& procedure, uint32_t index);
  Scope step_scope(const Procedure& procedure, const Step& step) const;
  std::vector<Param> params(NodeRef node);
  void bind_params(Scope& scope, const std::vector<Param>& params, std::string_view owner) const;
  void local_lets(NodeRef node, std::vector<Let>& lets, Scope& scope);
  void declare_enquiries();
  void resolve_enquiry(NodeRef node, Enquiry& enquiry);
  void resolve_session(NodeRef node);
  std::string key_pattern(NodeRef string);
  void read_table(NodeRef node);

  // ---- callbacks.cpp
  void read_endpoint(NodeRef node);
  void read_verify(NodeRef node, Endpoint& endpoint);
  // ---- verifies.cpp: verify NAME { … }
  bool declared_verify(NodeRef item, Endpoint& endpoint);
  void declare_callbacks();
  void resolve_callback(NodeRef node, Callback& callback);
  void check_key(const Callback& callback);

  // ---- tests.cpp
  TestStep test_step(NodeRef node, TestCase& test, std::vector<TestStep>& steps);
  Scope test_scope(const TestCase& test) const;
  void test_steps(NodeRef node, TestCase& out);
  void start_fields(NodeRef record, const std::string& prefix, const Procedure& procedure, std::vector<TestField>& fields);

  // ---- fixtures.cpp: what tests are given, rows of tables, properties
  struct Given {
    std::vector<NodeRef> records;                              // of fixtures: what `start` does not say itself
    std::vector<std::pair<std::string, Constant>> settings;
  };
  void given(NodeRef node, Given& out);
  void given_setting(NodeRef name, NodeRef value, Given& out);
  bool row_values(NodeRef row, NodeRef value, const std::vector<Param>& columns);
  std::optional<Always> always(NodeRef condition);
  bool quantity(NodeRef node, Quantity& out, int64_t& value);

  // Names of a kind, for a suggestion after "no such thing".
  void report_unknown(NodeRef name, std::string_view what, const std::vector<std::string>& candidates);
  template <class Things>
  uint32_t index_of(const Things& things, std::string_view name) const {
    for (uint32_t i = 0; i < things.size(); ++i) if (things[i].name == name) return i;
    return kNone;
  }
  template <class Things>
  static std::vector<std::string> names_of(const Things& things) {
    std::vector<std::string> out;
    for (const auto& thing : things) out.push_back(thing.name);
    return out;
  }

  // "ref, shop": what is taken, for messages.
  template <class Things>
  static std::string names_in(const Things& things) {
    std::string out;
    for (const auto& thing : things) out += (out.empty() ? "" : ", ") + thing.name;
    return out;
  }

  Library& library_;
  NodeRef base_, family_, carrier_node_;
  Sink& sink_;
  Carrier carrier_;
  std::vector<std::pair<NodeRef, int>> members_;   // after replace; level 0: of the family's family, 1: the family's, 2: the carrier's
  std::map<std::string, NodeRef, std::less<>> documents_;
  std::vector<NodeRef> extensions_;                // `extend reading`
  Given given_;                                    // of the test being resolved
  std::vector<Binding> row_;                       // of the table's row being resolved
  std::map<std::string, std::string, std::less<>> namespaces_;
  std::vector<std::vector<std::pair<NodeRef, Scope>>> steps_;  // by procedure and step: its node and what its send sees
  int depth_ = 0;                                  // auth and readings in each other
  std::vector<std::string> spreading_;             // named shapes that are being spread, outermost first
};

// Spans and texts that several files need.
uint64_t duration_ms(std::string_view text);           // "10min"; 0 for what is no duration
std::optional<int64_t> whole_number(std::string_view text);
// "0.05" at two digits is 5; nothing for what is no step there.
std::optional<uint64_t> step_at(std::string_view text, uint8_t decimals);
uint64_t size_bytes(std::string_view text);            // "17B"; 0 for what is no size
Span name_span(NodeRef declaration);
std::vector<std::string> dotted(std::string_view path);
// Marks what a match binds as optional where an answer that fits may lack it. `absent`: so may what stands around `node`.
void mark_absences(Shape& shape, const ShapeNode& node, bool absent = false);

}  // namespace tollgate::hir
