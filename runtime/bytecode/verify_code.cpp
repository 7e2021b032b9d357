// V11 to V16: one pass over a slice in the order of its code. Jumps only go forward, so when an instruction is reached everything that
// can lead to it has been seen: its incoming state is final and no fixed point is needed.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/verify.h"
#include "runtime/bytecode/wire.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::verifying {
namespace {

// What is known of one register.
struct Known {
  bool set = false;
  Kind kind = Kind::missing;      // missing with `optional`: surely absent
  Kind element = Kind::missing;
  bool optional = false;
  Labels labels = kPublic;
  Index constant = kNone;         // it holds this constant, on every path

  bool present() const { return set && !optional && kind != Kind::missing; }
  bool absent() const { return set && kind == Kind::missing; }
};

using Registers = std::vector<Known>;   // as many as the slice uses
constexpr size_t kWaitingMax = 4096;    // places ahead that jumps lead to, at any one time

// Joins what two paths know; kinds that disagree leave the register unassigned, to be refused only where it is read.
Known merge(const Known& a, const Known& b) {
  if (!a.set || !b.set) return {};
  Known out = a;
  out.labels = join(a.labels, b.labels);
  out.optional = a.optional || b.optional || a.absent() != b.absent();
  if (a.absent()) out.kind = b.kind, out.element = b.element;
  else if (!b.absent() && a.kind != b.kind) return {};
  if (!a.absent() && !b.absent() && a.element != b.element) out.element = Kind::missing;
  if (a.constant != b.constant) out.constant = kNone;
  return out;
}

Known known(const Type& type) {
  Known k;
  k.set = true;
  k.kind = type.kind;
  k.element = type.element;
  k.optional = type.optional;
  k.labels = join(type.labels, natural_labels(type.kind));
  return k;
}

Known known(Kind kind, Labels labels = kPublic) {
  Known k;
  k.set = true;
  k.kind = kind;
  k.labels = join(labels, natural_labels(kind));
  return k;
}

constexpr Labels kHidden = kSecret | kSealed;

class CodeCheck {
 public:
  CodeCheck(Verification& v, const SliceUse& use)
      : v_(v), m_(v.m), use_(use), slice_(v.m.slices[use.slice]), holes_(seen_holes(v.m, use)) {}

  void run() {
    at_.assign(slice_.registers, Known{});
    for (pc_ = slice_.begin; pc_ < slice_.end && v_.ok(); pc_++) {
      arrive();
      Instruction in{m_.code[pc_]};
      if (!must(in.known(), "V11", "an unknown instruction")) return;
      if (!live_) continue;
      operation(in);
      if (in.ends() || in.op() == Op::jump) live_ = false;
    }
    if (v_.ok() && live_) fail("V11", "a path runs off the end");
  }

 private:
  void fail(const char* rule, const std::string& what) { v_.fail(rule, fmt::format("slice {}, at {}: {}", use_.slice, pc_, what)); }
  bool must(bool condition, const char* rule, const std::string& what) {
    if (!condition) fail(rule, what);
    return condition;
  }

  void arrive() {
    auto it = waiting_.find(pc_);
    if (it == waiting_.end()) return;
    if (!live_) at_ = it->second;
    else
      for (size_t r = 0; r < at_.size(); r++) at_[r] = merge(at_[r], it->second[r]);
    live_ = true;
    waiting_.erase(it);
  }
  void jump_to(uint32_t target, const Registers& state) {
    if (!must(target > pc_ && target < slice_.end, "V11", "a jump out of the slice")) return;
    if (!must(waiting_.size() < kWaitingMax, "V17", "too many jumps are open at once")) return;
    auto [it, fresh] = waiting_.try_emplace(target, state);
    if (!fresh)
      for (size_t r = 0; r < state.size(); r++) it->second[r] = merge(it->second[r], state[r]);
  }

  // ---- registers

