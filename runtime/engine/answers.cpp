// What a carrier's message is answered: by its arm, else by its callback, else by its endpoint. The answer is stored with the message, and a duplicate
// gets it again.
#include "runtime/bytecode/format.h"
#include "runtime/engine/impl.h"
#include "runtime/shapes/multipart.h"

namespace tollgate {

namespace {

void fill(const Deployment& d, Index shape, Answer& a) {
  if (shape == kNone) return;
  Arena arena;
  const Result<std::string_view> body = d.program->builder(shape).build({}, arena);
  if (body.ok()) a.body = *body;
  a.content_type = content_type_with_boundary(content_type_of(d.module().shapes[shape].root), a.body);
}

void add_headers(const Deployment& d, const Endpoint& endpoint, Answer& a) {
  for (const FixedHeader& header : endpoint.headers) a.headers.emplace_back(d.module().text(header.name), d.module().text(header.value));
}

const Endpoint& endpoint_of(const Message& m) {
  const Module& module = m.deployment->module();
  return module.endpoints[module.callbacks[m.callback].endpoint];
}

}  // namespace

// Before anything is known of the message but its callback. What its arm says comes later, if a procedure reads it.
Answer Engine::Impl::declared_answer(const Message& m) {
  Deployment& d = *m.deployment;
  const Callback& callback = d.module().callbacks[m.callback];
  const Endpoint& endpoint = endpoint_of(m);
  Answer a;
  a.status = callback.answer_status != 0 ? callback.answer_status : endpoint.answer_status;
  add_headers(d, endpoint, a);
  if (callback.answer_status == 0) {
    fill(d, endpoint.answer_shape, a);
    return a;
  }
  if (callback.answer_slice == kNone) return a;
  scratch_.reset();
  Frame frame;
  const Value key = Value::text(m.key);
  frame.settings = d.settings;
  frame.parameters = {&key, 1};
  if (callback.match_shape != kNone) {
    const bool candidate[] = {true};
    const Selection s = d.program->callback_key_matcher(m.callback).match(content_of(m.inbound), candidate, scratch_, d.settings);
    if (s.chosen >= 0 && !s.breach) frame.holes = {s.holes, d.module().shapes[callback.match_shape].holes.size()};
  }
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, callback.answer_slice, frame, host);
  if (end.effect != SliceEnd::Effect::target) return a;   // its words cannot be built from this message: the status alone
  const Target& target = d.module().targets[end.index];
  if (target.key != kNoRegister) a.body = std::string(end.registers[target.key].view());
  a.content_type = content_type_with_boundary(d.module().text(callback.answer_type), a.body);
  return a;
}

Answer Engine::Impl::recorded_answer(const Message& m) const {
  Answer a;
  a.status = m.record.answered_status;
  a.body = m.record.answered_body;
  a.content_type = m.answer_type;
  const Module& module = m.deployment->module();
  if (a.content_type.empty() && !a.body.empty()) {   // a duplicate: the type is not stored, the declaration has it
    const Callback& callback = module.callbacks[m.callback];
    const Endpoint& endpoint = endpoint_of(m);
    if (callback.answer_status != 0) a.content_type = content_type_with_boundary(module.text(callback.answer_type), a.body);
    else if (endpoint.answer_shape != kNone) a.content_type = content_type_with_boundary(content_type_of(module.shapes[endpoint.answer_shape].root), a.body);
  }
  add_headers(*m.deployment, endpoint_of(m), a);
  return a;
}

Answer Engine::Impl::refusal(const Deployment& d, const Endpoint& endpoint) const {
  Answer a;
  a.status = endpoint.refused_status;
  fill(d, endpoint.refused_shape, a);
  add_headers(d, endpoint, a);
  return a;
}

// The arm that read the message answers it in its own words.
void Engine::Impl::take_answer(Message& m, const Target& target, const Value* registers) {
  if (target.answer_status == 0) return;
  m.record.answered_status = target.answer_status;
  m.record.answered_body = target.answer == kNoRegister || registers == nullptr ? std::string() : std::string(registers[target.answer].view());
  m.answer_type = content_type_with_boundary(m.deployment->module().text(target.answer_type), m.record.answered_body);
}

}  // namespace tollgate
