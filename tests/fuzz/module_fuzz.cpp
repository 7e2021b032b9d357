// Any bytes: they decode or they do not, verify or do not; what verifies is loaded and every slice of it runs to an end.
#include <cstdlib>

#include "runtime/load/program.h"
#include "tests/unit/runtime/vm/scripted_host.h"

using namespace tollgate;

namespace {

// A value of each kind, as an engine would have it; what is optional is left out every other time.
Value dummy(const Type& type, bool leave_out) {
  if (type.optional && leave_out) return Value::missing();
  Labels labels = type.labels;
  switch (type.kind) {
    case Kind::boolean: return Value::boolean(true);
    case Kind::integer: return Value::number(7);
    case Kind::decimal: return Value::decimal(150, 2);
    case Kind::money: return Value::money(5000, 0, pack_currency("UGX"));
    case Kind::currency: return Value::currency(pack_currency("UGX"));
    case Kind::time: return Value::time(1'700'000'000'000'000);
    case Kind::duration: return Value::duration(1000);
    case Kind::text:
    case Kind::bytes:
    case Kind::secret:
    case Kind::msisdn:
    case Kind::uuid:
    case Kind::url: return Value::text_of(type.kind, "256770000001", labels);
    default: return Value::missing();
  }
}

std::vector<Value> dummies(const std::vector<Field>& fields, bool leave_out) {
  std::vector<Value> out;
  for (const Field& f : fields) out.push_back(dummy(f.type, leave_out));
  return out;
}

void run_all(const Program& program) {
  const Module& m = program.module();
  ScriptedHost host;
  for (Index i = 0; i < m.slices.size(); i++) {
    Arena arena;
    std::vector<Value> any(256, Value::text("x"));
    std::vector<Value> settings, sessions, keeps(256);
    for (const Setting& s : m.settings) settings.push_back(dummy(s.type, i % 2));
    for (const Session& s : m.sessions) sessions.push_back(dummy(s.value, false));
    std::vector<Value> arguments = m.procedures.empty() ? any : dummies(m.procedures[0].arguments, i % 2);
    RequestView request{"POST", "/x", "a=b", "{}", "example.org"};
    Frame frame{arguments, any, settings, any, sessions, any, keeps, &request};
    SliceEnd end = run_slice(program, i, frame, host, arena, 100'000);
    if (end.effect == SliceEnd::Effect::send && end.index >= m.exchanges.size()) std::abort();
    if (end.effect == SliceEnd::Effect::target && end.index >= m.targets.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The checksum is put right, or nothing hostile would come behind it.
  const std::string bytes = with_checksum(std::string(reinterpret_cast<const char*>(data), size));
  auto module = decode(bytes);
  if (!module.ok()) return 0;
  if (encode(*module) != bytes) std::abort();
  auto program = Program::load(std::move(module).value());
  if (program.ok()) run_all(**program);
  return 0;
}
