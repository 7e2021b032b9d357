// Type soundness: what the compiler accepts never faults in the VM for its types, never goes beyond the cost that it states, and its messages are read
// as they were written. Files come from a seed. TOLLGATE_SEEDS=20000 unit_compiler_driver "[soundness]" runs many, from TOLLGATE_SEED on.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <map>

#include "runtime/load/program.h"
#include "runtime/shapes/generate.h"
#include "runtime/vm/select.h"
#include "runtime/vm/vm.h"
#include "tests/unit/compiler/driver/carrier_generator.h"
#include "tests/unit/runtime/builtins/chance.h"
#include "tests/unit/runtime/vm/scripted_host.h"
#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

uint32_t number_of(const char* variable, uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

// Faults that say the types were wrong, or a bound was. Every other fault is about a value: overflow, a fraction that would be lost, a character that a
// format cannot carry, an answer that contradicts itself.
bool unsound(const SliceEnd& end) {
  if (end.effect != SliceEnd::Effect::fault) return false;
  if (end.fault == FaultKind::out_of_fuel || end.fault == FaultKind::out_of_memory || end.fault == FaultKind::none) return true;
  for (std::string_view words : {"wrong number of arguments", "of a kind that the builtin does not take", "would tell of a secret", "no such builtin", "no text", "without text", "no request",
                                 "unknown", "no effect", "no place for", "has no form", "a hole has no value", "a secret would become"})
    if (end.why.find(words) != std::string_view::npos) return true;
  return false;
}

struct Tally {
  uint32_t files = 0, refused = 0, slices = 0, faults = 0, messages = 0;
  std::map<std::string, uint32_t> codes;
};

class Runs {
 public:
  Runs(std::shared_ptr<const Program> program, uint32_t seed, Tally& tally) : p_(std::move(program)), m_(p_->module()), random_(seed), chance_(seed, arena_), tally_(tally) {
    for (const Setting& s : m_.settings) settings_.push_back(of_type(s.type));
  }

  void all() {
    for (int round = 0; round < 4; ++round) {
      for (const Procedure& p : m_.procedures) of_procedure(p);
    }
  }

 private:
  Value of_type(const Type& type) {
    if (type.optional && chance_.below(3) == 0) return Value::missing();
    switch (type.kind) {
      case Kind::money: return Value::money(static_cast<int64_t>(chance_.below(1'000'000)) + 1, m_.market.decimals, pack_currency(m_.text(m_.market.currency)));
      case Kind::decimal: return Value::decimal(static_cast<int64_t>(chance_.below(2'000'000)) - 1'000'000, static_cast<uint8_t>(chance_.below(5)));
      default: break;
    }
    Value v = chance_.of_kind(type.kind, Parameter{~0u});
    v.labels = join(v.labels, type.labels);
    return v;
  }
  std::vector<Value> of_fields(const std::vector<Field>& fields) {
    std::vector<Value> out;
    for (const Field& f : fields) out.push_back(of_type(f.type));
    return out;
  }

  SliceEnd run(Index slice, const Frame& frame) {
    if (slice == kNone) return {};
    ++tally_.slices;
    SliceEnd end = run_slice(*p_, slice, frame, host_, arena_);
    tally_.faults += end.effect == SliceEnd::Effect::fault;
    INFO("slice " << slice << ", pc " << end.pc << ": " << end.why);
    CHECK_FALSE(unsound(end));
    CHECK(end.spent <= m_.slices[slice].instructions);
    CHECK(end.taken <= m_.slices[slice].memory_bytes);
    return end;
  }

  void of_procedure(const Procedure& p) {
    arena_.reset();
    settings_.clear();
    for (const Setting& s : m_.settings) settings_.push_back(of_type(s.type));
    const std::vector<Value> arguments = of_fields(p.arguments);
    std::vector<Value> keeps(p.keeps.size());
    Frame frame;
    frame.arguments = arguments;
    frame.keeps = keeps;
    frame.settings = settings_;
    for (const Step& s : p.steps) {
      const std::vector<Value> parameters = of_fields(s.parameters);
      frame.parameters = parameters;
      const SliceEnd sent = run(s.slice, frame);
      if (sent.effect != SliceEnd::Effect::send) continue;
      exchange(sent, frame);
      run(s.doubt, frame);
    }
    for (const Enquiry& e : m_.enquiries) {
      const std::vector<Value> parameters = of_fields(e.parameters);
      frame.parameters = parameters;
      if (keeps.empty() || !keeps[0].present()) continue;   // nothing was sent
      const SliceEnd sent = run(e.slice, frame);
      if (sent.effect == SliceEnd::Effect::send) exchange(sent, frame);
    }
  }

  // The request with its credentials, then answers of every arm's shape.
  void exchange(const SliceEnd& sent, const Frame& frame) {
    const Exchange& e = m_.exchanges[sent.index];
    auto text = [&](Register r) { return r == kNoRegister || !sent.registers[r].text_like() ? std::string_view() : sent.registers[r].view(); };
    RequestView view{m_.text(e.method), text(e.path), text(e.query), text(e.body), "carrier.example", "https", m_.text(e.content_type), {}};
    Frame auth = frame;
    auth.request = &view;
    run(e.auth, auth);
    for (const Arm& arm : e.arms) {
      if (arm.shape == kNone) continue;
      const Generated g = generate(m_, arm.shape, random_, arena_);
      auto bytes = p_->builder(arm.shape).build(g.wire, arena_);
      REQUIRE(bytes.ok());
      read_back(arm.shape, *bytes, g);
      const uint16_t status = arm.statuses.empty() ? 200 : arm.statuses[0].from;
      const ArmSelection chosen = select_reply(*p_, sent.index, {status, {}, *bytes, settings_}, {1}, arena_);
      ++tally_.messages;
      if (chosen.arm == kNone || chosen.breach) continue;
      Frame answered = frame;
      answered.holes = chosen.holes;
      run(e.arms[chosen.arm].slice, answered);
    }
  }

  void read_back(Index shape, std::string_view bytes, const Generated& g) {
    static constexpr bool kAll[] = {true};
    const Matcher matcher = p_->matcher(shape);
    const Selection s = matcher.match(bytes, kAll, arena_, settings_);
    INFO(std::string(bytes) << ": " << std::string(s.why));
    REQUIRE(s.chosen == 0);
    REQUIRE_FALSE(s.breach);
    for (size_t h = 0; h < g.values.size(); ++h) CHECK(same(s.holes[h], g.values[h]));
  }

  std::shared_ptr<const Program> p_;
  const Module& m_;
  std::mt19937_64 random_;
  Arena arena_;
  Chance chance_;
  ScriptedHost host_;
  std::vector<Value> settings_;
  Tally& tally_;
};

std::string codes_in(const std::string& brief) {
  const size_t at = brief.find("CR0");
  return at == std::string::npos ? brief.substr(0, 60) : brief.substr(at, 6);
}

// One file, or several that are compiled together, since the library is the same for all.
void try_files(uint32_t first, uint32_t count, Tally& tally) {
  std::vector<SourceText> files;
  for (uint32_t seed = first; seed < first + count; ++seed) files.push_back({"made" + std::to_string(seed) + ".carrier", CarrierGenerator(seed).text()});
  const Compilation compiled = compile(files);
  INFO("seeds from " << first << ": " << (count == 1 ? files[0].text : std::string()));
  INFO(compiled.diagnostics(Rendering::terminal).substr(0, 2000));
  CHECK_FALSE(compiled.defective());   // accepted by the checker, refused by the verifier
  if (!compiled.ok() && count > 1) {
    for (uint32_t seed = first; seed < first + count; ++seed) try_files(seed, 1, tally);
    return;
  }
  tally.files += count;
  if (!compiled.ok()) {
    ++tally.refused;
    ++tally.codes[codes_in(compiled.diagnostics(Rendering::brief))];
    if (std::getenv("TOLLGATE_SHOW") != nullptr) std::cerr << compiled.diagnostics(Rendering::terminal).substr(0, 600) << "\n";
    return;
  }
  for (const CompiledCarrier& carrier : compiled.carriers()) {
    auto program = Program::load(carrier.bytes);
    REQUIRE(program.ok());
    INFO(carrier.name);
    Runs(*program, first, tally).all();
  }
}

}  // namespace

TEST_CASE("well-typed files run without a fault of types, within their cost, both ways", "[soundness]") {
  const uint32_t first = number_of("TOLLGATE_SEED", 1), seeds = number_of("TOLLGATE_SEEDS", 120);
  constexpr uint32_t kTogether = 20;
  Tally tally;
  for (uint32_t at = 0; at < seeds; at += kTogether) try_files(first + at, std::min(kTogether, seeds - at), tally);
  CHECK(tally.files == seeds);
  CHECK(tally.refused * 10 <= tally.files);   // the generator knows the types: nearly all it writes is accepted
  CHECK(tally.slices > seeds * 10);
  CHECK(tally.messages > seeds);
  if (std::getenv("TOLLGATE_SEEDS") != nullptr) {
    std::cerr << tally.files << " files, " << tally.refused << " refused, " << tally.slices << " slices run, " << tally.faults << " faults of values, " << tally.messages << " answers\n";
    for (const auto& [code, n] : tally.codes) std::cerr << "  " << code << ": " << n << "\n";
  }
}
