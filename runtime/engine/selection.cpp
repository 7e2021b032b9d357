#include "runtime/engine/selection.h"

#include <algorithm>

namespace tollgate {

namespace {

const std::string* header(const ToSelect& what, std::string_view name) {
  if (what.headers == nullptr) return nullptr;
  for (const auto& [key, value] : *what.headers) {
    if (key.size() == name.size() && std::equal(key.begin(), key.end(), name.begin(), [](char a, char b) {
          return a == ((b >= 'A' && b <= 'Z') ? static_cast<char>(b + 32) : b);
        })) return &value;
  }
  return nullptr;
}

bool status_fits(const Arm& arm, const ToSelect& what) {
  if (what.status == 0) return true;
  if (arm.repeat) {
    if (what.transmission < 2 || what.once == nullptr) return false;
    return what.once->repeat_status != 0 && what.status == what.once->repeat_status;
  }
  if (arm.first_only && what.transmission != 1) return false;
  if (arm.head == ArmHead::other || arm.statuses.empty()) return true;
  return std::any_of(arm.statuses.begin(), arm.statuses.end(), [&](const StatusRange& r) { return what.status >= r.from && what.status <= r.upto; });
}

bool headers_fit(const Program& program, const Arm& arm, const ToSelect& what, std::vector<Value>& holes, Chosen& out, Arena& arena) {
  for (const HeaderPattern& pattern : arm.headers) {
    const size_t n = pattern.shape == kNone ? 0 : program.module().shapes[pattern.shape].holes.size();
    const std::string* value = header(what, program.module().text(pattern.name));
    if (value == nullptr) {
      if (!pattern.optional) return false;
      holes.resize(holes.size() + n);
      continue;
    }
    if (pattern.shape == kNone) continue;
    const bool candidate[] = {true};
    const Selection s = program.text_matcher(pattern.shape).match(*value, candidate, arena);
    if (s.chosen < 0) {
      if (!pattern.optional) return false;
      holes.resize(holes.size() + n);
      continue;
    }
    if (s.breach) { out.breach = true; out.why = s.why; }
    for (size_t i = 0; i < n; ++i) holes.push_back(s.holes == nullptr ? Value::missing() : s.holes[i]);
  }
  return true;
}

struct Candidate { bool fits = false; bool breach = false; std::string why; std::vector<Value> header_holes; };

Chosen finish(const Program& program, const Arm& arm, int index, Candidate& c, const Value* body_holes, Arena& arena) {
  Chosen out;
  out.arm = index;
  out.breach = c.breach;
  out.why = c.why;
  const size_t body = arm.shape == kNone ? 0 : program.module().shapes[arm.shape].holes.size();
  const size_t n = body + c.header_holes.size();
  Value* holes = arena.array<Value>(n == 0 ? 1 : n);
  if (holes == nullptr) { out.breach = true; out.why = "the answer is too large"; return out; }
  for (size_t i = 0; i < body && body_holes != nullptr; ++i) holes[i] = body_holes[i];
  std::copy(c.header_holes.begin(), c.header_holes.end(), holes + body);
  out.holes = {holes, n};
  return out;
}

}  // namespace

Chosen choose_arm(const Program& program, std::span<const Arm> arms, const Matcher& matcher, const ToSelect& what, Arena& arena) {
  std::vector<Candidate> candidates(arms.size());
  std::unique_ptr<bool[]> shaped(new bool[arms.size() + 1]());   // by the matcher's index: arms without shape are left out
  std::vector<int> arm_of;
  int plain = -1;   // the first fitting arm without shape: nothing after it can be taken
  for (size_t i = 0; i < arms.size(); ++i) {
    Candidate& c = candidates[i];
    Chosen trouble;
    c.fits = plain < 0 && status_fits(arms[i], what) && headers_fit(program, arms[i], what, c.header_holes, trouble, arena);
    c.breach = trouble.breach;
    c.why = trouble.why;
    if (arms[i].shape == kNone) {
      if (c.fits) plain = static_cast<int>(i);
      continue;
    }
    shaped[arm_of.size()] = c.fits;
    arm_of.push_back(static_cast<int>(i));
  }
  if (!arm_of.empty()) {
    const Selection s = matcher.match(what.body, std::span<const bool>(shaped.get(), arm_of.size()), arena);
    if (s.chosen >= 0) {
      const int arm = arm_of[static_cast<size_t>(s.chosen)];
      Chosen out = finish(program, arms[static_cast<size_t>(arm)], arm, candidates[static_cast<size_t>(arm)], s.holes, arena);
      if (s.breach) { out.breach = true; out.why = s.why; }
      return out;
    }
  }
  if (plain < 0) return {};
  return finish(program, arms[static_cast<size_t>(plain)], plain, candidates[static_cast<size_t>(plain)], nullptr, arena);
}

}  // namespace tollgate
