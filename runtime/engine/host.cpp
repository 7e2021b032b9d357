#include "runtime/engine/host.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/value/civil.h"
#include "runtime/value/zone.h"

namespace tollgate {

namespace {

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
  if (reads_.now_us != 0) return reads_.now_us;
  if (recorded_ != nullptr && recorded_->now_us == 0) ran_out_ = true;
  reads_.now_us = recorded_ == nullptr ? clock_.wall_us() : recorded_->now_us;
  return reads_.now_us;
}

void SliceHost::random_bytes(uint8_t* out, size_t n) {
  if (recorded_ == nullptr) {
    random_.fill(out, n);
  } else {
    const std::string_view left = std::string_view(recorded_->random).substr(std::min(reads_.random.size(), recorded_->random.size()));
    ran_out_ = ran_out_ || left.size() < n;
    std::fill_n(out, n, uint8_t{0});
    std::copy_n(left.begin(), std::min(left.size(), n), out);
  }
  reads_.random.append(reinterpret_cast<const char*>(out), n);
}

int64_t SliceHost::next_counter(Index counter) {
  int64_t number = 0;
  if (recorded_ == nullptr) {
    CounterState& state = deployment_.counters[counter];
    if (state.next >= state.reserved) {
      state.reserved = state.next + kCounterBlock;
      counters.push_back({deployment_.carrier, std::to_string(counter), state.reserved});
    }
    number = state.next++;
  } else if (reads_.counters.size() < recorded_->counters.size()) {
    number = recorded_->counters[reads_.counters.size()];
  } else {
    ran_out_ = true;
  }
  reads_.counters.push_back(number);
  return number;
}

namespace {

// "20261126": the day that it is in this zone.
std::string local_day(int64_t now_us, std::string_view zone_name) {
  const std::optional<Zone> zone = find_zone(zone_name);
  const Civil day = split(now_us + (zone ? zone->offset_at(now_us) : 0) * int64_t{1'000'000});
  return fmt::format("{:04}{:02}{:02}", day.year, day.month, day.day);
}

}  // namespace

// The next number of a declared counter, drawn; nothing when its range is used up: never from the start again.
std::optional<int64_t> SliceHost::draw(const Module& module, const Counter& declared) {
  std::string name(kNamedCounter);
  name += module.text(declared.name);
  if (declared.per_day) name += ":" + local_day(now_us(), module.text(module.market.zone));
  const auto [at, fresh] = deployment_.named_counters.try_emplace(name, CounterState{declared.from, declared.from});
  CounterState& state = at->second;
  if (state.next < declared.from) state.next = state.reserved = declared.from;
  if (state.next > declared.upto) return std::nullopt;
  if (state.next >= state.reserved) {
    const int64_t block = std::clamp<int64_t>((declared.upto - declared.from) / kNamedBlocks, 1, kCounterBlock);   // a crash skips at most these
    state.reserved = std::min(state.next + block, declared.upto + 1);
    counters.push_back({deployment_.carrier, name, state.reserved});
  }
  return state.next++;
}

std::optional<int64_t> SliceHost::next_of(const Module& module, Index counter) {
  const Counter& declared = module.counters[counter];
  if (recorded_ == nullptr) {
    const std::optional<int64_t> number = draw(module, declared);
    if (number) reads_.counters.push_back(*number);
    return number;
  }
  if (declared.per_day) now_us();   // as it was read to know the day
  if (reads_.counters.size() >= recorded_->counters.size()) {
    ran_out_ = true;
    return std::nullopt;
  }
  reads_.counters.push_back(recorded_->counters[reads_.counters.size()]);
  return reads_.counters.back();
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

}  // namespace tollgate
