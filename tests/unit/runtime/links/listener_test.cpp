// Breaks if an answer reaches the wrong request, if an upload without end is held in memory or left unanswered, or if a slow or silent peer
// can keep a connection for ever.
#include "runtime/links/listener.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "runtime/links/socket_address.h"
#include "tests/unit/runtime/links/raw_client.h"

using namespace tollgate;
using namespace std::chrono_literals;

namespace {

const std::string kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

// The listener on a thread of its own; the test is the client.
struct Serving {
  std::unique_ptr<Loop> loop = std::move(Loop::create()).value();
  std::unique_ptr<Listener> listener;
  uint16_t port = 0;
  std::thread thread;

  explicit Serving(Listener::Handler handler, ListenerOptions options = {}) {
    auto made = Listener::create(*loop, "127.0.0.1:0", options, std::move(handler));
    REQUIRE(made.ok());
    listener = std::move(made).value();
    port = listener->port();
    thread = std::thread([this] { loop->run(); });
  }
  ~Serving() {
    loop->stop();
    thread.join();
  }
};

void echo(HttpRequest r, Listener::Respond respond) { respond({200, "text/plain", r.method + " " + r.path + "?" + r.query + " " + r.body, {}}); }

}  // namespace

TEST_CASE("requests on one connection are answered in order, pipelined or not") {
  Serving s(echo);
  RawClient client(s.port);
  client.put(kGet);
  CHECK(client.answer() == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nGET /x? ");
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "POST /" + std::to_string(i) + "?q HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
  std::thread writer([&] { client.put(many); });
  for (int i = 0; i < 5000; ++i) REQUIRE(client.answer().ends_with("POST /" + std::to_string(i) + "?q hi"));
  writer.join();
}

TEST_CASE("a later answer reaches its own request, and only the first one counts") {
  std::vector<Listener::Respond> waiting;
  std::atomic<int> handed = 0;
  Serving s([&](HttpRequest, Listener::Respond respond) {
    waiting.push_back(std::move(respond));
    ++handed;
  });
  RawClient a(s.port), b(s.port);
  a.put(kGet + kGet);
  while (handed < 1) std::this_thread::sleep_for(1ms);
  b.put(kGet);
  while (handed < 2) std::this_thread::sleep_for(1ms);
  s.loop->post([&] {
    waiting[1]({200, "", "for b", {}});
    waiting[0]({202, "", "for a", {{"Retry-After", "1"}}});
    waiting[0]({500, "", "again", {}});
  });
  CHECK(b.answer().ends_with("for b"));
  CHECK(a.answer() == "HTTP/1.1 202 Accepted\r\nRetry-After: 1\r\nContent-Length: 5\r\n\r\nfor a");
  while (handed < 3) std::this_thread::sleep_for(1ms);
  s.loop->post([&] { waiting[2]({204, "", "", {}}); });
  CHECK(a.answer() == "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_CASE("an answer to a peer that has gone, or from a listener that has, does nothing") {
  Listener::Respond late;
  std::atomic<bool> handed = false;
  auto handler = [&](HttpRequest, Listener::Respond respond) {
    late = std::move(respond);
    handed = true;
  };
  {
    Serving s(handler);
    {
      RawClient client(s.port);
      client.put(kGet);
      while (!handed) std::this_thread::sleep_for(1ms);
    }
    std::this_thread::sleep_for(20ms);
    std::atomic<bool> done = false;
    s.loop->post([&] {
      late({200, "", "too late", {}});
      done = true;
    });
    while (!done) std::this_thread::sleep_for(1ms);
  }
  late({200, "", "far too late", {}});
  SUCCEED();
}

TEST_CASE("a gigabyte is answered 413 and the connection closed, in bounded memory") {
  const bool chunked = GENERATE(false, true);
  std::atomic<int> handed = 0;
  Serving s([&](HttpRequest, Listener::Respond respond) {
    ++handed;
    respond({200, "", "", {}});
  });
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  RawClient client(s.port);
  client.put(chunked ? "POST /c/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" : "POST /c/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n");
  const std::string block = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  size_t sent = 0;
  // The answer comes while we are still sending; like curl, look for it before the end.
  while (sent < 3u << 20 && client.put(block)) sent += block.size();
  CHECK(client.answer().starts_with("HTTP/1.1 413 Content Too Large\r\n"));
  while (sent < 1u << 30 && client.put(block)) sent += block.size();
  CHECK(sent < 64u << 20);
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
  CHECK(handed == 0);
}

TEST_CASE("a body that must wait for 100 Continue gets it, or the refusal in its place") {
  Serving s(echo);
  RawClient client(s.port);
  client.put("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.answer() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.put("ok");
  CHECK(client.answer().ends_with("POST /x? ok"));
  client.put("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.answer().starts_with("HTTP/1.1 413"));
  CHECK(client.closed());
}

TEST_CASE("what is no HTTP is answered 400 and closed") {
  Serving s(echo);
  RawClient client(s.port);
  client.put("\x16\x03\x01\x02 hello\r\n\r\n");
  const std::string answer = client.answer();
  CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(client.closed());
}

TEST_CASE("HEAD has the length and no body; HTTP/1.0 ends with its answer") {
  Serving s(echo);
  RawClient client(s.port);
  client.put("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + kGet);
  // The client knows nothing of HEAD: the next answer's bytes would be taken for its body.
  const std::string both = client.answer();
  CHECK(both.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nHTTP/1.1 "));
  RawClient old(s.port);
  old.put("GET /x HTTP/1.0\r\n\r\n");
  CHECK(old.answer().starts_with("HTTP/1.1 200 OK"));
  CHECK(old.closed());
}

TEST_CASE("patience ends: a half request with 408, silence with a close, a handler without an answer with 503") {
  ListenerOptions options;
  options.request_us = 100'000;
  options.idle_us = 100'000;
  options.answer_us = 100'000;
  Listener::Respond kept;
  Serving s([&](HttpRequest, Listener::Respond respond) { kept = std::move(respond); }, options);
  RawClient half(s.port), silent(s.port), unanswered(s.port);
  half.put("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  unanswered.put(kGet);
  CHECK(half.answer().starts_with("HTTP/1.1 408"));
  CHECK(half.closed());
  CHECK(silent.closed());
  CHECK(unanswered.answer().starts_with("HTTP/1.1 503"));
  CHECK(unanswered.closed());
}

TEST_CASE("a peer that does not read its answers is dropped") {
  ListenerOptions options;
  options.write_us = 100'000;
  Serving s([](HttpRequest, Listener::Respond respond) { respond({200, "", std::string(8u << 20, 'x'), {}}); }, options);
  RawClient client(s.port);
  client.put(kGet);
  const auto end = std::chrono::steady_clock::now() + 5s;
  std::atomic<size_t> left = 1;
  std::this_thread::sleep_for(50ms);
  while (left > 0 && std::chrono::steady_clock::now() < end) {
    s.loop->post([&] { left = s.listener->connections(); });
    std::this_thread::sleep_for(20ms);
  }
  CHECK(left == 0);
}

TEST_CASE("connections over the limit wait, and are served when there is room") {
  ListenerOptions options;
  options.connections_max = 2;
  Serving s(echo, options);
  auto a = std::make_unique<RawClient>(s.port);
  RawClient b(s.port), c(s.port);
  a->put(kGet);
  b.put(kGet);
  CHECK_FALSE(a->answer().empty());
  CHECK_FALSE(b.answer().empty());
  c.put(kGet);
  a.reset();
  CHECK(c.answer().starts_with("HTTP/1.1 200"));
}

TEST_CASE("draining lets what is under way end; whoever comes new is answered once") {
  Listener::Respond kept;
  std::atomic<bool> handed = false;
  Serving s([&](HttpRequest, Listener::Respond respond) {
    if (handed) return respond({503, "", "draining", {}});
    kept = std::move(respond);
    handed = true;
  });
  RawClient idle(s.port), busy(s.port);
  busy.put(kGet);
  while (!handed) std::this_thread::sleep_for(1ms);
  s.loop->post([&] { s.listener->drain(); });
  CHECK(idle.closed());
  RawClient fresh(s.port);
  fresh.put(kGet);
  CHECK(fresh.answer().ends_with("draining"));
  CHECK(fresh.closed());
  s.loop->post([&] { kept({200, "", "done", {}}); });
  const std::string answer = busy.answer();
  CHECK(answer.ends_with("done"));
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(busy.closed());
}

TEST_CASE("addresses: what is one, what is loopback, what cannot be bound") {
  CHECK(parse_address("127.0.0.1:80").value().loopback());
  CHECK(parse_address("[::1]:80").value().loopback());
  CHECK_FALSE(parse_address("0.0.0.0:80").value().loopback());
  CHECK(parse_address("[::1]:65535").value().port() == 65535);
  for (const char* text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "localhost:80", ":80", "[::1]", "::1:80x", "127.0.0.1:-1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text).ok());
  }
  auto loop = std::move(Loop::create()).value();
  auto first = Listener::create(*loop, "127.0.0.1:0", {}, echo);
  REQUIRE(first.ok());
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = Listener::create(*loop, taken, {}, echo);
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().message == "cannot listen on " + taken + ": Address already in use");
}
