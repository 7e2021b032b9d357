#include "runtime/engine/frame.h"

#include <algorithm>

#include "runtime/engine/packing.h"

namespace tollgate {

namespace {

constexpr uint8_t kFrameVersion = 2;   // 1 had neither `shown` nor `turns`

}  // namespace

bool take_turn(Turns& turns, uint32_t target, uint32_t at_most) {
  auto counted = std::find_if(turns.begin(), turns.end(), [&](const auto& turn) { return turn.first == target; });
  if (counted == turns.end()) counted = turns.insert(turns.end(), {target, 0});
  if (counted->second >= at_most) return false;
  ++counted->second;
  return true;
}

std::string pack(std::span<const Value> values) {
  PackedWriter w;
  w.number(static_cast<uint32_t>(values.size()));
  for (const Value& value : values) encode_value(value, w.out);
  return std::move(w.out);
}

Result<std::span<Value>> unpack(std::string_view packed, Arena& arena) {
  if (packed.empty()) return std::span<Value>();
  uint32_t n = 0;
  if (packed.size() < sizeof n) return Error{"frame_damaged", "a procedure's frame is cut off"};
  for (size_t i = 0; i < sizeof n; ++i) n |= static_cast<uint32_t>(static_cast<uint8_t>(packed[i])) << (8 * i);
  packed.remove_prefix(sizeof n);
  if (n > kPackedItemsMax) return Error{"frame_damaged", "a procedure's frame has too many values"};
  Value* out = arena.array<Value>(n == 0 ? 1 : n);
  if (out == nullptr) return Error{"frame_too_large", "a procedure's frame does not fit in the arena"};
  for (uint32_t i = 0; i < n; ++i) {
    Result<Value> value = decode_value(packed, arena);
    if (!value.ok()) return std::move(value).error();
    out[i] = *value;
  }
  return std::span<Value>(out, n);
}

std::string encode(const Durable& d) {
  PackedWriter w;
  w.number(kFrameVersion);
  w.text(d.arguments);
  w.text(d.keeps);
  w.text(d.parameters);
  w.number(static_cast<uint32_t>(d.minted.size()));
  for (const Minted& m : d.minted) { w.number(m.callback); w.text(m.key); }
  w.number(static_cast<uint8_t>(d.wait.mode));
  w.number(d.wait.started_us);
  w.number(static_cast<uint32_t>(d.wait.proofs.size()));
  for (const ProofNeeded& p : d.wait.proofs) {
    w.number(static_cast<uint8_t>(p.kind));
    w.number(p.index);
    w.number(p.within_ms);
    w.text(p.arguments);
    w.text(p.because);
  }
  w.number(static_cast<uint8_t>((d.earlier_sent ? 1 : 0) | (d.contradicted ? 2 : 0)));
  w.number(d.send_by_us);
  w.number(static_cast<uint32_t>(d.shown.size()));
  for (const ShownThing& s : d.shown) { w.number(static_cast<uint8_t>(s.url ? 1 : 0)); w.text(s.what); }
  w.number(static_cast<uint32_t>(d.turns.size()));
  for (const auto& [target, times] : d.turns) { w.number(target); w.number(times); }
  return std::move(w.out);
}

Result<Durable> decode_durable(std::string_view bytes) {
  const Error damaged{"frame_damaged", "a procedure's frame cannot be read; was it written by another version?"};
  PackedReader r(bytes);
  Durable d;
  const auto version = r.number<uint8_t>();
  if (version == 0 || version > kFrameVersion) return damaged;
  d.arguments = r.text();
  d.keeps = r.text();
  d.parameters = r.text();
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    const auto callback = r.number<Index>();
    d.minted.push_back({callback, r.text()});
  }
  const auto mode = r.number<uint8_t>();
  if (mode > static_cast<uint8_t>(Wait::Mode::chain)) return damaged;
  d.wait.mode = static_cast<Wait::Mode>(mode);
  d.wait.started_us = r.number<int64_t>();
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    ProofNeeded p;
    const auto kind = r.number<uint8_t>();
    if (kind > static_cast<uint8_t>(ProofKind::manual)) return damaged;
    p.kind = static_cast<ProofKind>(kind);
    p.index = r.number<Index>();
    p.within_ms = r.number<uint64_t>();
    p.arguments = r.text();
    p.because = r.text();
    d.wait.proofs.push_back(std::move(p));
  }
  const auto flags = r.number<uint8_t>();
  d.earlier_sent = (flags & 1) != 0;
  d.contradicted = (flags & 2) != 0;
  d.send_by_us = r.number<int64_t>();
  if (version == 1) return r.good() ? Result<Durable>(std::move(d)) : Result<Durable>(damaged);
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    const bool url = r.number<uint8_t>() != 0;
    d.shown.push_back({url, r.text()});
  }
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    const auto target = r.number<uint32_t>();
    d.turns.emplace_back(target, r.number<uint32_t>());
  }
  if (!r.good()) return damaged;
  return d;
}

}  // namespace tollgate
