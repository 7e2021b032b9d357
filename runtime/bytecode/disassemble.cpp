#include "runtime/bytecode/disassemble.h"

#include <fmt/format.h>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/wire.h"
#include "runtime/catalog/builtins.h"

namespace tollgate {
namespace {

std::string field_name(const Module& m, const std::vector<Field>& fields, Index i) {
  return i < fields.size() ? fmt::format("{} {}", i, m.text(fields[i].name)) : fmt::format("{}", i);
}

const Slice* slice_at(const Module& m, uint32_t pc) {
  for (const Slice& s : m.slices)
    if (pc >= s.begin && pc < s.end) return &s;
  return nullptr;
}

const Procedure* procedure_of(const Module& m, const Slice* s) {
  if (s == nullptr) return nullptr;
  Index i = kNone;
  if (s->frame == Slice::FrameOf::procedure) i = s->owner;
  if (s->frame == Slice::FrameOf::enquiry && s->owner < m.enquiries.size()) i = m.enquiries[s->owner].about;
  if (s->frame == Slice::FrameOf::callback && s->owner < m.callbacks.size()) i = m.callbacks[s->owner].about;
  return i < m.procedures.size() ? &m.procedures[i] : nullptr;
}

std::string target_text(const Module& m, Index i) {
  if (i >= m.targets.size()) return fmt::format("target {}?", i);
  const Target& t = m.targets[i];
  std::string out = fmt::format("target {} {}", i, name_of(t.kind));
  if (t.reason != kNone) out += fmt::format(" {}", m.text(t.reason));
  if (t.kind == TargetKind::table && t.index < m.tables.size()) out += fmt::format(" {}", m.text(m.tables[t.index].name));
  return out;
}

template <class T>
std::string named(const Module& m, const std::vector<T>& list, Index i) {
  return i < list.size() ? fmt::format("{} {}", i, m.text(list[i].name)) : fmt::format("{}?", i);
}

std::string exchange_text(const Module& m, Index i) {
  if (i >= m.exchanges.size()) return fmt::format("exchange {}?", i);
  const Exchange& e = m.exchanges[i];
  std::string_view link = e.link < m.links.size() ? m.text(m.links[e.link].name) : std::string_view("?");
  return fmt::format("exchange {} {} on {}", i, m.text(e.method), link);
}

std::string immediate_text(const Module& m, uint32_t pc, Instruction in) {
  Index i = in.immediate();
  const Procedure* p = procedure_of(m, slice_at(m, pc));
  switch (in.op()) {
    case Op::constant:
    case Op::query:
    case Op::header: return constant_text(m, i);
    case Op::argument: return p == nullptr ? fmt::format("{}", i) : field_name(m, p->arguments, i);
    case Op::kept:
    case Op::keep: return p == nullptr ? fmt::format("{}", i) : field_name(m, p->keeps, i);
    case Op::setting: return named(m, m.settings, i);
    case Op::session: return named(m, m.sessions, i);
    case Op::mint_url:
    case Op::mint_bearer: return named(m, m.callbacks, i);
    case Op::call_each:
    case Op::call: return builtin(i) == nullptr ? fmt::format("builtin {}?", i) : fmt::format("{}", builtin(i)->symbol);
    case Op::jump:
    case Op::jump_present:
    case Op::jump_false: return fmt::format("to {}", pc + 1 + i);
    case Op::send: return exchange_text(m, i);
    case Op::end: return target_text(m, i);
    default: return fmt::format("{}", i);
  }
}

}  // namespace

std::string disassemble_word(const Module& m, uint32_t pc) {
  if (pc >= m.code.size()) return fmt::format("{:5}  ?\n", pc);
  Instruction in{m.code[pc]};
  if (!in.known()) return fmt::format("{:5}  unknown {:08x}\n", pc, in.word);
  const OpRow& row = kOps[in.word & 0xff];
  std::string line = fmt::format("{:5}  {:<14} r{:<3}", pc, row.name, in.a());
  if (row.immediate) line += " " + immediate_text(m, pc, in);
  else if (in.op() == Op::read_host) line += fmt::format(" {} {}", in.b() < kHostCount ? kHosts[in.b()].name : "?", in.c());
  else if (in.op() == Op::join) line += fmt::format(" {} texts", in.b());
  else line += fmt::format(" r{} r{}", in.b(), in.c());
  return line + "\n";
}

std::string disassemble(const Module& m, Index slice) {
  if (slice >= m.slices.size()) return fmt::format("slice {}?\n", slice);
  const Slice& s = m.slices[slice];
  std::string out = fmt::format("slice {} {} of {}{}, {} registers{}\n", slice, name_of(s.kind), name_of(s.frame),
                                s.owner == kNone ? "" : fmt::format(" {}", s.owner), s.registers, s.impure ? ", impure" : "");
  for (uint32_t pc = s.begin; pc < s.end && pc < m.code.size(); pc++) out += disassemble_word(m, pc);
  return out;
}

}  // namespace tollgate