  bool in_frame(size_t r) { return must(r < slice_.registers, "V12", fmt::format("r{} is beyond the slice's registers", r)); }
  void assign(uint8_t r, const Known& k) {
    if (in_frame(r)) at_[r] = k;
  }
  const Known* read(size_t r) {
    if (!in_frame(r) || !must(at_[r].set, "V12", fmt::format("r{} is read and not assigned on every path", r))) return nullptr;
    return &at_[r];
  }
  const Known* read_present(size_t r, const char* what) {
    const Known* k = read(r);
    if (k == nullptr || !must(k->present(), "V12", fmt::format("{} in r{} may be missing", what, r))) return nullptr;
    return k;
  }
  const Known* read_text(size_t r, const char* what) {
    const Known* k = read_present(r, what);
    if (k == nullptr || !must(text_like(k->kind), "V12", fmt::format("{} in r{} is no text", what, r))) return nullptr;
    return k;
  }

  bool kind_is(SliceKind a, SliceKind b = SliceKind::test) const { return use_.kind == a || use_.kind == b; }

  void from_fields(uint8_t a, const std::vector<Field>* fields, Index i, const char* what) {
    if (fields == nullptr && kind_is(SliceKind::test)) return fail("V14", fmt::format("a test reads no {}", what));
    if (!must(fields != nullptr && i < fields->size(), "V14", fmt::format("no {} {}", what, i))) return;
    assign(a, known((*fields)[i].type));
  }

  // ---- instructions

  void operation(Instruction in) {
    uint8_t a = in.a();
    Index i = in.immediate();
    switch (in.op()) {
      case Op::constant: return constant(a, i);
      case Op::move:
        if (const Known* k = read(in.b())) assign(a, Known(*k));
        return;
      case Op::absent: {
        Known k;
        k.set = k.optional = true;
        return assign(a, k);
      }
      case Op::argument: return from_fields(a, argument_fields(m_, use_), i, "argument");
      case Op::kept: return from_fields(a, kept_fields(m_, use_), i, "kept value");
      case Op::keep: return keep(a, i);
      case Op::parameter: return from_fields(a, parameter_fields(m_, use_), i, "parameter");
      case Op::setting: return setting(a, i);
      case Op::market: return market(a, i);
      case Op::session: return session(a, i);
      case Op::hole: return hole(a, i);
      case Op::request: return request(a, i);
      case Op::header: return added(a, i, "a header");
      case Op::read_host: return host(in);
      case Op::mint_url:
      case Op::mint_bearer: return mint(in);
      case Op::call: return call(a, i);
      case Op::call_each: return call_each(a, i);
      case Op::build: return build(a, i);
      case Op::join: return joined(a, in.b());
      case Op::jump: return jump_to(pc_ + 1 + i, at_);
      case Op::jump_present: return jump_present(a, i);
      case Op::jump_false: return jump_false(a, i);
      case Op::expect_equal: return expect_equal(in);
      case Op::expect_present: return expect_present(a);
      case Op::send: return send(i);
      case Op::end: return end(i);
      case Op::query: return added(a, i, "a field of the query");
      case Op::expect_true: return expect_true(a);
    }
  }

  void constant(uint8_t a, Index i) {
    if (!must(i < m_.constants.size(), "V13", "no such constant")) return;
    Known k = known(m_.constants[i].kind);
    k.constant = i;
    assign(a, k);
  }

  void keep(uint8_t a, Index i) {
    const auto* keeps = kept_fields(m_, use_);
    bool step = use_.kind == SliceKind::step && use_.frame == Slice::FrameOf::procedure;
    if (!must(step && i < keeps->size(), "V14", "values are kept only in the steps of a procedure")) return;
    const Known* k = read(a);
    if (k == nullptr) return;
    receives((*keeps)[i].type, *k, "a kept value");
  }

  void setting(uint8_t a, Index i) {
    if (!must(i < m_.settings.size(), "V13", "no such setting")) return;
    const Setting& s = m_.settings[i];
    Type type = s.type;
    if (s.many) type.element = type.kind, type.kind = Kind::list;
    assign(a, known(type));
    if (!(join(s.type.labels, natural_labels(s.type.kind)) & kSecret) || kind_is(SliceKind::test)) return;
    if (kind_is(SliceKind::verify)) return;   // compared with what came; `matches` alone may do so
    bool leaves = use_.kind == SliceKind::step || use_.kind == SliceKind::auth;
    if (use_.proves) return;
    if (!must(leaves && use_.exchange != kNone, "V16", "a secret setting where nothing is sent")) return;
    bool owned = false;
    for (Index secret : m_.links[m_.exchanges[use_.exchange].link].secrets) owned |= secret == i;
    must(owned, "V16", fmt::format("the secret setting {} is not the link's to send", m_.text(s.name)));
  }

