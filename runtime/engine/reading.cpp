#include "runtime/engine/reading.h"

#include <fmt/format.h>

namespace tollgate {

namespace {

// The rows of an answer: each is run by the arm that takes it, on one meter for all of them. One that is about this charge decides; two of them, or one
// that nobody foresaw, contradict.
class RowsReading {
 public:
  RowsReading(const Deployment& d, Index exchange, const RowSelection& rows, Frame frame, const Asked& asked, Host& host, Arena& arena)
      : d_(d), exchange_(exchange), rows_(rows), frame_(frame), asked_(asked), host_(host), arena_(arena) {}

  ReplyReading run() {
    const RowsFound& found = rows_.found;
    if (!found.decoded) return contradiction(rows_.first, std::string(found.why));
    const size_t count = found.rows.size() - (found.ended ? 1 : 0);
    for (size_t i = 0; i < count; i++)
      if (!take(i)) return std::move(out_);
    if (rows_.end != kNone && !end(count)) return std::move(out_);
    return std::move(out_);
  }

 private:
  ReplyReading contradiction(Index arm, std::string why) {
    out_.arm = arm;
    out_.breach = true;
    out_.decision = Decision();
    out_.decision.kind = Decision::Kind::breach;
    out_.decision.why = std::move(why);
    return out_;
  }
  bool spoilt(Index arm, std::string why) { return contradiction(arm, std::move(why)), false; }

  Decision decided(Index arm, std::span<const Value> holes) {
    frame_.holes = holes;
    const SliceEnd end = run_slice(*d_.program, arms()[arm].slice, frame_, host_, arena_, fuel_);
    fuel_ -= std::min(fuel_, end.spent);
    return decide(d_, end, asked_);
  }
  const std::vector<Arm>& arms() const { return d_.module().exchanges[exchange_].arms; }
  std::span<const Value> holes_of(Index arm, const Selection& s) const {
    return arms()[arm].shape == kNone ? std::span<const Value>() : std::span<const Value>(s.holes, d_.module().shapes[arms()[arm].shape].holes.size());
  }

  bool take(size_t i) {
    const Selection& row = rows_.found.rows[i];
    if (row.chosen < 0) return spoilt(rows_.first, fmt::format("row {}: {}", i + 1, row.why));
    const Index arm = rows_.arms[static_cast<size_t>(row.chosen)];
    if (row.foreign) return true;
    if (row.breach) return spoilt(arm, fmt::format("row {}: {}", i + 1, row.why));
    Decision d = decided(arm, holes_of(arm, row));
    if (d.kind == Decision::Kind::nothing) return true;   // another charge's
    if (d.kind == Decision::Kind::breach) return spoilt(arm, fmt::format("row {}: {}", i + 1, d.why));
    if (found_) return spoilt(arm, fmt::format("row {} is about this charge as well", i + 1));
    found_ = true;
    out_.arm = arm;
    out_.decision = std::move(d);
    return true;
  }

  // What the end says is said of an answer without this charge.
  bool end(size_t count) {
    const RowsFound& found = rows_.found;
    Index arm = rows_.end;
    std::span<const Value> own;
    if (arms()[arm].shape != kNone) {
      if (!found.ended) return spoilt(arm, "no row at the end");
      const Selection& last = found.rows.back();
      if (last.chosen < 0) return spoilt(arm, fmt::format("the end: {}", last.why));
      arm = rows_.arms[static_cast<size_t>(last.chosen)];
      if (last.breach) return spoilt(arm, fmt::format("the end: {}", last.why));
      own = holes_of(arm, last);
    }
    Value* holes = arena_.array<Value>(own.size() + 1);
    if (holes == nullptr) return spoilt(arm, "the answer does not fit the arena");
    std::copy(own.begin(), own.end(), holes);
    holes[own.size()] = Value::number(static_cast<int64_t>(count));
    Decision d = decided(arm, {holes, own.size() + 1});
    if (d.kind == Decision::Kind::breach) return spoilt(arm, fmt::format("the end: {}", d.why));
    if (found_) return true;
    out_.arm = arm;
    out_.decision = std::move(d);
    return true;
  }

  const Deployment& d_;
  Index exchange_;
  const RowSelection& rows_;
  Frame frame_;
  const Asked& asked_;
  Host& host_;
  Arena& arena_;
  uint64_t fuel_ = kSliceFuel;
  bool found_ = false;
  ReplyReading out_;
};

}  // namespace

ReplyReading read_reply(const Deployment& d, Index exchange, const ReplyView& reply, uint32_t transmission, Frame frame, const Asked& asked, Host& host, Arena& arena) {
  ReplyReading out;
  out.decision.kind = Decision::Kind::nothing;
  const ArmSelection chosen = select_reply(*d.program, exchange, reply, {transmission}, arena);
  out.arm = chosen.arm;
  if (chosen.arm == kNone) {
    const RowSelection rows = select_rows(*d.program, exchange, reply, arena);
    if (rows.first == kNone) return out;
    out = RowsReading(d, exchange, rows, frame, asked, host, arena).run();
    return out;
  }
  const Arm& arm = d.module().exchanges[exchange].arms[chosen.arm];
  if (chosen.breach) {
    out.breach = true;
    out.decision.kind = Decision::Kind::breach;
    out.decision.why = chosen.why;
  } else if (arm.slice == kNone) {
    out.decision = decide_target(d, arm.target, nullptr, asked);
  } else {
    frame.holes = chosen.holes;
    out.decision = decide(d, run_slice(*d.program, arm.slice, frame, host, arena), asked);
  }
  return out;
}

Decision read_callback(const Deployment& d, Index index, std::string_view key, const ReplyView& message, Frame frame, const Asked& asked, Host& host, Arena& arena, bool& ours) {
  Decision decision;
  decision.kind = Decision::Kind::nothing;
  ours = false;
  const Callback& callback = d.module().callbacks[index];
  const Value parameter = Value::text(key);
  frame.parameters = {&parameter, 1};
  if (callback.match_shape != kNone) {
    const bool candidate[] = {true};
    const Selection s = d.program->callback_key_matcher(index).match(message.body, candidate, arena, message.settings);
    if (s.chosen < 0 || s.breach) return decision;
    if (callback.match_slice != kNone) {
      frame.holes = {s.holes, d.module().shapes[callback.match_shape].holes.size()};
      if (run_slice(*d.program, callback.match_slice, frame, host, arena).effect == SliceEnd::Effect::fault) return decision;
    }
  }
  ours = true;
  const ArmSelection chosen = select_callback(*d.program, index, message, arena);
  if (chosen.arm == kNone || chosen.breach) return decision;
  const Arm& arm = callback.arms[chosen.arm];
  frame.holes = chosen.holes;
  return arm.slice == kNone ? decide_target(d, arm.target, nullptr, asked) : decide(d, run_slice(*d.program, arm.slice, frame, host, arena), asked);
}

}  // namespace tollgate
