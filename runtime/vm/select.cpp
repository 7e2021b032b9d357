#include "runtime/vm/select.h"

namespace tollgate {
namespace {

bool has_status(const Arm& arm, uint16_t status) {
  for (const StatusRange& r : arm.statuses)
    if (status >= r.from && status <= r.upto) return true;
  return false;
}

bool equal_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); i++) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

class Selecting {
 public:
  Selecting(const Program& program, std::span<const Arm> arms, const Matcher& matcher, std::span<const int> positions, const ReplyView& reply,
            Transmission transmission, Arena& arena)
      : p_(program), m_(program.module()), arms_(arms), matcher_(matcher), positions_(positions), reply_(reply), transmission_(transmission),
        arena_(arena) {}

  // Arms without a shape stand between arms with one, so the matcher is asked once, for the first of those that fit, and the order decides.
  ArmSelection run() {
    bool* candidates = arena_.array<bool>(arms_.size() + 1);
    if (candidates == nullptr) return nothing("the answer does not fit the arena");
    size_t bare = arms_.size();
    for (size_t i = 0; i < arms_.size() && bare == arms_.size(); i++) {
      if (arms_[i].reads != ArmReads::whole || !head(arms_[i]) || !headers_select(arms_[i])) continue;
      if (positions_[i] < 0) bare = i;
      else candidates[positions_[i]] = true;
    }
    Selection body = matcher_.match(reply_.body, {candidates, arms_.size()}, arena_, reply_.settings);
    size_t arm = bare;
    if (body.chosen >= 0)
      for (size_t i = 0; i < arms_.size(); i++)
        if (positions_[i] == body.chosen) arm = i;
    if (arm == arms_.size()) return nothing(body.why.empty() ? "no arm fits the status" : body.why);
    return taken(arm, body);
  }

 private:
  ArmSelection nothing(std::string_view why) const {
    ArmSelection out;
    out.why = why;
    return out;
  }

  bool head(const Arm& arm) const {
    if (arm.repeat && transmission_.number <= 1) return false;
    if (arm.first_only && transmission_.number > 1) return false;
    return arm.head == ArmHead::other || reply_.status == 0 || has_status(arm, reply_.status);
  }

  const std::string* header(Index name) const {
    for (auto& [known, value] : reply_.headers)
      if (equal_names(known, m_.text(name))) return &value;
    return nullptr;
  }
  Selection match_header(const HeaderPattern& h, const std::string& value) const {
    static constexpr bool kOne[] = {true};
    return p_.text_matcher(h.shape).match(value, kOne, arena_, reply_.settings);
  }
  bool headers_select(const Arm& arm) const {
    for (const HeaderPattern& h : arm.headers) {
      const std::string* value = header(h.name);
      if (value == nullptr ? !h.optional : match_header(h, *value).chosen < 0) return false;
    }
    return true;
  }

  ArmSelection taken(size_t index, const Selection& body) const {
    const Arm& arm = arms_[index];
    ArmSelection out;
    out.arm = static_cast<Index>(index);
    size_t own = arm.shape == kNone ? 0 : m_.shapes[arm.shape].holes.size();
    size_t total = own;
    for (const HeaderPattern& h : arm.headers) total += m_.shapes[h.shape].holes.size();
    Value* holes = arena_.array<Value>(total);
    if (holes == nullptr) return breach(out, "the answer does not fit the arena");
    out.holes = {holes, total};
    if (arm.shape != kNone) {
      if (body.breach) return breach(out, body.why);
      std::copy(body.holes, body.holes + own, holes);
    }
    size_t at = own;
    for (const HeaderPattern& h : arm.headers) {
      size_t n = m_.shapes[h.shape].holes.size();
      if (const std::string* value = header(h.name)) {
        Selection s = match_header(h, *value);
        if (s.breach || s.holes == nullptr) return breach(out, s.why);
        std::copy(s.holes, s.holes + n, holes + at);
      }
      at += n;
    }
    return out;
  }
  static ArmSelection breach(ArmSelection& out, std::string_view why) {
    out.breach = true;
    out.why = why;
    return out;
  }

  const Program& p_;
  const Module& m_;
  std::span<const Arm> arms_;
  const Matcher& matcher_;
  std::span<const int> positions_;
  const ReplyView& reply_;
  Transmission transmission_;
  Arena& arena_;
};

}  // namespace

ArmSelection select_arm(const Program& program, std::span<const Arm> arms, const Matcher& matcher, std::span<const int> positions,
                        const ReplyView& reply, Transmission transmission, Arena& arena) {
  return Selecting(program, arms, matcher, positions, reply, transmission, arena).run();
}

RowSelection select_rows(const Program& program, Index exchange, const ReplyView& reply, Arena& arena) {
  const std::vector<Arm>& arms = program.module().exchanges[exchange].arms;
  const std::span<const int> positions = program.row_positions(exchange);
  RowSelection out;
  bool* rows = arena.array<bool>(arms.size() + 1);
  bool* ends = arena.array<bool>(arms.size() + 1);
  Index* arm_at = arena.array<Index>(arms.size() + 1);
  if (rows == nullptr || ends == nullptr || arm_at == nullptr) return out;
  for (Index i = 0; i < arms.size(); i++) {
    if (arms[i].reads == ArmReads::whole || !has_status(arms[i], reply.status)) continue;
    if (arms[i].reads == ArmReads::row && out.first == kNone) out.first = i;
    if (arms[i].reads == ArmReads::end && out.end == kNone) out.end = i;
    if (positions[i] < 0) continue;
    (arms[i].reads == ArmReads::row ? rows : ends)[positions[i]] = true;
    arm_at[positions[i]] = i;
  }
  if (out.first == kNone) return out;
  out.found = program.row_matcher(exchange).rows(reply.body, {rows, arms.size()}, {ends, arms.size()}, arena, reply.settings);
  out.arms = {arm_at, arms.size()};
  return out;
}

ArmSelection select_reply(const Program& program, Index exchange, const ReplyView& reply, Transmission transmission, Arena& arena) {
  return select_arm(program, program.module().exchanges[exchange].arms, program.reply_matcher(exchange), program.reply_positions(exchange),
                    reply, transmission, arena);
}

ArmSelection select_callback(const Program& program, Index callback, const ReplyView& message, Arena& arena) {
  return select_arm(program, program.module().callbacks[callback].arms, program.callback_matcher(callback),
                    program.callback_positions(callback), message, {}, arena);
}

}  // namespace tollgate