  void market(uint8_t a, Index i) {
    static constexpr Kind kFacts[] = {Kind::text, Kind::currency, Kind::text, Kind::integer};
    if (!must(i < 4, "V13", "no such market fact")) return;
    Index fact = i == 0 ? m_.market.country : i == 1 ? m_.market.currency : i == 2 ? m_.market.zone : 0;
    if (must(fact != kNone, "V13", "the carrier's market does not state that")) assign(a, known(kFacts[i]));
  }

  void session(uint8_t a, Index i) {
    bool named = false;
    if (use_.kind == SliceKind::auth)
      for (Index s : m_.exchanges[use_.exchange].sessions) named |= s == i;
    if (must(named, "V14", "a session that the exchange does not acquire")) assign(a, known(m_.sessions[i].value));
  }

  void hole(uint8_t a, Index i) {
    if (!must(i < holes_.size(), "V14", fmt::format("no hole {}", i))) return;
    Type type = holes_[i].hole->type;
    type.kind = kReaders[holes_[i].hole->reader].kind;
    type.element = Kind::missing;
    type.optional = type.optional || holes_[i].optional;
    assign(a, known(type));
  }

  void request(uint8_t a, Index i) {
    if (!must(kind_is(SliceKind::auth, SliceKind::verify) && i < 9, "V14", "only auth and verify see the request")) return;
    assign(a, known(i == 3 ? Kind::bytes : i == 6 ? Kind::pairs : Kind::text, kPersonal));
  }

  void added(uint8_t a, Index i, const char* what) {
    if (!must(use_.kind == SliceKind::auth, "V14", fmt::format("only auth adds {}", what))) return;
    if (!must(i < m_.constants.size() && m_.constants[i].kind == Kind::text, "V13", fmt::format("the name of {} is a text", what))) return;
    read_text(a, what);
  }

  void expect_true(uint8_t a) {
    const Known* k = read_present(a, "a condition");
    if (k == nullptr || !must(k->kind == Kind::boolean, "V12", "a condition that is no Bool")) return;
    must(!(k->labels & kHidden), "V16", "a decision by a secret");
    asserts();
  }

  void host(Instruction in) {
    bool sends = kind_is(SliceKind::step, SliceKind::auth) || kind_is(SliceKind::test, SliceKind::verify);
    if (!must(sends && slice_.impure, "V14", "a host read in a slice that is not impure")) return;
    if (!must(in.b() < kHostCount, "V13", "no such host read")) return;
    auto read = static_cast<HostRead>(in.b());
    bool counted = read == HostRead::alnum || read == HostRead::digits || read == HostRead::random;
    if (!must(!counted || (in.c() >= 1 && in.c() <= 64), "V13", "1 to 64 fresh characters")) return;
    assign(in.a(), known(kHosts[in.b()].kind));
  }

  void mint(Instruction in) {
    bool may = kind_is(SliceKind::step, SliceKind::test) || kind_is(SliceKind::auth);
    if (!must(may && in.immediate() < m_.callbacks.size(), "V14", "no such callback to mint for")) return;
    if (read_text(in.a(), "a callback's key") == nullptr) return;
    assign(in.a(), known(in.op() == Op::mint_url ? Kind::url : Kind::text, kSealed));
  }

  void call(uint8_t a, Index i) {
    const BuiltinRow* row = builtin(i);
    if (!must(row != nullptr, "V13", fmt::format("no builtin {}", i))) return;
    if (use_.kind == SliceKind::auth && !must(row->faults != Faults::may, "V13", fmt::format("{} may fail, and auth may not", row->symbol))) return;
    Labels labels[kParametersMax];
    Known result = known(row->result);
    for (size_t p = 0; p < row->parameter_count; p++) {
      const Known* k = read(size_t{a} + 1 + p);
      if (k == nullptr || !argument_fits(*row, p, *k)) return;
      labels[p] = k->labels;
      if (p == 0 && row->result_kind == ResultKind::element && !k->absent()) result.kind = k->element;
    }
    auto joined = result_labels(*row, {labels, row->parameter_count});
    if (!must(joined.has_value(), "V16", fmt::format("{} would tell of a secret", row->symbol))) return;
    if (!must(result.kind != Kind::missing, "V13", fmt::format("{} of a list of unknown kind", row->symbol))) return;
    result.labels = join(*joined, natural_labels(result.kind));
    result.element = row->result_element;
    result.optional = row->optional;
    assign(a, result);
  }

