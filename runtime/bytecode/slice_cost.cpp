#include "runtime/bytecode/slice_cost.h"

#include <algorithm>
#include <map>

#include "runtime/base/arena.h"
#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/bounds.h"
#include "runtime/bytecode/message_bounds.h"
#include "runtime/bytecode/meter.h"
#include "runtime/bytecode/wire.h"
#include "runtime/catalog/growth.h"

namespace tollgate {
namespace {

using verifying::SliceUse;

constexpr uint64_t kAllocationBytes = 16;   // what aligning one allocation may take
constexpr uint64_t kMsisdnBytes = 16;       // E.164
constexpr uint64_t kUuidBytes = 36;
constexpr uint64_t kNameBytes = 128;        // a scheme, a method, a content type with its boundary
constexpr uint64_t kWhyBytes = 512;         // why a message could not be built
constexpr uint64_t kMintedBytes = 4096;     // a URL of ours without the key in it
constexpr uint64_t kEmptyHeaders = 8;       // those that every request has, as elements of pairs

uint64_t capped(uint64_t n) { return std::min(n, kWeightMax); }

// What a value of this type weighs at most, when its text may have so many bytes.
uint64_t weight_of_type(const Type& type, uint64_t bytes) {
  switch (type.kind) {
    case Kind::msisdn: return kMsisdnBytes;
    case Kind::text: case Kind::bytes: case Kind::secret: case Kind::uuid: case Kind::url:
    case Kind::public_key: case Kind::private_key: case Kind::certificate: return bytes;
    case Kind::list: case Kind::pairs: return 3 * bytes;
    default: return 0;
  }
}

std::vector<uint64_t> weights_of(const std::vector<Field>& fields, uint64_t bytes) {
  std::vector<uint64_t> out;
  for (const Field& field : fields) out.push_back(weight_of_type(field.type, bytes));
  return out;
}

void raise(uint64_t& to, uint64_t weight) { to = std::max(to, weight); }
void lower(std::vector<uint64_t>& to, const std::vector<uint64_t>& seen) {
  for (size_t i = 0; i < to.size(); ++i) to[i] = std::min(to[i], seen[i]);
}

// One register: what it weighs, and the constant that it surely holds.
struct Held {
  uint64_t weight = 0;
  Index constant = kNone;
};

struct State {
  std::vector<Held> registers;
  uint64_t units = 0, memory = 0;
  uint64_t added_headers = 0, added_query = 0, headers = 0;  // auth: bytes, bytes, how many

  void join(const State& other) {
    for (size_t r = 0; r < registers.size(); ++r) {
      raise(registers[r].weight, other.registers[r].weight);
      if (registers[r].constant != other.registers[r].constant) registers[r].constant = kNone;
    }
    raise(units, other.units);
    raise(memory, other.memory);
    raise(added_headers, other.added_headers);
    raise(added_query, other.added_query);
    raise(headers, other.headers);
  }
};

class Walk {
 public:
  Walk(const Module& m, const SliceUse& use, const Weights& in, Weights& out)
      : m_(m), use_(use), slice_(m.slices[use.slice]), in_(in), out_(out), holes_(verifying::seen_holes(m, use)) {}

  SliceCostBound run() {
    now_.registers.assign(256, Held{});  // every register that an instruction can name
    now_.memory = (slice_.registers + 1u) * sizeof(Value) + kAllocationBytes;
    for (pc_ = slice_.begin; pc_ < slice_.end && pc_ < m_.code.size(); ++pc_) {
      arrive();
      const Instruction in{m_.code[pc_]};
      if (!live_ || !in.known()) continue;
      now_.units = capped(now_.units + kOps[in.word & 0xff].cost);
      operation(in);
      if (in.op() == Op::jump || in.ends()) live_ = false;
    }
    if (live_) finish();
    return {std::min(most_.instructions, kSliceFuel), std::min<uint64_t>(most_.memory, Arena::kArenaMax)};
  }

 private:
  void arrive() {
    const auto it = waiting_.find(pc_);
    if (it == waiting_.end()) return;
    if (live_) now_.join(it->second);
    else now_ = std::move(it->second);
    live_ = true;
    waiting_.erase(it);
  }
  void jump_to(uint32_t target) {
    const auto [it, fresh] = waiting_.try_emplace(target, now_);
    if (!fresh) it->second.join(now_);
  }
  void finish() {
    raise(most_.instructions, now_.units);
    raise(most_.memory, now_.memory);
  }

