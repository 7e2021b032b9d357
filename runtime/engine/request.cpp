#include "runtime/engine/request.h"

#include "runtime/engine/decision.h"
#include "runtime/engine/frame.h"
#include "runtime/shapes/multipart.h"
#include "runtime/value/codec.h"

namespace tollgate {

namespace {

std::string text_at(const SliceEnd& end, Register r) {
  if (r == kNoRegister || !end.registers[r].text_like()) return "";
  return std::string(end.registers[r].view());
}

Request request_of(const Deployment& d, const Exchange& e, const Frozen& f) {
  const Link& link = d.module().links[e.link];
  Request r;
  r.method = f.method;
  r.url = d.links[e.link].at(f.host).base + f.path;
  if (!f.query.empty()) r.url += "?" + f.query;
  r.headers = f.headers;
  if (!f.content_type.empty()) r.headers.emplace_back("Content-Type", content_type_with_boundary(f.content_type, f.body));
  r.body = f.body;
  r.connect_ms = link.connect_ms;
  r.answer_ms = link.answer_ms;
  r.moves_money = e.moves_money;
  r.tls = d.links[e.link].tls;
  return r;
}

bool add_auth(const Deployment& d, const Exchange& e, const Frame& base, std::span<const std::string_view> sessions, const Frozen& frozen, Host& host,
              Arena& arena, Request& request) {
  if (e.auth == kNone) return true;
  Value* values = arena.array<Value>(sessions.size() + 1);
  if (values == nullptr) return false;
  for (Index index : e.sessions) {
    Result<std::span<Value>> value = unpack(sessions[index], arena);
    if (!value.ok() || value->empty()) return false;
    values[index] = value->front();
  }
  Frame frame = base;
  frame.sessions = {values, sessions.size()};
  const LinkHost& link = d.links[e.link].at(frozen.host);
  const std::string path = link.prefix + frozen.path;
  std::vector<std::pair<std::string, std::string>> headers = {{"host", link.host}};
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  const RequestView view{frozen.method, path, frozen.query, frozen.body, link.host, link.scheme, frozen.content_type, headers};
  frame.request = &view;
  const SliceEnd end = run_slice(*d.program, e.auth, frame, host, arena);
  if (end.effect == SliceEnd::Effect::fault) return false;
  for (const HeaderOut& h : end.headers) request.headers.emplace_back(h.name, h.value);
  bool queried = !frozen.query.empty();
  for (const HeaderOut& field : end.query) {
    request.url += queried ? '&' : '?';
    queried = true;
    request.url += encode_percent(field.name) + "=" + encode_percent(field.value);
  }
  return true;
}

}  // namespace

std::unique_ptr<Frozen> freeze(const Deployment& d, const Exchange& e, const SliceEnd& end) {
  auto f = std::make_unique<Frozen>();
  const Module& m = d.module();
  f->method = m.text(e.method);
  f->path = text_at(end, e.path);
  f->query = text_at(end, e.query);
  f->body = text_at(end, e.body);
  f->content_type = m.text(e.content_type);
  f->host = d.links[e.link].current;
  for (const BuiltHeader& h : e.headers) {
    if (h.value == kNoRegister || !end.registers[h.value].present()) continue;
    f->headers.emplace_back(m.text(h.name), key_text(end.registers[h.value]));
  }
  return f;
}

Result<Request> finish_request(const Deployment& d, const Exchange& e, const Frame& base, std::span<const std::string_view> sessions, const Frozen& frozen, Host& host, Arena& arena) {
  Request request = request_of(d, e, frozen);
  if (!add_auth(d, e, base, sessions, frozen, host, arena, request)) return Error{"auth_failed", "the request's credentials could not be made"};
  return request;
}

}  // namespace tollgate
