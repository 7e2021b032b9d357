#include "runtime/engine/tape.h"

#include <openssl/sha.h>

#include <algorithm>

#include "runtime/engine/packing.h"

namespace tollgate {

namespace {

constexpr uint8_t kTapeVersion = 2;   // 1 had neither `remembered` nor a session's arguments

using Headers = std::vector<std::pair<std::string, std::string>>;

void put(PackedWriter& w, const Headers& headers) {
  w.number(static_cast<uint32_t>(headers.size()));
  for (const auto& [name, value] : headers) { w.text(name); w.text(value); }
}

void put(PackedWriter& w, const std::vector<Reads>& reads) {
  w.number(static_cast<uint32_t>(reads.size()));
  for (const Reads& r : reads) {
    w.number(r.now_us);
    w.text(r.random);
    w.number(static_cast<uint32_t>(r.counters.size()));
    for (int64_t n : r.counters) w.number(n);
  }
}

void get(PackedReader& r, Headers& out) {
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    auto& [name, value] = out.emplace_back();
    name = r.text();
    value = r.text();
  }
}

void get(PackedReader& r, std::vector<Reads>& out) {
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    Reads& reads = out.emplace_back();
    reads.now_us = r.number<int64_t>();
    reads.random = r.text();
    for (uint32_t m = r.count(); m > 0 && !r.bad(); --m) reads.counters.push_back(r.number<int64_t>());
  }
}

}  // namespace

void Tape::ask(const Request& request) {
  asked = true;
  method = request.method;
  url = request.url;
  headers = request.headers;
  body = request.body;
}

void Tape::hear(uint16_t with_status, const Headers& with_headers, std::string_view with_body) {
  answered = true;
  status = with_status;
  heard_headers = with_headers;
  heard = with_body;
}

std::string encode(const Tape& t) {
  PackedWriter w;
  w.out.reserve(256 + t.url.size() + t.body.size() + t.heard.size());
  w.number(kTapeVersion);
  w.number(static_cast<uint8_t>(t.kind));
  w.number(t.step);
  w.number(t.transmission);
  w.text(t.name);
  w.text(t.parameters);
  w.text(t.decided);
  w.text(t.remembered);
  put(w, t.reads);
  w.number(static_cast<uint32_t>(t.sessions.size()));
  for (const TapedSession& s : t.sessions) {
    w.text(s.name);
    w.text(s.value);
    w.text(s.arguments);
    w.text(s.renewal);
    w.number(static_cast<uint8_t>(s.direct ? 1 : 0));
    put(w, s.reads);
    w.text({reinterpret_cast<const char*>(s.request.data()), s.request.size()});
  }
  w.number(static_cast<uint8_t>((t.asked ? 1 : 0) | (t.answered ? 2 : 0)));
  if (t.asked) {
    w.text(t.method);
    w.text(t.url);
    put(w, t.headers);
    w.text(t.body);
  }
  if (t.answered) {
    w.number(t.status);
    put(w, t.heard_headers);
    w.text(t.heard);
    w.text(t.key);
  }
  return std::move(w.out);
}

Result<Tape> decode_tape(std::string_view bytes) {
  const Error damaged{"tape_damaged", "what an event recorded cannot be read; was it written by another version?"};
  PackedReader r(bytes);
  Tape t;
  const auto version = r.number<uint8_t>();
  if (version == 0 || version > kTapeVersion) return damaged;
  const auto kind = r.number<uint8_t>();
  if (kind > static_cast<uint8_t>(Tape::Kind::late)) return damaged;
  t.kind = static_cast<Tape::Kind>(kind);
  t.step = r.number<uint32_t>();
  t.transmission = r.number<uint32_t>();
  t.name = r.text();
  t.parameters = r.text();
  t.decided = r.text();
  if (version > 1) t.remembered = r.text();
  get(r, t.reads);
  for (uint32_t n = r.count(); n > 0 && !r.bad(); --n) {
    TapedSession& s = t.sessions.emplace_back();
    s.name = r.text();
    s.value = r.text();
    s.direct = true;
    if (version > 1) {
      s.arguments = r.text();
      s.renewal = r.text();
      s.direct = r.number<uint8_t>() != 0;
    }
    get(r, s.reads);
    const std::string digest = r.text();
    if (digest.size() != s.request.size()) return damaged;
    std::copy(digest.begin(), digest.end(), s.request.begin());
  }
  const auto parts = r.number<uint8_t>();
  t.asked = (parts & 1) != 0;
  t.answered = (parts & 2) != 0;
  if (t.asked) {
    t.method = r.text();
    t.url = r.text();
    get(r, t.headers);
    t.body = r.text();
  }
  if (t.answered) {
    t.status = r.number<uint16_t>();
    get(r, t.heard_headers);
    t.heard = r.text();
    t.key = r.text();
  }
  if (!r.good()) return damaged;
  return t;
}

std::string tape_context(const ProcedureId& id, uint32_t sequence) { return "tape|" + to_text(id) + "|" + std::to_string(sequence); }

Hash digest_of(const Request& request) {
  PackedWriter w;
  w.text(request.method);
  w.text(request.url);
  put(w, request.headers);
  w.text(request.body);
  Hash h{};
  SHA256(reinterpret_cast<const unsigned char*>(w.out.data()), w.out.size(), h.data());
  return h;
}

}  // namespace tollgate