  void spend(uint64_t units) { now_.units = capped(now_.units + units); }
  void take(uint64_t bytes) { now_.memory = capped(now_.memory + bytes + kAllocationBytes); }
  void give(uint8_t a, uint64_t weight, Index constant = kNone) { now_.registers[a] = {capped(weight), constant}; }
  uint64_t weight(size_t r) const { return r < now_.registers.size() ? now_.registers[r].weight : 0; }
  void give_text(uint8_t a, uint64_t weight) {
    take(weight);
    give(a, weight);
  }

  static uint64_t at(const std::vector<uint64_t>* list, Index i) { return list != nullptr && i < list->size() ? (*list)[i] : 0; }

  Index procedure() const {
    switch (use_.frame) {
      case Slice::FrameOf::procedure: return use_.owner;
      case Slice::FrameOf::enquiry: return m_.enquiries[use_.owner].about;
      case Slice::FrameOf::callback: return m_.callbacks[use_.owner].about;
      default: return kNone;
    }
  }
  uint64_t argument(Index i) const { return procedure() == kNone ? bounds::kArgumentBytes : at(&in_.arguments[procedure()], i); }
  uint64_t kept(Index i) const { return procedure() == kNone ? bounds::kDurableBytes : at(&in_.kept[procedure()], i); }
  uint64_t parameter(Index i) const {
    switch (use_.frame) {
      case Slice::FrameOf::procedure: return use_.step == kNone ? bounds::kDurableBytes : at(&in_.parameters[use_.owner][use_.step], i);
      case Slice::FrameOf::enquiry: return at(&in_.asked[use_.owner], i);
      case Slice::FrameOf::callback: return bounds::kMessageBytes;
      default: return bounds::kDurableBytes;
    }
  }
  uint64_t setting(Index i) const {
    if (i >= m_.settings.size()) return 0;
    const Setting& s = m_.settings[i];
    const bool long_text = s.many || s.type.kind == Kind::secret || s.type.kind == Kind::list || s.type.kind == Kind::public_key || s.type.kind == Kind::private_key || s.type.kind == Kind::certificate;
    Type type = s.type;
    if (s.many) type.kind = Kind::list;
    return std::max(s.has_value ? 3 * constant_weight(s.value) : 0, weight_of_type(type, long_text ? bounds::kSettingBytes : bounds::kArgumentBytes));
  }
  // The path of the link's base stands before the request's own, and its host in a header.
  uint64_t base() const {
    if (inbound()) return bounds::kSettingBytes;
    const Link& link = m_.links[m_.exchanges[use_.exchange].link];
    return link.base_setting != kNone ? setting(link.base_setting) : m_.text(link.base_literal).size();
  }
  uint64_t hole(Index i) const {
    if (i >= holes_.size() || holes_[i].hole == nullptr) return bounds::kMessageBytes;
    return weight_of_type(holes_[i].hole->type, hole_bytes());
  }
  uint64_t hole_bytes() const {
    uint64_t bytes = bounds::kMessageBytes;
    if (use_.arm != nullptr && use_.arm->shape != kNone) raise(bytes, read_weight(m_, use_.arm->shape));
    if (use_.kind == SliceKind::key && m_.callbacks[use_.owner].match_shape != kNone) raise(bytes, read_weight(m_, m_.callbacks[use_.owner].match_shape));
    return bytes;
  }

  // ---- what an auth or a verify sees of its message

  bool inbound() const { return use_.kind == SliceKind::verify || use_.proves || use_.exchange == kNone; }
  Weights::Sent message() const {
    if (inbound()) return {bounds::kHeadBytes, bounds::kHeadBytes, bounds::kMessageBytes, bounds::kHeadBytes};
    return in_.sent[use_.exchange];
  }
  uint64_t query_bytes() const { return message().query + now_.added_query; }
  uint64_t target_bytes() const { return message().path + base() + 1 + query_bytes(); }
  uint64_t header_count() const {
    if (inbound()) return bounds::kHeadBytes / 4;  // "a:" and a line end
    return m_.exchanges[use_.exchange].headers.size() + kEmptyHeaders + now_.headers;
  }
  void request(uint8_t a, uint32_t part) {
    switch (part) {
      case 1: return give(a, message().path + base());
      case 2: return give_text(a, query_bytes());
      case 3: return give(a, message().body);
      case 4: return give(a, base());
      case 6: {
        const uint64_t n = header_count(), bytes = message().headers + base() + now_.added_headers + kNameBytes;
        take(2 * n * sizeof(Value) + bytes);
        return give(a, 2 * n + bytes);
      }
      case 8: return give_text(a, target_bytes());
      default: return give(a, inbound() ? bounds::kHeadBytes : kNameBytes);
    }
  }

