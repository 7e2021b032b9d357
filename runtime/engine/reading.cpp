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
