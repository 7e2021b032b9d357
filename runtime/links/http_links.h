// HttpLinks: the Links port over HTTP/1.1 on the loop. One rule stands above the others: a request is transmitted once. libcurl would
// send a POST again, unasked, when a kept-alive connection closes before any byte of the answer; here the second transmission is refused
// at the moment it would begin, and the caller hears `lost`.
//
//   auto links = std::move(HttpLinks::create(loop, {}, [&](uint64_t ticket, Reply reply) { engine.on_reply(ticket, std::move(reply)); })).value();
//   links->send(ticket, request);
//
// What a Reply means here: `answer` is a whole answer (head and body) within the limits. `not_sent`: the name did not resolve, nothing
// accepted the connection, or TLS failed, so no byte of the request left. Everything else is `lost`.
//
// https always verifies the peer's certificate and name; plain http goes to loopback only. No redirects, no proxies, no HTTP/2, no cookies.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "runtime/ports/ports.h"
#include "runtime/schedule/loop.h"

namespace tollgate {

constexpr size_t kReplyBodyMax = 256 * 1024;
constexpr size_t kReplyHeadMax = 16 * 1024;   // status line and headers together, interim answers included
constexpr size_t kIdleConnectionsMax = 12'288;

struct HttpLinksOptions {
  size_t body_max = kReplyBodyMax;
  size_t head_max = kReplyHeadMax;
  size_t idle_connections_max = kIdleConnectionsMax;  // kept open for reuse, over all carriers
  std::string trust_file;                             // PEM of the authorities; empty: the system's
  bool loopback_only = false;                         // requests to other machines are not sent: a rehearsal must charge nobody
};

class HttpLinks final : public Links {
 public:
  // Runs on the loop's thread, never from inside `send`.
  using Completed = std::function<void(uint64_t ticket, Reply reply)>;

  // The loop must outlive the links. Requests still under way at destruction get no completion.
  static Result<std::unique_ptr<HttpLinks>> create(Loop& loop, HttpLinksOptions options, Completed completed);
  ~HttpLinks() override;

  void send(uint64_t ticket, Request request) override;
  size_t in_flight() const;

 private:
  class Impl;
  explicit HttpLinks(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate
