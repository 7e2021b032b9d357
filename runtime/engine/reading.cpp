#include "runtime/engine/reading.h"

namespace tollgate {

ReplyReading read_reply(const Deployment& d, Index exchange, const ReplyView& reply, uint32_t transmission, Frame frame, const Asked& asked, Host& host, Arena& arena) {
  ReplyReading out;
  out.decision.kind = Decision::Kind::nothing;
  const ArmSelection chosen = select_reply(*d.program, exchange, reply, {transmission}, arena);
  out.arm = chosen.arm;
  if (chosen.arm == kNone) return out;
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

CallbackReading read_callback(const Deployment& d, Index index, std::string_view key, const ReplyView& message, Frame frame, const Asked& asked, Host& host, Arena& arena) {
  CallbackReading out;
  out.decision.kind = Decision::Kind::nothing;
  const Callback& callback = d.module().callbacks[index];
  const Value parameter = Value::text(key);
  frame.parameters = {&parameter, 1};
  if (callback.match_shape != kNone) {
    const bool candidate[] = {true};
    const Selection s = d.program->callback_key_matcher(index).match(message.body, candidate, arena, message.settings);
    if (s.chosen < 0 || s.breach) return out;
    if (callback.match_slice != kNone) {
      frame.holes = {s.holes, d.module().shapes[callback.match_shape].holes.size()};
      if (run_slice(*d.program, callback.match_slice, frame, host, arena).effect == SliceEnd::Effect::fault) return out;
    }
  }
  out.ours = true;
  const ArmSelection chosen = select_callback(*d.program, index, message, arena);
  if (chosen.arm == kNone || chosen.breach) return out;
  const Arm& arm = callback.arms[chosen.arm];
  frame.holes = chosen.holes;
  if (arm.slice == kNone) {
    out.target = &d.module().targets[arm.target];
    out.decision = decide_target(d, arm.target, nullptr, asked);
    return out;
  }
  const SliceEnd end = run_slice(*d.program, arm.slice, frame, host, arena);
  if (end.effect == SliceEnd::Effect::target) out.target = &d.module().targets[end.index];
  out.decision = decide(d, end, asked);
  return out;
}

Decision read_awaited(const Deployment& d, const Waited& waited, std::string_view text, Frame frame, const Asked& asked, Host& host, Arena& arena, bool& selected) {
  Decision decision;
  decision.kind = Decision::Kind::nothing;
  const ArmSelection chosen = select_awaited(*d.program, waited, {0, {}, text, d.settings}, arena);
  selected = chosen.arm != kNone;
  if (!selected) return decision;
  if (chosen.breach) {
    decision.kind = Decision::Kind::breach;
    decision.why = chosen.why;
    return decision;
  }
  frame.holes = chosen.holes;
  return decide(d, run_slice(*d.program, waited.arms[chosen.arm].slice, frame, host, arena), asked);
}

}  // namespace tollgate
