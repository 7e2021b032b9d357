// Changes to the sample carrier, for World's `change`: what one test needs and the others should not have.
#pragma once

#include "tests/unit/runtime/bytecode/sample_module.h"

namespace tollgate {

constexpr Index kChargeExchange = 0, kStatusExchange = 1;   // of the sample

inline Index add_text(Module& m, std::string text) {
  for (size_t i = 0; i < m.texts.size(); ++i) {
    if (m.texts[i] == text) return static_cast<Index>(i);
  }
  m.texts.push_back(std::move(text));
  return static_cast<Index>(m.texts.size() - 1);
}

inline Index add_target(Module& m, Target target) {
  m.targets.push_back(std::move(target));
  return static_cast<Index>(m.targets.size() - 1);
}

inline Index add_slice(Module& m, SliceKind kind, Slice::FrameOf frame, uint8_t registers, const std::vector<Instruction>& code, Index owner = 0) {
  Slice s;
  s.kind = kind;
  s.frame = frame;
  s.owner = owner;
  s.registers = registers;
  s.begin = static_cast<uint32_t>(m.code.size());
  for (Instruction in : code) m.code.push_back(in.word);
  s.end = static_cast<uint32_t>(m.code.size());
  m.slices.push_back(s);
  return static_cast<Index>(m.slices.size() - 1);
}

// An arm for one status that ends in this target at once.
inline Arm arm_to(Module& m, uint16_t status, Target target, Slice::FrameOf frame = Slice::FrameOf::procedure) {
  Arm arm;
  arm.statuses = {{status, status}};
  arm.cites = target.cites;
  arm.target = add_target(m, std::move(target));
  arm.slice = add_slice(m, SliceKind::arm, frame, 1, {Instruction::ai(Op::end, 0, arm.target)});
  return arm;
}

// A 404 to the enquiry says that the carrier has no trace of the charge, believed `after_ms` after the last answer could have come.
inline void absent_when_unknown(Module& m, uint64_t after_ms = 120'000) {
  Target absent;
  absent.kind = TargetKind::absent;
  absent.within_ms = after_ms;
  absent.cites = m.carrier;
  m.exchanges[kStatusExchange].arms.push_back(arm_to(m, 404, absent, Slice::FrameOf::enquiry));
}

// Doubt has no proof but a person's.
inline void doubt_is_manual(Module& m) {
  for (Target& t : m.targets) {
    if (t.kind == TargetKind::doubt) t.proofs = {Proof{ProofKind::manual, kNone, {}, 0, m.carrier}};
  }
}

// The carrier promises nothing about repeats.
inline void without_once(Module& m) {
  for (Exchange& e : m.exchanges) {
    e.has_once = false;
    e.once = {};
    std::erase_if(e.arms, [](const Arm& arm) { return arm.repeat; });
  }
}

// A repeat is answered as the first was. `about`: what the sample's no on 400 speaks of.
inline void answers_original(Module& m, About about) {
  for (Exchange& e : m.exchanges) {
    if (!e.has_once) continue;
    e.once.original = true;
    e.once.repeat_status = 0;
    std::erase_if(e.arms, [](const Arm& arm) { return arm.repeat; });
  }
  for (Reason& reason : m.reasons) if (m.text(reason.name) == "rejected_request") reason.about = about;
}

// The wait is for the callback alone; only doubt's chain has an enquiry.
inline void wait_for_callback_alone(Module& m) {
  for (Target& t : m.targets) {
    if (t.kind == TargetKind::await) t.proofs.resize(1);
  }
}

// A 401 to the charge: fetch the session again and transmit once more. `cited`: the carrier says that it looks at nothing before it knows who asks.
inline void renew_on_401(Module& m, bool cited) {
  Target renew;
  renew.kind = TargetKind::renew;
  renew.index = 0;
  if (cited) renew.cites = m.carrier;
  m.exchanges[kChargeExchange].arms.push_back(arm_to(m, 401, renew));
}

// 202 to the charge leads to a second request, POST /collection/v1_0/requesttopay/{ref}, whose 202 leads to the wait.
inline void confirm_in_a_second_step(Module& m) {
  Exchange confirm = m.exchanges[kStatusExchange];
  confirm.method = add_text(m, "POST");
  confirm.moves_money = true;
  confirm.arms = {m.exchanges[kChargeExchange].arms[0]};
  m.exchanges.push_back(confirm);
  const Index exchange = static_cast<Index>(m.exchanges.size() - 1);
  using I = Instruction;
  const Index slice = add_slice(m, SliceKind::step, Slice::FrameOf::procedure, 4, {I::ai(Op::kept, 1, 0), I::ai(Op::build, 0, confirm.path_shape), I::ai(Op::send, 0, exchange)});
  m.procedures[0].steps.push_back({add_text(m, "confirm"), {}, slice, exchange, m.procedures[0].steps[0].doubt, kNone, {}});
  Target step;
  step.kind = TargetKind::step;
  step.index = 1;
  m.exchanges[kChargeExchange].arms[0] = arm_to(m, 202, step);
}

}  // namespace tollgate