  // The builtin takes the elements of a list, one after the other.
  void call_each(uint8_t a, Index i) {
    const BuiltinRow* row = builtin(i);
    if (!must(row != nullptr && row->parameter_count > 0, "V13", fmt::format("no builtin {} of an element", i))) return;
    const Known* list = read_present(size_t{a} + 1, "a list");
    if (list == nullptr || !must(list->kind == Kind::list && list->element != Kind::missing, "V13", "each of no list")) return;
    if (!must(!row->optional && row->result_kind != ResultKind::element, "V13", fmt::format("{} may give nothing for an element", row->symbol))) return;
    const Known whole = *list;
    at_[size_t{a} + 1] = known(whole.element, whole.labels);
    call(a, i);
    at_[size_t{a} + 1] = whole;
    if (!v_.ok()) return;
    Known out = at_[a];
    out.element = out.kind;
    out.kind = Kind::list;
    assign(a, out);
  }

  bool argument_fits(const BuiltinRow& row, size_t p, const Known& k) {
    const Parameter& parameter = row.parameters[p];
    auto wrong = [&](const char* what) { return fmt::format("{}: argument {} {}", row.symbol, p, what); };
    if (k.absent() || k.optional) {
      if (!must(p >= row.required, "V13", wrong("may be missing"))) return false;
      if (k.absent()) return true;
    }
    // The peer proves with the other half of the key that we check with.
    const bool signs = use_.proves && parameter.kinds == set_of(Kind::private_key) && (k.kind == Kind::certificate || k.kind == Kind::public_key || k.kind == Kind::list);
    if (!must(signs || contains(parameter.kinds, k.kind), "V13", wrong("is of the wrong kind"))) return false;
    bool elements = k.kind != Kind::list || parameter.elements == ~0u || (k.element != Kind::missing && contains(parameter.elements, k.element));
    if (!must(elements, "V13", wrong("has elements of the wrong kind"))) return false;
    bool fixed = use_.kind != SliceKind::auth || row.faults != Faults::if_computed || parameter.meaning == Meaning::any || k.constant != kNone;
    return must(fixed, "V13", wrong("is computed, and auth may not fail"));
  }

  void build(uint8_t a, Index i) {
    if (!must(i < m_.shapes.size(), "V13", "no such shape")) return;
    const Shape& shape = m_.shapes[i];
    // A path, XML and a codec of characters can fail on a value; the others write every text.
    const bool total = shape.root == ShapeRoot::json || shape.root == ShapeRoot::form || shape.root == ShapeRoot::query || shape.root == ShapeRoot::text || shape.root == ShapeRoot::bytes;
    if (!must(total || use_.kind != SliceKind::auth, "V13", "a message built in auth, which may not fail")) return;
    Labels labels = kPublic;
    for (size_t h = 0; h < shape.holes.size(); h++) {
      const Known* k = read(size_t{a} + 1 + h);
      if (k == nullptr) return;
      labels = join(labels, k->labels);
      if (k->absent()) continue;
      const bool listed = k->kind == Kind::list && (shape.holes[h].each || shape.holes[h].type.kind == Kind::list);
      const Kind kind = listed ? k->element : k->kind;
      const bool spelt = text_like(kind) || kind == Kind::boolean || kind == Kind::integer || kind == Kind::decimal || kind == Kind::currency ||
                         (listed && !shape.holes[h].each);   // how often, not what
      if (!must(spelt, "V13", fmt::format("hole {} of shape {} gets a {}, which has no text of its own", h, i, name_of(k->kind)))) return;
    }
    Known result = known(built_kind(shape), labels);
    assign(a, result);
  }

