// V5 to V9: what the declarations promise each other. The rules about money are here.
#include <fmt/format.h>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verify.h"
#include "runtime/bytecode/wire.h"

namespace tollgate::verifying {
namespace {

constexpr uint64_t kAnswerMs = 10 * 60 * 1000;  // no exchange waits longer for its answer

bool within(uint64_t ms, uint64_t most) { return ms > 0 && ms <= most; }

// How often each exchange is owned, and whether its owner has a way out of doubt.
struct Owner { int count = 0; bool doubt = false; bool step = false; };

std::vector<Owner> owners(const Module& m) {
  std::vector<Owner> out(m.exchanges.size());
  for (const Procedure& p : m.procedures)
    for (const Step& s : p.steps)
      if (s.exchange != kNone) out[s.exchange] = {out[s.exchange].count + 1, s.doubt != kNone, true};
  for (const Enquiry& e : m.enquiries) out[e.exchange].count++;
  for (const Session& s : m.sessions) out[s.exchange].count++;
  return out;
}

bool root_is(const Module& m, Index shape, std::initializer_list<ShapeRoot> roots) {
  if (shape == kNone) return true;
  for (ShapeRoot root : roots)
    if (m.shapes[shape].root == root) return true;
  return false;
}

// What a body can be written as: everything but what stands in the first line of a request.
bool is_body(const Module& m, Index shape) {
  return shape == kNone || (m.shapes[shape].root != ShapeRoot::path && m.shapes[shape].root != ShapeRoot::query);
}

void check_once(Verification& v, const Exchange& e, Index index) {
  if (!e.has_once) return;
  const Module& m = v.m;
  for (const Procedure& p : m.procedures)
    for (const Step& s : p.steps)
      if (s.exchange == index) {
        v.must(e.once.keep < p.keeps.size(), "V6", fmt::format("exchange {}: `once` names no kept value", index));
        return v.must(within(e.once.window_ms, limits::kWaitMs), "V6", fmt::format("exchange {}: `once` has no window", index)), void();
      }
  v.fail("V6", fmt::format("exchange {}: `once` outside of a procedure", index));
}

void check_exchange(Verification& v, const Exchange& e, Index i, const Owner& owner) {
  const Module& m = v.m;
  v.must(owner.count == 1, "V6", fmt::format("exchange {} has {} owners", i, owner.count));
  v.must(!e.moves_money || (owner.step && owner.doubt), "V6", fmt::format("exchange {} moves money and has no way out of doubt", i));
  v.must(root_is(m, e.path_shape, {ShapeRoot::path}), "V6", fmt::format("exchange {}: the path's shape is no path", i));
  v.must(root_is(m, e.query_shape, {ShapeRoot::query, ShapeRoot::form}), "V6", fmt::format("exchange {}: the query's shape is no query", i));
  v.must(is_body(m, e.body_shape), "V6", fmt::format("exchange {}: the body's shape is no body", i));
  for (const BuiltHeader& h : e.headers)
    v.must(root_is(m, h.shape, {ShapeRoot::text}), "V6", fmt::format("exchange {}: a header's shape is no text", i));
  check_once(v, e, i);
}

// A status by which a carrier, or something between, says nothing about the money.
bool says_nothing(uint16_t status) {
  return status >= 500 || status == 407 || status == 408 || status == 409 || status == 425 || status == 429;
}

bool definite(const Target& t) { return t.kind == TargetKind::succeed || t.kind == TargetKind::decline || t.kind == TargetKind::fail; }

// May the slice of this arm end in a definite outcome?
bool decides(const Module& m, const Arm& arm) {
  const Slice& s = m.slices[arm.slice];
  for (uint32_t pc = s.begin; pc < s.end && pc < m.code.size(); pc++) {
    // Every target that the code names counts, reached or not.
    Instruction in{m.code[pc]};
    if (in.op() != Op::end || in.immediate() >= m.targets.size()) continue;
    const Target& t = m.targets[in.immediate()];
    if (definite(t)) return true;
    if (t.kind != TargetKind::table) continue;
    if (definite(m.tables[t.index].other)) return true;
    for (const Row& row : m.tables[t.index].rows)
      if (definite(row.target)) return true;
  }
  return false;
}

bool promised(const Module& m) {
  for (const Promise& p : m.promises)
    if (p.kind == PromiseKind::definite_by_status) return true;
  return false;
}

// Does the arm ask a header for something that the carrier chose to say? That a header is there, `Retry-After` say, is no word about money.
bool says_in_header(const Module& m, const Arm& arm) {
  for (const HeaderPattern& h : arm.headers) {
    if (h.shape == kNone) continue;
    for (const ShapeNode& node : m.shapes[h.shape].nodes)
      if (node.kind == NodeKind::literal) return true;
  }
  return false;
}

// Rows are read of an answer with a status, and by what stands in them alone.
void check_rows(Verification& v, const Arm& arm, const std::string& where) {
  const Module& m = v.m;
  const bool shaped = arm.shape != kNone && reads_rows(m.shapes[arm.shape]);
  if (arm.reads == ArmReads::whole) return void(v.must(!shaped, "V7", where + ": rows read as one message"));
  v.must(shaped || (arm.reads == ArmReads::end && arm.shape == kNone), "V7", where + ": a row of no list");
  v.must(!arm.statuses.empty() && arm.head == ArmHead::status && arm.headers.empty() && !arm.repeat && !arm.first_only, "V7", where + ": rows of no answer");
  if (arm.reads == ArmReads::end) v.must(!decides(m, arm), "V7", where + ": decides by the end of the rows");
}

void check_arm(Verification& v, const Arm& arm, bool about_money, bool once, const std::string& where) {
  const Module& m = v.m;
  bool other = arm.head == ArmHead::other;
  check_rows(v, arm, where);
  for (const StatusRange& r : arm.statuses)
    v.must(r.from >= 100 && r.from <= r.upto && r.upto <= 599, "V7", where + ": a status that does not exist");
  v.must(!(arm.repeat && arm.first_only), "V7", where + ": an arm for the first and for a repeated transmission");
  v.must(!arm.repeat || once, "V7", where + ": `repeat` without `once`");
  v.must(is_body(m, arm.shape), "V7", where + ": a shape that no body has");
  for (const HeaderPattern& h : arm.headers)
    v.must(root_is(m, h.shape, {ShapeRoot::text}), "V7", where + ": a header's shape is no text");
  if (!about_money || !v.ok()) return;
  bool vague = other;
  for (const StatusRange& r : arm.statuses)
    for (uint32_t s = r.from; s <= r.upto; s++) vague |= says_nothing(static_cast<uint16_t>(s));
  bool shaped = (arm.shape != kNone || says_in_header(m, arm)) && !other;
  if (vague && !shaped && decides(m, arm))
    v.must(!other && promised(m), "V7", where + ": decides about money by a status that says nothing about it");
}

void check_table(Verification& v, const Table& t, size_t i) {
  const Module& m = v.m;
  auto plain = [&](const Target& target) {
    bool finding = definite(target) || target.kind == TargetKind::pending || target.kind == TargetKind::in_doubt || target.kind == TargetKind::nothing;
    bool registers = target.carrier_ref != kNoRegister || target.paid != kNoRegister || target.after != kNoRegister || target.key != kNoRegister ||
                     target.code != kNoRegister || target.said != kNoRegister || !target.arguments.empty() || !target.proofs.empty();
    v.must(finding && !registers, "V8", fmt::format("table {}: a row that is no plain finding", i));
  };
  v.must(t.key == Kind::text || t.key == Kind::integer, "V8", fmt::format("table {}: keys are texts or integers", i));
  for (size_t r = 0; r < t.rows.size() && v.ok(); r++) {
    const Row& row = t.rows[r];
    const Constant& key = m.constants[row.key];
    v.must(key.kind == t.key, "V8", fmt::format("table {}: row {} has a key of another kind", i, r));
    bool range = row.upto != kNone;
    v.must(!range || (t.key == Kind::integer && m.constants[row.upto].kind == Kind::integer && m.constants[row.upto].integer >= key.integer), "V8",
           fmt::format("table {}: row {} is no range", i, r));
    v.must(!row.pattern || t.key == Kind::text, "V8", fmt::format("table {}: row {} is a pattern of a number", i, r));
    if (r > 0 && v.ok()) {
      const Row& before = t.rows[r - 1];
      bool after = before.pattern != row.pattern ? row.pattern : before.key < row.key;
      if (t.key == Kind::integer) after = m.constants[before.upto != kNone ? before.upto : before.key].integer < key.integer;
      v.must(after, "V8", fmt::format("table {}: row {} is out of order or overlaps", i, r));
    }
    plain(row.target);
  }
  plain(t.other);
}

}  // namespace

void check_links(Verification& v) {
  for (size_t i = 0; i < v.m.links.size(); i++) {
    const Link& l = v.m.links[i];
    v.must((l.base_setting == kNone) != (l.base_literal == kNone), "V5", fmt::format("link {} has no base, or two", i));
    if (l.base_setting != kNone)
      v.must(v.m.settings[l.base_setting].type.kind == Kind::url, "V5", fmt::format("link {}: the base is no Url", i));
    v.must(within(l.connect_ms, kAnswerMs) && within(l.answer_ms, kAnswerMs), "V5", fmt::format("link {} waits without end", i));
    v.must(l.limit == 0 || l.limit_window_ms > 0, "V5", fmt::format("link {}: a limit without a window", i));
    for (Index s : l.secrets)
      v.must((v.m.settings[s].type.labels & kSecret) != 0, "V5", fmt::format("link {}: owns a setting that is no secret", i));
  }
  for (size_t i = 0; i < v.m.enquiries.size(); i++) {
    const Enquiry& e = v.m.enquiries[i];
    v.must(!e.every_ms.empty(), "V5", fmt::format("enquiry {} has no schedule", i));
    for (uint64_t ms : e.every_ms) v.must(within(ms, limits::kWaitMs), "V5", fmt::format("enquiry {} repeats without a pause", i));
  }
}

void check_exchanges(Verification& v) {
  std::vector<Owner> owned = owners(v.m);
  for (Index i = 0; i < v.m.exchanges.size() && v.ok(); i++) check_exchange(v, v.m.exchanges[i], i, owned[i]);
  for (size_t i = 0; i < v.m.procedures.size(); i++)
    v.must(!v.m.procedures[i].steps.empty(), "V6", fmt::format("procedure {} has no steps", i));
}

void check_arms(Verification& v) {
  const Module& m = v.m;
  std::vector<bool> money(m.exchanges.size(), false);
  for (const Procedure& p : m.procedures)
    for (const Step& s : p.steps)
      if (s.exchange != kNone && (p.moves_money || m.exchanges[s.exchange].moves_money)) money[s.exchange] = true;
  for (const Enquiry& e : m.enquiries) money[e.exchange] = m.procedures[e.about].moves_money;
  for (size_t i = 0; i < m.exchanges.size(); i++)
    for (size_t a = 0; a < m.exchanges[i].arms.size() && v.ok(); a++)
      check_arm(v, m.exchanges[i].arms[a], money[i], m.exchanges[i].has_once, fmt::format("exchange {}, arm {}", i, a));
  for (size_t i = 0; i < m.callbacks.size(); i++)
    for (size_t a = 0; a < m.callbacks[i].arms.size() && v.ok(); a++) {
      const Arm& arm = m.callbacks[i].arms[a];
      std::string where = fmt::format("callback {}, arm {}", i, a);
      v.must(arm.statuses.empty() && !arm.repeat && !arm.first_only && arm.reads == ArmReads::whole, "V7", where + ": a callback has no status");
      check_arm(v, arm, false, false, where);
    }
}

void check_tables(Verification& v) {
  for (size_t i = 0; i < v.m.tables.size() && v.ok(); i++) check_table(v, v.m.tables[i], i);
}

void check_callbacks(Verification& v) {
  const Module& m = v.m;
  for (size_t i = 0; i < m.endpoints.size(); i++) {
    const Endpoint& e = m.endpoints[i];
    v.must(!e.methods.empty() && !e.verify.empty(), "V9", fmt::format("endpoint {} verifies nothing; say so with `nothing because`", i));
    v.must(e.answer_shape == kNone || m.shapes[e.answer_shape].holes.empty(), "V9", fmt::format("endpoint {} answers with a shape with holes", i));
    v.must(e.answer_status >= 100 && e.answer_status <= 599 && e.refused_status >= 100 && e.refused_status <= 599, "V9",
           fmt::format("endpoint {}: a status that does not exist", i));
  }
  for (size_t i = 0; i < m.callbacks.size(); i++) {
    const Callback& c = m.callbacks[i];
    v.must(c.parameters.size() == 1, "V9", fmt::format("callback {} needs exactly one key", i));
    v.must(c.match_slice == kNone || c.match_shape != kNone, "V9", fmt::format("callback {} reads a key of no shape", i));
    v.must(c.url_keyed || (c.match_slice != kNone && c.key < m.slices[c.match_slice].registers), "V9",
           fmt::format("callback {} has no key", i));
    v.must(is_body(m, c.match_shape), "V9", fmt::format("callback {}: a shape that no body has", i));
  }
}

}  // namespace tollgate::verifying
