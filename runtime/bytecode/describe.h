// describe(a, x): every field of every struct of a module, once, in the order of the encoding. The encoder, the decoder, the hash, the
// dump, the interner's renumbering, the verifier's index rule and the reference page are all archives `a` that walk it.
//
// An archive has:
//   a.index(name, Index&, Pool, Must)   an index into a pool; kNone allowed with Must::may
//   a.indices(name, vector<Index>&, Pool, ceiling)
//   a.reg(name, Register&)              a register of the slice that reaches this target, or kNoRegister
//   a.regs(name, vector<Register>&, ceiling)
//   a.value(name, v)                    bool, unsigned and signed integers, enums
//   a.numbers(name, vector<uint64_t>&, ceiling)
//   a.part(name, struct&)               a.parts(name, vector<struct>&, ceiling)
//   a.text(name, string&)               a.strings(name, vector<string>&, ceiling)
//   a.doc(name, Index&)                 lives in the debug section
#pragma once

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/module.h"

namespace tollgate {

// What an index points into. `local` and `counter` indices are checked where their owner is known (verify.cpp).
enum class Pool : uint8_t {
  texts, constants, settings, links, sessions, shapes, tables, targets, exchanges, procedures, enquiries, endpoints, callbacks, slices, local,
};
enum class Must : uint8_t { be, may };

template <class A>
void describe(A& a, Type& x) {
  a.value("kind", x.kind);
  a.value("optional", x.optional);
  a.value("labels", x.labels);
  a.value("element", x.element);
}

template <class A>
void describe(A& a, Field& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.part("type", x.type);
}

template <class A>
void describe(A& a, Constant& x) {
  a.value("kind", x.kind);
  a.index("text", x.text, Pool::texts, Must::may);
  a.value("integer", x.integer);
  a.value("scale", x.scale);
  a.value("currency", x.currency);
}

template <class A>
void describe(A& a, ShapeNode& x) {
  a.value("kind", x.kind);
  a.value("flags", x.flags);
  a.value("root", x.root);
  a.index("name", x.name, x.kind == NodeKind::codec ? Pool::local : Pool::texts, Must::may);
  a.index("ns", x.ns, Pool::texts, Must::may);
  const Pool pool = x.kind == NodeKind::literal ? Pool::constants : x.kind == NodeKind::setting ? Pool::settings : Pool::local;
  a.index("value", x.value, pool, Must::may);
  a.value("size", x.size);
  a.indices("children", x.children, Pool::local, limits::kNodes);
}

template <class A>
void describe(A& a, Hole& x) {
  a.index("name", x.name, Pool::texts, Must::may);
  a.part("type", x.type);
  a.index("reader", x.reader, Pool::local, Must::be);
  a.index("argument", x.argument, Pool::constants, Must::may);
  a.index("origin", x.origin, Pool::texts, Must::may);
  a.value("equal", x.equal);
  a.value("each", x.each);
  a.value("finds", x.finds);
}

template <class A>
void describe(A& a, Shape& x) {
  a.value("root", x.root);
  a.index("format", x.format, Pool::texts, Must::may);
  a.parts("nodes", x.nodes, limits::kNodes);
  a.parts("holes", x.holes, limits::kHoles);
}

template <class A>
void describe(A& a, Slice& x) {
  a.value("kind", x.kind);
  a.value("begin", x.begin);
  a.value("end", x.end);
  a.value("registers", x.registers);
  a.value("impure", x.impure);
  a.index("owner", x.owner, Pool::local, Must::may);
  a.value("frame", x.frame);
}

template <class A>
void describe(A& a, Proof& x) {
  a.value("kind", x.kind);
  Pool pool = x.kind == ProofKind::enquiry ? Pool::enquiries : x.kind == ProofKind::callback ? Pool::callbacks : Pool::local;
  a.index("index", x.index, pool, pool == Pool::local ? Must::may : Must::be);
  a.regs("arguments", x.arguments, limits::kFields);
  a.value("within_ms", x.within_ms);
  a.index("because", x.because, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, Target& x) {
  a.value("kind", x.kind);
  a.index("reason", x.reason, Pool::texts, Must::may);
  Pool pool = x.kind == TargetKind::table ? Pool::tables : x.kind == TargetKind::renew ? Pool::sessions : Pool::local;
  a.index("index", x.index, pool, pool == Pool::local ? Must::may : Must::be);
  a.reg("carrier_ref", x.carrier_ref);
  a.reg("paid", x.paid);
  a.value("asked", x.asked);
  a.reg("after", x.after);
  a.reg("key", x.key);
  a.reg("code", x.code);
  a.reg("said", x.said);
  a.regs("arguments", x.arguments, limits::kFields);
  a.parts("proofs", x.proofs, limits::kProofs);
  a.value("within_ms", x.within_ms);
  a.index("because", x.because, Pool::texts, Must::may);
  a.index("cites", x.cites, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, Row& x) {
  a.index("key", x.key, Pool::constants, Must::be);
  a.index("upto", x.upto, Pool::constants, Must::may);
  a.value("pattern", x.pattern);
  a.part("target", x.target);
}

template <class A>
void describe(A& a, Table& x) {
  a.index("name", x.name, Pool::texts, Must::may);
  a.value("key", x.key);
  a.parts("rows", x.rows, limits::kRows);
  a.part("other", x.other);
}

template <class A>
void describe(A& a, StatusRange& x) {
  a.value("from", x.from);
  a.value("upto", x.upto);
}

template <class A>
void describe(A& a, HeaderPattern& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.index("shape", x.shape, Pool::shapes, Must::be);
  a.value("optional", x.optional);
}

template <class A>
void describe(A& a, Arm& x) {
  a.value("head", x.head);
  a.value("reads", x.reads);
  a.parts("statuses", x.statuses, limits::kStatuses);
  a.value("repeat", x.repeat);
  a.value("first_only", x.first_only);
  a.parts("headers", x.headers, limits::kHeaders);
  a.index("shape", x.shape, Pool::shapes, Must::may);
  a.index("slice", x.slice, Pool::slices, Must::be);
  a.index("target", x.target, Pool::targets, Must::may);
  a.doc("doc", x.doc);
  a.index("cites", x.cites, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, Once& x) {
  a.index("keep", x.keep, Pool::local, Must::may);
  a.value("window_ms", x.window_ms);
  a.value("repeat_status", x.repeat_status);
  a.value("original", x.original);
  a.index("cites", x.cites, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, BuiltHeader& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.index("shape", x.shape, Pool::shapes, Must::may);
  a.reg("value", x.value);
}

template <class A>
void describe(A& a, Exchange& x) {
  a.index("link", x.link, Pool::links, Must::be);
  a.index("method", x.method, Pool::texts, Must::be);
  a.index("path_shape", x.path_shape, Pool::shapes, Must::may);
  a.reg("path", x.path);
  a.index("query_shape", x.query_shape, Pool::shapes, Must::may);
  a.reg("query", x.query);
  a.index("body_shape", x.body_shape, Pool::shapes, Must::may);
  a.reg("body", x.body);
  a.index("content_type", x.content_type, Pool::texts, Must::may);
  a.parts("headers", x.headers, limits::kHeaders);
  a.index("auth", x.auth, Pool::slices, Must::may);
  a.indices("sessions", x.sessions, Pool::sessions, limits::kSessions);
  a.value("has_once", x.has_once);
  a.part("once", x.once);
  a.value("moves_money", x.moves_money);
  a.parts("arms", x.arms, limits::kArms);
}

template <class A>
void describe(A& a, Step& x) {
  a.index("name", x.name, Pool::texts, Must::may);
  a.parts("parameters", x.parameters, limits::kFields);
  a.index("slice", x.slice, Pool::slices, Must::be);
  a.index("exchange", x.exchange, Pool::exchanges, Must::may);
  a.index("doubt", x.doubt, Pool::slices, Must::may);
  a.index("late", x.late, Pool::slices, Must::may);
}

template <class A>
void describe(A& a, Procedure& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.value("moves_money", x.moves_money);
  a.parts("arguments", x.arguments, limits::kFields);
  a.parts("keeps", x.keeps, limits::kFields);
  a.parts("steps", x.steps, limits::kSteps);
}

template <class A>
void describe(A& a, Enquiry& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.index("about", x.about, Pool::procedures, Must::be);
  a.parts("parameters", x.parameters, limits::kFields);
  a.numbers("every_ms", x.every_ms, limits::kIntervals);
  a.index("slice", x.slice, Pool::slices, Must::be);
  a.index("exchange", x.exchange, Pool::exchanges, Must::be);
}

template <class A>
void describe(A& a, Session& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.parts("parameters", x.parameters, limits::kFields);
  a.part("value", x.value);
  a.index("slice", x.slice, Pool::slices, Must::be);
  a.index("exchange", x.exchange, Pool::exchanges, Must::be);
  a.value("limit", x.limit);
  a.value("limit_window_ms", x.limit_window_ms);
}

template <class A>
void describe(A& a, Link& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.index("base_setting", x.base_setting, Pool::settings, Must::may);
  a.index("base_literal", x.base_literal, Pool::texts, Must::may);
  a.value("connect_ms", x.connect_ms);
  a.value("answer_ms", x.answer_ms);
  a.value("limit", x.limit);
  a.value("limit_window_ms", x.limit_window_ms);
  a.indices("secrets", x.secrets, Pool::settings, limits::kSettings);
  a.index("certificate", x.certificate, Pool::settings, Must::may);
  a.index("key", x.key, Pool::settings, Must::may);
  a.index("authority", x.authority, Pool::settings, Must::may);
}

template <class A>
void describe(A& a, Verify& x) {
  a.value("kind", x.kind);
  a.indices("settings", x.settings, Pool::settings, limits::kSettings);
  a.index("because", x.because, Pool::texts, Must::may);
  a.index("cites", x.cites, Pool::texts, Must::may);
  a.index("slice", x.slice, Pool::slices, Must::may);
  a.index("proof", x.proof, Pool::slices, Must::may);
}

template <class A>
void describe(A& a, Endpoint& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.indices("methods", x.methods, Pool::texts, limits::kVerifies);
  a.parts("verify", x.verify, limits::kVerifies);
  a.value("proves", x.proves);
  a.value("answer_status", x.answer_status);
  a.value("refused_status", x.refused_status);
  a.index("answer_shape", x.answer_shape, Pool::shapes, Must::may);
  a.value("redelivers", x.redelivers);
}

template <class A>
void describe(A& a, Callback& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.index("endpoint", x.endpoint, Pool::endpoints, Must::be);
  a.index("about", x.about, Pool::procedures, Must::be);
  a.value("url_keyed", x.url_keyed);
  a.parts("parameters", x.parameters, limits::kFields);
  a.index("match_shape", x.match_shape, Pool::shapes, Must::may);
  a.index("match_slice", x.match_slice, Pool::slices, Must::may);
  a.reg("key", x.key);
  a.parts("arms", x.arms, limits::kArms);
}

template <class A>
void describe(A& a, Setting& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.part("type", x.type);
  a.value("many", x.many);
  a.value("has_value", x.has_value);
  a.index("value", x.value, Pool::constants, Must::may);
}

template <class A>
void describe(A& a, Reason& x) {
  a.index("name", x.name, Pool::texts, Must::be);
  a.value("declined", x.declined);
  a.value("about", x.about);
}

template <class A>
void describe(A& a, Market& x) {
  a.index("country", x.country, Pool::texts, Must::may);
  a.index("currency", x.currency, Pool::texts, Must::may);
  a.value("decimals", x.decimals);
  a.index("zone", x.zone, Pool::texts, Must::may);
  a.index("numbers", x.numbers, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, Promise& x) {
  a.value("kind", x.kind);
  a.index("owner_name", x.owner_name, Pool::texts, Must::may);
  a.index("says", x.says, Pool::texts, Must::may);
  a.index("cites", x.cites, Pool::texts, Must::may);
}

template <class A>
void describe(A& a, Cost& x) {
  a.value("requests", x.requests);
  a.value("wait_ms", x.wait_ms);
  a.value("instructions", x.instructions);
  a.value("memory_bytes", x.memory_bytes);
}

template <class A>
void describe(A& a, Place& x) {
  a.value("pc", x.pc);
  a.index("file", x.file, Pool::local, Must::may);
  a.value("line", x.line);
  a.value("column", x.column);
}

// One section of a module at a time, in the order of the file: a.section(name, body).
template <class A>
void describe_sections(A& a, Module& m) {
  using namespace limits;
  a.section("about", [&] {
    a.index("carrier", m.carrier, Pool::texts, Must::may);
    a.index("family", m.family, Pool::texts, Must::may);
    a.value("edition", m.edition);
    a.part("market", m.market);
  });
  a.section("texts", [&] { a.strings("texts", m.texts, kTexts); });
  a.section("constants", [&] { a.parts("constants", m.constants, kConstants); });
  a.section("settings", [&] { a.parts("settings", m.settings, kSettings); });
  a.section("links", [&] { a.parts("links", m.links, kLinks); });
  a.section("sessions", [&] { a.parts("sessions", m.sessions, kSessions); });
  a.section("shapes", [&] { a.parts("shapes", m.shapes, kShapes); });
  a.section("tables", [&] { a.parts("tables", m.tables, kTables); });
  a.section("targets", [&] { a.parts("targets", m.targets, kTargets); });
  a.section("exchanges", [&] { a.parts("exchanges", m.exchanges, kExchanges); });
  a.section("procedures", [&] { a.parts("procedures", m.procedures, kProcedures); });
  a.section("enquiries", [&] { a.parts("enquiries", m.enquiries, kEnquiries); });
  a.section("endpoints", [&] { a.parts("endpoints", m.endpoints, kEndpoints); });
  a.section("callbacks", [&] { a.parts("callbacks", m.callbacks, kCallbacks); });
  a.section("slices", [&] { a.parts("slices", m.slices, kSlices); });
  a.section("code", [&] { a.words("code", m.code, kCodeWords); });
  a.section("reasons", [&] { a.parts("reasons", m.reasons, kReasons); });
  a.section("promises", [&] { a.parts("promises", m.promises, kPromises); });
  a.section("costs", [&] { a.parts("costs", m.costs, kProcedures); });
}

template <class A>
void describe_debug(A& a, Module& m) {
  a.strings("files", m.debug.files, limits::kFiles);
  a.parts("places", m.debug.places, limits::kPlaces);
  a.strings("docs", m.debug.docs, limits::kDocs);
}

// Visits every arm of the module in one fixed order; the debug section lists their docs in it.
template <class M, class F>
void each_arm(M& m, F&& f) {
  for (auto& exchange : m.exchanges)
    for (auto& arm : exchange.arms) f(arm);
  for (auto& callback : m.callbacks)
    for (auto& arm : callback.arms) f(arm);
}

}  // namespace tollgate
