// What a test's script reads of the running procedure, and what is told of it when the test fails.
#include <fmt/format.h>

#include "peer/case_run.h"
#include "runtime/engine/frame.h"
#include "runtime/vm/vm.h"

namespace tollgate::peer {
namespace {

// A test's slices read no host: time, chance and tokens are the engine's.
class NoHost : public Host {
 public:
  int64_t now_us() override { return 0; }
  void random_bytes(uint8_t* out, size_t n) override { std::fill(out, out + n, uint8_t{0}); }
  int64_t next_counter(Index) override { return 0; }
  std::string mint_url(const Module&, Index, std::string_view) override { return {}; }
  std::string mint_bearer(const Module&, Index, std::string_view) override { return {}; }
};

}  // namespace

std::optional<ProcedureRecord> CaseRun::record() {
  if (!procedure_) return std::nullopt;
  Result<std::optional<ProcedureRecord>> found = world_.store.procedure(*procedure_);
  return found ? *found : std::nullopt;
}

// Arguments and kept values as the engine made them durable: so a script sees what a restart would see.
bool CaseRun::fill(TestFrame& frame) {
  size_t keeps = action_ == kNone ? 0 : program_->module().procedures[action_].keeps.size();
  frame.keeps.assign(keeps, Value::missing());
  std::optional<ProcedureRecord> seen = record();
  if (!seen) return true;
  Result<std::string> opened = world_.vault.open(seen->frame, "frame|" + to_text(seen->id));
  if (!opened) return false;
  Result<Durable> durable = decode_durable(*opened);
  if (!durable) return false;
  Result<std::span<Value>> arguments = unpack(durable->arguments, frame.arena);
  Result<std::span<Value>> kept = unpack(durable->keeps, frame.arena);
  if (!arguments || !kept) return false;
  frame.arguments = *arguments;
  for (size_t i = 0; i < kept->size() && i < keeps; ++i) frame.keeps[i] = (*kept)[i];
  return true;
}

std::optional<std::string> CaseRun::build(Index slice) {
  TestFrame values;
  if (slice == kNone || !fill(values)) return std::nullopt;
  std::vector<Value> settings(parts_->module().settings.size());
  Frame frame;
  frame.arguments = values.arguments;
  frame.keeps = values.keeps;
  frame.settings = settings;
  NoHost host;
  SliceEnd end = run_slice(*parts_, slice, frame, host, values.arena);
  if (end.effect != SliceEnd::Effect::target || end.index >= parts_->module().targets.size()) return std::nullopt;
  Register key = parts_->module().targets[end.index].key;
  if (key == kNoRegister || !end.registers[key].text_like()) return std::nullopt;
  return std::string(end.registers[key].view());
}

std::string CaseRun::state_words() {
  std::optional<ProcedureRecord> seen = record();
  if (!seen) return "not started";
  std::string out(state_name(seen->state));
  if (!seen->outcome.reason.empty()) out += " " + seen->outcome.reason;
  if (!seen->outcome.code.empty()) out += fmt::format(" (the carrier's code {})", seen->outcome.code);
  return out;
}

std::vector<std::string> timeline_of(const TestWorld& world, int64_t began_us) {
  const auto& events = world.observer.events;
  std::vector<std::string> out;
  for (size_t i = 0; i < events.size(); ++i) {
    // The beginning says how it came about, the end what became of it; between them are enquiries, mostly.
    if (events.size() > kTimelineMax && i == kTimelineMax / 2) {
      i = events.size() - kTimelineMax / 2;
      out.push_back(fmt::format("({} events left out)", i - kTimelineMax / 2));
    }
    const EventRecord& event = events[i].second;
    int64_t ms = (event.at_us - began_us) / 1000;
    out.push_back(fmt::format("+{}.{:03}s {} {}", ms / 1000, ms % 1000, event.kind, event.detail));
  }
  for (const auto& [where, error] : world.observer.troubles) out.push_back(fmt::format("trouble in {}: {}", where, error.message));
  return out;
}

bool CaseRun::fail(const TestStep& step, std::string expected, std::string happened) {
  if (!failure_) failure_ = TestFailure{step.line, std::move(expected), std::move(happened), timeline_of(world_, began_us_)};
  return false;
}

}  // namespace tollgate::peer
