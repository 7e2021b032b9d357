#include "runtime/load/program.h"

namespace tollgate {
namespace {

// Text stays where the module has it: the program owns both.
Value value_of(const Module& module, const Constant& c) {
  switch (c.kind) {
    case Kind::boolean: return Value::boolean(c.integer != 0);
    case Kind::integer: return Value::number(c.integer);
    case Kind::decimal: return Value::decimal(c.integer, c.scale);
    case Kind::money: return Value::money(c.integer, c.scale, c.currency);
    case Kind::currency: return Value::currency(c.currency);
    case Kind::time: return Value::time(c.integer);
    case Kind::duration: return Value::duration(c.integer);
    case Kind::local_time: {
      Value v = Value::time(c.integer);
      v.kind = Kind::local_time;
      return v;
    }
    default: return Value::text_of(c.kind, module.text(c.text), c.kind == Kind::msisdn ? kPersonal : kPublic);
  }
}

// The shapes of the arms that have one and read whole messages, or rows, and where each arm's shape stands among them.
std::vector<Index> shapes_of(const std::vector<Arm>& arms, std::vector<int>& positions, bool rows = false) {
  std::vector<Index> shapes;
  for (const Arm& arm : arms) {
    const bool own = arm.shape != kNone && (arm.reads != ArmReads::whole) == rows;
    positions.push_back(own ? static_cast<int>(shapes.size()) : -1);
    if (own) shapes.push_back(arm.shape);
  }
  return shapes;
}

template <class T>
Index find_named(const Module& module, const std::vector<T>& list, std::string_view name) {
  for (Index i = 0; i < list.size(); i++)
    if (module.text(list[i].name) == name) return i;
  return kNone;
}

}  // namespace

Result<std::shared_ptr<const Program>> Program::load(std::string_view module_bytes) {
  auto module = decode(module_bytes);
  if (!module) return std::move(module).error();
  return load(std::move(module).value());
}

Result<std::shared_ptr<const Program>> Program::load(Module module) {
  auto verified = verify(module);
  if (!verified) return std::move(verified).error();
  std::shared_ptr<Program> program(new Program);
  program->module_ = std::move(module);
  program->derive();
  return std::shared_ptr<const Program>(std::move(program));
}

void Program::derive() {
  hash_ = hash_of(module_);
  for (const Constant& c : module_.constants) constants_.push_back(value_of(module_, c));
  for (Index i = 0; i < module_.shapes.size(); i++) builders_.emplace_back(module_, i);
  for (const Exchange& e : module_.exchanges)
    reply_matchers_.emplace_back(module_, shapes_of(e.arms, reply_positions_.emplace_back())),
        row_matchers_.emplace_back(module_, shapes_of(e.arms, row_positions_.emplace_back(), true));
  for (const Callback& c : module_.callbacks) {
    callback_matchers_.emplace_back(module_, shapes_of(c.arms, callback_positions_.emplace_back()));
    key_matchers_.emplace_back(module_, c.match_shape == kNone ? std::vector<Index>() : std::vector<Index>{c.match_shape});
  }
  auto headers = [&](const std::vector<Arm>& arms) {
    for (const Arm& arm : arms)
      for (const HeaderPattern& h : arm.headers)
        if (!text_matchers_.count(h.shape)) text_matchers_.emplace(h.shape, Matcher(module_, {h.shape}));
  };
  for (const Exchange& e : module_.exchanges) headers(e.arms);
  for (const Callback& c : module_.callbacks) headers(c.arms);
}

Index Program::find_procedure(std::string_view action) const { return find_named(module_, module_.procedures, action); }
Index Program::find_callback(std::string_view name) const { return find_named(module_, module_.callbacks, name); }

}  // namespace tollgate