  void joined(uint8_t a, uint8_t n) {
    Labels labels = kPublic;
    for (size_t i = 0; i < n; i++) {
      const Known* k = read_present(size_t{a} + 1 + i, "a text to join");
      if (k == nullptr || !must(text_like(k->kind) || k->kind == Kind::currency, "V13", "joins what is no text")) return;
      labels = join(labels, k->labels);
    }
    assign(a, known(Kind::text, labels));
  }

  void jump_present(uint8_t a, Index i) {
    const Known* k = read(a);
    if (k == nullptr) return;
    Registers taken = at_;
    Known gone;
    gone.set = gone.optional = true;
    taken[a].optional = false;
    bool can_jump = !k->absent(), can_fall = k->optional || k->absent();
    if (!must(pc_ + 1 + i < slice_.end, "V11", "a jump out of the slice")) return;
    if (can_jump) jump_to(pc_ + 1 + i, taken);
    gone.labels = k->labels;
    if (can_fall) at_[a] = gone;
  }

  void jump_false(uint8_t a, Index i) {
    const Known* k = read_present(a, "a condition");
    if (k == nullptr || !must(k->kind == Kind::boolean, "V12", "a condition that is no Bool")) return;
    if (must(!(k->labels & kHidden), "V16", "a decision by a secret")) jump_to(pc_ + 1 + i, at_);
  }

  void expect_equal(Instruction in) {
    const Known* a = read(in.a());
    const Known* b = read(in.b());
    if (a == nullptr || b == nullptr) return;
    auto worded = [](Kind kind) { return text_like(kind) || kind == Kind::currency; };
    bool comparable = a->absent() || b->absent() || a->kind == b->kind || (worded(a->kind) && worded(b->kind));
    must(comparable, "V12", fmt::format("a {} is compared with a {}", name_of(a->kind), name_of(b->kind)));
    must(!((a->labels | b->labels) & kHidden), "V16", "a comparison with a secret");
    asserts();
  }
  void expect_present(uint8_t a) {
    if (read(a) == nullptr) return;
    asserts();
    at_[a].optional = false;  // an absent one never gets past here
    if (at_[a].absent()) live_ = false;
  }
  void asserts() { must(kind_is(SliceKind::arm, SliceKind::key) || kind_is(SliceKind::test, SliceKind::verify), "V14", "only answers are asserted"); }

  // ---- effects

  // `k` becomes a durable value of this type.
  bool receives(const Type& type, const Known& k, const char* what) {
    if (!must(!(k.optional || k.absent()) || type.optional, "V15", fmt::format("{} may be missing", what))) return false;
    if (k.absent()) return true;
    bool fits = k.kind == type.kind || (text_like(k.kind) && type.kind == Kind::text && k.kind != Kind::secret);
    if (!must(fits, "V15", fmt::format("{} of type {} gets a {}", what, name_of(type.kind), name_of(k.kind)))) return false;
    Labels allowed = join(type.labels, natural_labels(type.kind));
    bool hidden = !(allowed & kSecret) && (k.labels & kHidden & ~allowed) != 0;
    return must(!hidden, "V16", fmt::format("{} would hold a secret", what));
  }

  void arguments(const std::vector<Register>& registers, const std::vector<Field>& fields, const char* what) {
    if (!must(registers.size() == fields.size(), "V15", fmt::format("{} takes {} arguments and gets {}", what, fields.size(), registers.size()))) return;
    for (size_t i = 0; i < registers.size(); i++)
      if (const Known* k = read(registers[i])) receives(fields[i].type, *k, what);
  }

  void sent(Register r, bool compulsory, const char* what) {
    if (r == kNoRegister) return void(must(!compulsory, "V15", fmt::format("{} is missing", what)));
    read_text(r, what);
  }

  void send(Index i) {
    bool may = use_.kind == SliceKind::step && i == use_.exchange;
    if (!must(may, "V15", "sends what is not this step's exchange")) return;
    const Exchange& e = m_.exchanges[i];
    sent(e.path, true, "the path");
    sent(e.query, false, "the query");
    sent(e.body, false, "the body");
    for (const BuiltHeader& h : e.headers) {
      if (!must(h.value != kNoRegister, "V15", "a header without a value") || !v_.ok()) return;
      const Known* k = read(h.value);
      if (k != nullptr && !k->absent()) must(text_like(k->kind), "V15", "a header that is no text");
    }
  }