  // ---- instructions

  void operation(Instruction in) {
    const uint8_t a = in.a();
    const Index i = in.immediate();
    switch (in.op()) {
      case Op::constant: return give(a, constant_weight(i), i);
      case Op::move: now_.registers[a] = now_.registers[in.b()]; return;
      case Op::absent: return give(a, 0);
      case Op::argument: return give(a, argument(i));
      case Op::kept: return give(a, kept(i));
      case Op::keep:
        if (procedure() != kNone && i < out_.kept[procedure()].size()) raise(out_.kept[procedure()][i], weight(a));
        return;
      case Op::parameter: return give(a, parameter(i));
      case Op::setting: return give(a, setting(i));
      case Op::market: return give(a, kNameBytes);
      case Op::session: return give(a, i < in_.sessions.size() ? in_.sessions[i] : 0);
      case Op::hole: return give(a, hole(i));
      case Op::request: return request(a, i);
      case Op::header:
        now_.added_headers = capped(now_.added_headers + constant_weight(i) + weight(a));
        ++now_.headers;
        return;
      case Op::query:
        now_.added_query = capped(now_.added_query + 3 * (constant_weight(i) + weight(a)) + 2);
        return;
      case Op::read_host: return read_host(a, in);
      case Op::mint_url:
      case Op::mint_bearer: return give_text(a, kMintedBytes + 3 * weight(a));
      case Op::call: return call(a, i);
      case Op::build: return build(a, i);
      case Op::join: return join(a, in.b());
      case Op::jump: return jump_to(pc_ + 1 + i);
      case Op::jump_present:
      case Op::jump_false: return jump_to(pc_ + 1 + i);
      case Op::expect_equal:
      case Op::expect_present:
      case Op::expect_true: return;
      case Op::send: return send(i);
      case Op::end: return end(i);
    }
  }

  uint64_t constant_weight(Index i) const { return i < m_.constants.size() ? m_.text(m_.constants[i].text).size() : 0; }
  std::optional<int64_t> number(size_t r) const {
    const Index i = r < now_.registers.size() ? now_.registers[r].constant : kNone;
    if (i >= m_.constants.size() || m_.constants[i].kind != Kind::integer) return std::nullopt;
    return m_.constants[i].integer;
  }

  void read_host(uint8_t a, Instruction in) {
    switch (static_cast<HostRead>(in.b())) {
      case HostRead::uuid: return give_text(a, kUuidBytes);
      case HostRead::alnum:
      case HostRead::digits:
      case HostRead::random: return give_text(a, in.c());
      default: return give(a, 0);
    }
  }

  void call(uint8_t a, Index id) {
    const BuiltinRow* row = builtin(id);
    if (row == nullptr) return;
    std::vector<Argued> arguments;
    uint64_t bytes = 0;
    for (size_t p = 0; p < row->parameter_count; ++p) {
      arguments.push_back({weight(size_t{a} + 1 + p), number(size_t{a} + 1 + p)});
      bytes = capped(bytes + arguments.back().weight);
    }
    spend(cost_of(*row, bytes));
    const uint64_t result = weight_of_result(*row, arguments);
    take(call_memory(*row, result));
    give(a, result);
  }

  void build(uint8_t a, Index shape) {
    if (shape >= m_.shapes.size()) return;
    std::vector<uint64_t> weights;
    for (size_t h = 0; h < m_.shapes[shape].holes.size(); ++h) weights.push_back(weight(size_t{a} + 1 + h));
    const uint64_t bytes = built_bytes(m_, shape, weights);
    spend(build_units(bytes));
    take(bytes + kWhyBytes);
    give(a, bytes);
  }

  void join(uint8_t a, uint8_t n) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; ++i) bytes = capped(bytes + std::max<uint64_t>(3, weight(size_t{a} + 1 + i)));
    spend(join_units(bytes));
    give_text(a, bytes + 1);
  }

  // ---- effects

