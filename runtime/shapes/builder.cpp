// Runs the append operations of a shape over the values of its holes.
#include <fmt/format.h>

#include "runtime/bytecode/wire.h"
#include "runtime/shapes/append.h"
#include "runtime/shapes/codec.h"
#include "runtime/shapes/multipart.h"
#include "runtime/shapes/shapes.h"

namespace tollgate {

struct Builder::Program {
  AppendList append;
  std::vector<std::string> names;     // of holes, for errors
};

Builder::Builder(const Module& module, Index shape) : program_(std::make_unique<Program>()) {
  const Shape& s = module.shapes[shape];
  program_->append = flatten(module, s);
  for (const Hole& hole : s.holes) {
    std::string_view name = module.text(hole.name);
    program_->names.emplace_back(name.empty() ? module.text(hole.origin) : name);
  }
}
Builder::~Builder() = default;
Builder::Builder(Builder&&) noexcept = default;
Builder& Builder::operator=(Builder&&) noexcept = default;

Labels Builder::labels_of(std::span<const Value> holes) {
  Labels all = kPublic;
  for (const Value& v : holes) all = join(all, v.labels);
  return all;
}

namespace {

struct Run {
  std::span<const Value> holes;
  std::string out;
  // The bytes of one codec, or of the whole body.
  struct Level {
    size_t start = 0;
    size_t columns = 0;           // of the row that is being written
    std::vector<size_t> cuts;     // where parts begin
  };
  std::vector<Level> levels{Level()};
  uint32_t round = 0;             // of the repetition that is being written
  uint32_t blamed = 0;
  std::span<const Value> settings = {};

  bool any_present(std::span<const uint32_t> list) const {
    for (uint32_t hole : list)
      if (holes[hole].present()) return true;
    return false;
  }
  // A value that is the same in every round is no list.
  Value of_round(const Value& v) const { return v.kind != Kind::list ? v : round < v.size ? v.elements[round] : Value::missing(); }
  // What was written since the level began, and the level is left.
  std::string leave() {
    std::string inner = out.substr(levels.back().start);
    out.resize(levels.back().start);
    levels.pop_back();
    return inner;
  }
  std::string_view close(const Append& op) {
    std::string inner = leave(), encoded;
    if (op.codec == kNone) encoded = std::move(inner);
    else if (!encode_codec(static_cast<Codec>(op.codec), operands(op), inner, encoded)) return "cannot be written in this codec, or not with this key";
    return spell_text(encoded, op.mode, out, op.format) ? std::string_view() : "cannot be written here once encoded";
  }
  std::vector<Value> operands(const Append& op) const {
    std::vector<Value> out;
    for (const Operand& o : op.operands)
      out.push_back(o.hole != kNone ? holes[o.hole] : o.setting == kNone ? Value::text(o.text) : o.setting < settings.size() ? settings[o.setting] : Value::missing());
    return out;
  }
  void join() {
    std::vector<size_t> cuts = std::move(levels.back().cuts);
    for (size_t& cut : cuts) cut -= levels.back().start;
    join_parts(leave(), cuts, out);
  }
  // Why it failed, or empty; moves `at` to the next operation.
  std::string_view step(const Append& op, std::span<const uint32_t> lists, size_t& at) {
    at++;
    switch (op.kind) {
      case AppendKind::bytes: out += op.text; return {};
      case AppendKind::comma:
        if (!out.empty() && out.size() > levels.back().start && out.back() != '{' && out.back() != '[') out += ',';
        return {};
      case AppendKind::ampersand:
        if (out.size() > levels.back().start) out += '&';
        return {};
      case AppendKind::row: levels.back().columns = 0; return {};
      case AppendKind::separator:
        if (levels.back().columns++ != 0) out += op.text;
        return {};
      case AppendKind::part: levels.back().cuts.push_back(out.size()); return {};
      case AppendKind::parts: return join(), std::string_view();
      case AppendKind::hole: blamed = op.hole; return spell_value(op.round ? of_round(holes[op.hole]) : holes[op.hole], op.mode, op.width, op.format, out);
      case AppendKind::each:
        blamed = op.hole;
        round = 0;
        if (holes[op.hole].kind != Kind::list) return "is no list";
        if (holes[op.hole].size == 0) at = op.to;
        return {};
      case AppendKind::again:
        if (++round < holes[op.hole].size) at = op.to;
        return {};
      case AppendKind::skip_unless_any:
        if (!any_present(lists.subspan(op.first, op.count))) at = op.to;
        return {};
      case AppendKind::skip_if_present:
        if (holes[op.hole].present()) at = op.to;
        return {};
      case AppendKind::go: at = op.to; return {};
      case AppendKind::open: levels.push_back({out.size(), 0, {}}); return {};
      case AppendKind::close: return close(op);
    }
    return {};
  }
};

}  // namespace

Result<std::string_view> Builder::build(std::span<const Value> holes, Arena& arena, std::span<const Value> settings) const {
  const Program& p = *program_;
  if (holes.size() < p.names.size()) return Error{"unbuildable", "a hole has no value"};
  Run run;
  run.holes = holes;
  run.settings = settings;
  run.out.reserve(1024);
  for (size_t at = 0; at < p.append.ops.size();) {
    std::string_view why = run.step(p.append.ops[at], p.append.lists, at);
    if (why.empty() && run.out.size() > kBodyMax) why = "makes the message longer than 256 KiB";
    if (!why.empty()) return Error{"unbuildable", fmt::format("{} {}", run.blamed < p.names.size() ? p.names[run.blamed] : "", why)};
  }
  std::string_view kept = arena.copy(run.out);
  if (kept.data() == nullptr) return Error{"out_of_memory", "the message does not fit the arena"};
  return kept;
}

}  // namespace tollgate