  bool allowed(TargetKind kind) const {
    using T = TargetKind;
    bool finding = kind == T::succeed || kind == T::decline || kind == T::fail || kind == T::pending || kind == T::in_doubt || kind == T::table;
    bool procedure = use_.frame == Slice::FrameOf::procedure;
    switch (use_.kind) {
      case SliceKind::step: return procedure ? kind == T::await || kind == T::step || kind == T::fail || kind == T::decline : kind == T::nothing || kind == T::fail;
      case SliceKind::arm:
        if (use_.arm != nullptr && use_.arm->reads == ArmReads::end) return kind == T::pending || kind == T::in_doubt || kind == T::nothing;
        if (use_.arm != nullptr && use_.arm->reads == ArmReads::row && kind == T::nothing) return use_.frame != Slice::FrameOf::session;
        if (procedure) return finding || kind == T::await || kind == T::step || kind == T::renew;
        if (use_.frame == Slice::FrameOf::session) return kind == T::session_value || kind == T::fail || kind == T::nothing || kind == T::in_doubt;
        if (use_.frame == Slice::FrameOf::enquiry) return finding || kind == T::absent || kind == T::nothing || kind == T::renew;
        return finding || kind == T::nothing;
      case SliceKind::doubt: return kind == T::doubt;
      case SliceKind::auth:
      case SliceKind::key: return kind == T::nothing || kind == T::answer;
      case SliceKind::verify: return kind == T::nothing;
      case SliceKind::answer:
      case SliceKind::test: return kind == T::answer || kind == T::nothing;
    }
    return false;
  }

  void end(Index i) {
    if (!must(i < m_.targets.size(), "V15", "no such target")) return;
    const Target& t = m_.targets[i];
    if (!must(allowed(t.kind), "V15", fmt::format("a slice of this kind cannot end in `{}`", name_of(t.kind)))) return;
    evidence(t.code, "the carrier's code");
    evidence(t.said, "the carrier's text");
    if (t.after != kNoRegister) {
      const Known* k = read_present(t.after, "a pause");
      if (k != nullptr) must(k->kind == Kind::duration, "V15", "a pause that is no Duration");
    }
    switch (t.kind) {
      case TargetKind::succeed: return succeed(t);
      case TargetKind::decline:
      case TargetKind::fail: return reason(t);
      case TargetKind::table: return table(t);
      case TargetKind::await: return wait(t);
      case TargetKind::doubt: return doubt(t);
      case TargetKind::step: return step(t);
      case TargetKind::renew: return renew(t);
      case TargetKind::absent: return void(must(t.within_ms > 0 && t.within_ms <= limits::kWaitMs, "V15", "absence is believed at once or never"));
      case TargetKind::session_value: return session_value(t);
      case TargetKind::answer:
        if (use_.kind == SliceKind::auth) return;
        if (must(t.key != kNoRegister, "V15", "an answer of nothing")) read_text(t.key, "an answer");
        return;
      default: return;
    }
  }

  void evidence(Register r, const char* what) {
    if (r == kNoRegister) return;
    const Known* k = read(r);
    if (k == nullptr || k->absent()) return;
    must(text_like(k->kind) || k->kind == Kind::integer, "V15", fmt::format("{} is neither text nor number", what));
    must(!(k->labels & kHidden), "V16", fmt::format("{} would tell of a secret", what));
  }

  void succeed(const Target& t) {
    if (t.carrier_ref != kNoRegister) {
      if (read_text(t.carrier_ref, "the carrier's reference") == nullptr) return;
      must(!(at_[t.carrier_ref].labels & kHidden), "V16", "the carrier's reference would tell of a secret");
    }
    if (t.paid != kNoRegister) {
      const Known* k = read_present(t.paid, "the amount");
      if (k != nullptr) must(k->kind == Kind::money && !(k->labels & kHidden), "V15", "the amount is no Money");
    }
    must(!use_.money || (t.paid != kNoRegister) != t.asked, "V15", "a success that does not state the amount once");
  }