  void send(Index i) {
    if (i < m_.exchanges.size()) {
      const Exchange& e = m_.exchanges[i];
      Weights::Sent& sent = out_.sent[i];
      raise(sent.path, weight(e.path));
      if (e.query != kNoRegister) raise(sent.query, weight(e.query));
      if (e.body != kNoRegister) raise(sent.body, weight(e.body));
      uint64_t headers = 0;
      for (const BuiltHeader& h : e.headers)
        headers += m_.text(h.name).size() + (h.value == kNoRegister ? 0 : std::max<uint64_t>(32, weight(h.value)));
      raise(sent.headers, headers);
    }
    finish();
  }

  void leave(std::vector<uint64_t>& to, const std::vector<Register>& registers) {
    for (size_t i = 0; i < registers.size() && i < to.size(); ++i) raise(to[i], weight(registers[i]));
  }

  void end(Index i) {
    if (i < m_.targets.size()) {
      const Target& t = m_.targets[i];
      if (t.kind == TargetKind::step && use_.frame == Slice::FrameOf::procedure && t.index < out_.parameters[use_.owner].size())
        leave(out_.parameters[use_.owner][t.index], t.arguments);
      for (const Proof& proof : t.proofs)
        if (proof.kind == ProofKind::enquiry && proof.index < out_.asked.size()) leave(out_.asked[proof.index], proof.arguments);
      if (t.kind == TargetKind::session_value && use_.frame == Slice::FrameOf::session && t.key != kNoRegister) raise(out_.sessions[use_.owner], weight(t.key));
    }
    finish();
  }

  const Module& m_;
  const SliceUse& use_;
  const Slice& slice_;
  const Weights& in_;
  Weights& out_;
  std::vector<verifying::SeenHole> holes_;
  State now_;
  bool live_ = true;
  uint32_t pc_ = 0;
  SliceCostBound most_;
  std::map<uint32_t, State> waiting_;
};

}  // namespace

Weights::Weights(const Module& m) {
  using namespace bounds;
  for (const Procedure& p : m.procedures) {
    arguments.push_back(weights_of(p.arguments, kArgumentBytes));
    kept.push_back(weights_of(p.keeps, kDurableBytes));
    auto& steps = parameters.emplace_back();
    for (const Step& s : p.steps) steps.push_back(weights_of(s.parameters, kDurableBytes));
  }
  for (const Enquiry& e : m.enquiries) asked.push_back(weights_of(e.parameters, kDurableBytes));
  for (const Session& s : m.sessions) sessions.push_back(weight_of_type(s.value, kDurableBytes));
  sent.assign(m.exchanges.size(), {kMessageBytes, kMessageBytes, kMessageBytes, kMessageBytes});
}

Weights Weights::emptied() const {
  Weights out = *this;
  for (auto& list : out.kept) std::fill(list.begin(), list.end(), 0);
  for (auto& steps : out.parameters)
    for (auto& list : steps) std::fill(list.begin(), list.end(), 0);
  for (auto& list : out.asked) std::fill(list.begin(), list.end(), 0);
  std::fill(out.sessions.begin(), out.sessions.end(), 0);
  std::fill(out.sent.begin(), out.sent.end(), Sent{});
  return out;
}

void Weights::narrow(const Weights& seen) {
  for (size_t p = 0; p < kept.size(); ++p) {
    lower(kept[p], seen.kept[p]);
    for (size_t s = 0; s < parameters[p].size(); ++s) lower(parameters[p][s], seen.parameters[p][s]);
  }
  for (size_t e = 0; e < asked.size(); ++e) lower(asked[e], seen.asked[e]);
  lower(sessions, seen.sessions);
  for (size_t i = 0; i < sent.size(); ++i) {
    sent[i].path = std::min(sent[i].path, seen.sent[i].path);
    sent[i].query = std::min(sent[i].query, seen.sent[i].query);
    sent[i].body = std::min(sent[i].body, seen.sent[i].body);
    sent[i].headers = std::min(sent[i].headers, seen.sent[i].headers);
  }
}

SliceCostBound slice_cost(const Module& module, const SliceUse& use, const Weights& in, Weights& out) { return Walk(module, use, in, out).run(); }

std::vector<Index> ends_of(const Module& module, Index slice) {
  std::vector<Index> out;
  if (slice >= module.slices.size()) return out;
  const Slice& s = module.slices[slice];
  for (uint32_t pc = s.begin; pc < s.end && pc < module.code.size(); ++pc) {
    const Instruction in{module.code[pc]};
    if (in.known() && in.op() == Op::end && in.immediate() < module.targets.size()) out.push_back(in.immediate());
  }
  return out;
}

}  // namespace tollgate
