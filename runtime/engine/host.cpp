#include "runtime/engine/host.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/detail.h"
#include "runtime/value/civil.h"
#include "runtime/value/zone.h"

namespace tollgate {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string token_context(std::string_view carrier, std::string_view callback, std::string_view key) {
  std::string out;
  out.reserve(carrier.size() + callback.size() + key.size() + 2);
  out.append(carrier).append("|").append(callback).append("|").append(key);
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view upper = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) { out += c; continue; }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += upper[byte >> 4];
    out += upper[byte & 15];
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') { out += text[i]; continue; }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = nibble(text[i + 1]), low = nibble(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

int64_t SliceHost::now_us() {
  if (now_ == 0) now_ = clock_.wall_us();
  return now_;
}

void SliceHost::random_bytes(uint8_t* out, size_t n) {
  random_.fill(out, n);
  for (size_t i = 0; i < n; ++i) {
    random_hex_ += kHex[out[i] >> 4];
    random_hex_ += kHex[out[i] & 15];
  }
}

int64_t SliceHost::next_counter(Index counter) {
  CounterState& state = deployment_.counters[counter];
  if (state.next >= state.reserved) {
    state.reserved = state.next + kCounterBlock;
    counters.push_back({deployment_.carrier, std::to_string(counter), state.reserved});
  }
  counted_ += (counted_.empty() ? "" : ",") + std::to_string(state.next);
  return state.next++;
}

namespace {

// "20261126": the day that it is in this zone.
std::string local_day(int64_t now_us, std::string_view zone_name) {
  const std::optional<Zone> zone = find_zone(zone_name);
  const Civil day = split(now_us + (zone ? zone->offset_at(now_us) : 0) * int64_t{1'000'000});
  return fmt::format("{:04}{:02}{:02}", day.year, day.month, day.day);
}

}  // namespace

std::optional<int64_t> SliceHost::next_of(const Module& module, Index counter) {
  const Counter& declared = module.counters[counter];
  std::string name(kNamedCounter);
  name += module.text(declared.name);
  if (declared.per_day) name += ":" + local_day(now_us(), module.text(module.market.zone));
  const auto [at, fresh] = deployment_.named_counters.try_emplace(name, CounterState{declared.from, declared.from});
  CounterState& state = at->second;
  if (state.next < declared.from) state.next = state.reserved = declared.from;
  if (state.next > declared.upto) return std::nullopt;   // used up: never from the start again
  if (state.next >= state.reserved) {
    const int64_t block = std::clamp<int64_t>((declared.upto - declared.from) / kNamedBlocks, 1, kCounterBlock);   // a crash skips at most these
    state.reserved = std::min(state.next + block, declared.upto + 1);
    counters.push_back({deployment_.carrier, name, state.reserved});
  }
  counted_ += (counted_.empty() ? "" : ",") + std::to_string(state.next);
  return state.next++;
}

void SliceHost::remember(Index callback, std::string_view key) {
  for (const Minted& m : minted) {
    if (m.callback == callback && m.key == key) return;
  }
  minted.push_back({callback, std::string(key)});
}

std::string SliceHost::mint_url(const Module& module, Index callback, std::string_view key) {
  remember(callback, key);
  const Callback& c = module.callbacks[callback];
  const std::string_view name = module.text(c.name);
  std::string url = public_url_;
  url.append("/c/").append(deployment_.carrier).append("/").append(name);
  if (c.url_keyed) url.append("/").append(percent_encode(key));
  url.append("/").append(vault_.token(token_context(deployment_.carrier, name, c.url_keyed ? key : std::string_view())));
  return url;
}

std::string SliceHost::mint_bearer(const Module& module, Index callback, std::string_view key) {
  remember(callback, key);
  return vault_.token("bearer|" + token_context(deployment_.carrier, module.text(module.callbacks[callback].name), key));
}

std::string SliceHost::reads() const {
  if (now_ == 0 && random_hex_.empty() && counted_.empty()) return "";
  Detail d;
  if (now_ != 0) d.number("now", now_);
  if (!random_hex_.empty()) d.text("random", random_hex_);
  if (!counted_.empty()) d.raw("counters", "[" + counted_ + "]");
  return std::move(d).end();
}

}  // namespace tollgate