  void reason(const Target& t) {
    for (const Reason& r : m_.reasons)
      if (r.name == t.reason && r.declined == (t.kind == TargetKind::decline)) return;
    fail("V15", fmt::format("`{}` is no reason to {}", m_.text(t.reason), name_of(t.kind)));
  }

  void row_fits(const Target& t) {
    if (!must(allowed(t.kind), "V15", "a table's row that cannot stand here")) return;
    if (t.kind == TargetKind::decline || t.kind == TargetKind::fail) reason(t);
    if (t.kind == TargetKind::succeed) must(!use_.money || t.asked, "V15", "a row that succeeds without an amount");
  }
  void table(const Target& t) {
    const Table& table = m_.tables[t.index];
    if (!must(t.key != kNoRegister, "V15", "a table without a key")) return;
    const Known* k = read_present(t.key, "a table's key");
    if (k == nullptr) return;
    must(k->kind == table.key && !(k->labels & kHidden), "V15", "a table's key is of another kind");
    must(!use_.money || table.other.kind == TargetKind::in_doubt, "V8", "`other` decides about money");
    row_fits(table.other);
    for (const Row& row : table.rows)
      if (v_.ok()) row_fits(row.target);
  }

  void proof(const Proof& p) {
    must(p.within_ms <= limits::kWaitMs, "V15", "a proof is waited for longer than 30 days");
    if (p.kind == ProofKind::enquiry) {
      must(m_.enquiries[p.index].about == use_.owner, "V15", "an enquiry about another procedure");
      arguments(p.arguments, m_.enquiries[p.index].parameters, "an enquiry");
    } else if (p.kind == ProofKind::callback) {
      must(m_.callbacks[p.index].about == use_.owner, "V15", "a callback about another procedure");
      arguments(p.arguments, m_.callbacks[p.index].parameters, "a callback");
    } else {
      for (Register r : p.arguments)
        if (const Known* k = read_present(r, "what a proof is found by")) must(!(k->labels & kHidden), "V16", "a proof is found by a secret");
    }
  }
  void wait(const Target& t) {
    if (!must(!t.proofs.empty(), "V15", "waits for nothing")) return;
    must(t.within_ms > 0 && t.within_ms <= limits::kWaitMs, "V15", "a wait without an end within 30 days");
    for (const Proof& p : t.proofs) {
      if (!v_.ok()) return;
      must(p.kind != ProofKind::manual && p.kind != ProofKind::settlement, "V15", "waits for what does not come by itself");
      proof(p);
    }
  }
  void doubt(const Target& t) {
    must(!t.proofs.empty(), "V15", "no way out of doubt");
    for (const Proof& p : t.proofs)
      if (v_.ok()) proof(p);
  }

  void step(const Target& t) {
    const auto& steps = m_.procedures[use_.owner].steps;
    if (!must(t.index < steps.size() && t.index > use_.step, "V15", "steps only go forward")) return;
    arguments(t.arguments, steps[t.index].parameters, "a step");
  }

  void renew(const Target& t) {
    const Exchange& e = m_.exchanges[use_.exchange];
    bool used = false, safe = e.has_once || !e.moves_money;
    for (Index s : e.sessions) used |= s == t.index;
    for (const Promise& p : m_.promises) safe |= p.kind == PromiseKind::unauthorized_before_processing;
    must(used, "V15", "renews a session that this exchange does not use");
    must(safe, "V15", "renewing would send money twice");
  }

  void session_value(const Target& t) {
    if (!must(t.key != kNoRegister && t.after != kNoRegister, "V15", "a session needs a value and a lifetime")) return;
    const Known* k = read_present(t.key, "a session's value");
    if (k != nullptr) receives(m_.sessions[use_.owner].value, *k, "a session's value");
  }

  Verification& v_;
  const Module& m_;
  const SliceUse& use_;
  const Slice& slice_;
  std::vector<SeenHole> holes_;
  Registers at_;
  bool live_ = true;
  uint32_t pc_ = 0;
  std::map<uint32_t, Registers> waiting_;  // states that jumps carry to instructions ahead
};

}  // namespace

void check_code(Verification& v, const SliceUse& use) { CodeCheck(v, use).run(); }

}  // namespace tollgate::verifying
