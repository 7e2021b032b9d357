// Listener: HTTP/1.1 for merchants' calls and carriers' callbacks, on the loop. Answers may come later; meanwhile the connection waits.
//
// Not built on libmicrohttpd: once an upload has begun, that library can only close a connection that goes over the limit, while a carrier
// or a merchant should be told 413. The reader is small, strict, and tested on seeded noise.
//
//   auto listener = std::move(Listener::create(loop, "127.0.0.1:8080", {}, [&](HttpRequest r, Respond respond) { respond({204, "", ""}); })).value();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "runtime/links/http_message.h"
#include "runtime/links/request_reader.h"
#include "runtime/schedule/loop.h"

namespace tollgate {

struct ListenerOptions {
  size_t body_max = kRequestBodyMax;
  uint32_t connections_max = 4096;      // further ones wait in the system's queue
  int64_t request_us = 15'000'000;      // from the first byte of a request to its last
  int64_t idle_us = 75'000'000;         // between requests
  int64_t answer_us = 120'000'000;      // the handler's time; then 503
  int64_t write_us = 20'000'000;        // for the peer to read an answer
  std::function<HttpResponse(uint16_t status)> refusal;   // what it answers by itself (400, 408, 413 …); plain text if empty
};

class Listener {
 public:
  // Call once, on the loop's thread, now or later; further calls, and calls after the peer has gone, do nothing.
  using Respond = std::function<void(HttpResponse)>;
  using Handler = std::function<void(HttpRequest, Respond)>;

  // `address` is "127.0.0.1:8080" or "[::1]:8080" (port 0: any). An Error names the address and why it cannot be bound.
  static Result<std::unique_ptr<Listener>> create(Loop& loop, const std::string& address, ListenerOptions options, Handler handler);
  ~Listener();

  uint16_t port() const;
  size_t connections() const;
  // Connections whose request is being answered, or whose answer is on its way.
  size_t busy() const;
  // From now on every connection ends after one answer, and idle ones end at once. New ones are still taken: whoever asks is told that we are going.
  void drain();

 private:
  class Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // a Respond that outlives the listener finds it gone
};

}  // namespace tollgate
