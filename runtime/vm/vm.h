// The VM: runs one slice of verified code to its effect. It performs no I/O, allocates only in the caller's arena, and counts every
// instruction against a meter. Everything it knows comes in through Frame and Host; everything it decides goes out in SliceEnd.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/arena.h"
#include "runtime/bytecode/meter.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/value.h"

namespace tollgate {

class Program;  // runtime/load/program.h: a verified module with its derived builders and matchers

// Reads of the host, recorded by the engine so that a run replays byte for byte.
class Host {
 public:
  virtual ~Host() = default;
  virtual int64_t now_us() = 0;                                   // one instant per slice: the VM asks once
  virtual void random_bytes(uint8_t* out, size_t n) = 0;
  virtual int64_t next_counter(Index counter) = 0;
  virtual std::string mint_url(const Module& module, Index callback, std::string_view key) = 0;
  virtual std::string mint_bearer(const Module& module, Index callback, std::string_view key) = 0;
  virtual void metered(uint64_t /*units*/) {}                     // what a slice spent, when it has ended
};

// What a slice may see. Views must outlive the run.
struct RequestView {
  std::string_view method, path, query, body, host, scheme = {}, content_type = {};
  std::span<const std::pair<std::string, std::string>> headers = {};   // of the message; names in any case
};
struct Frame {
  std::span<const Value> arguments, parameters, settings, holes, sessions;
  std::span<Value> keeps;
  const RequestView* request = nullptr;   // auth and verify slices
};

struct HeaderOut { std::string_view name, value; Labels labels; };

enum class FaultKind : uint8_t {
  none,
  breach,       // an inbound assertion failed: the answer contradicts itself
  unbuildable,  // an outgoing value could not be built; always before any byte leaves
  out_of_fuel, out_of_memory,
};

struct SliceEnd {
  enum class Effect : uint8_t { send, target, fault } effect = Effect::fault;
  Index index = kNone;                // exchange or target
  FaultKind fault = FaultKind::none;
  uint32_t pc = 0;                    // where it ended or faulted
  std::string_view why;               // fault: one line without values
  const Value* registers = nullptr;   // valid until the arena is reset
  std::vector<HeaderOut> headers;     // auth slices: headers, and fields of the query
  std::vector<HeaderOut> query;
  uint64_t spent = 0;                 // units of the meter
  uint64_t taken = 0;                 // bytes of the arena
};

// Called before each instruction with the registers as they are; for debugging and for tests.
using Trace = std::function<void(uint32_t pc, std::span<const Value> registers)>;

// `trace` is borrowed and may be null. Never throws; whatever goes wrong is a fault in the result. A slice stops at `fuel`, and at what its module states
// that it costs: a verified module's slices never get there.
SliceEnd run_slice(const Program& program, Index slice, const Frame& frame, Host& host, Arena& arena, uint64_t fuel = kSliceFuel,
                   const Trace* trace = nullptr);

}  // namespace tollgate
