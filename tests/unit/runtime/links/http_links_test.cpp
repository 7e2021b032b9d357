// Breaks if a request could be transmitted twice, if "not sent" is said of a request whose bytes may have left, or if an answer without end
// could fill the memory.
#include "runtime/links/http_links.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <map>

#include "runtime/links/request_check.h"
#include "tests/unit/runtime/links/raw_server.h"

using namespace tollgate;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  std::unique_ptr<Loop> loop = std::move(Loop::create()).value();
  std::map<uint64_t, std::vector<Reply>> replies;
  std::unique_ptr<HttpLinks> links = std::move(HttpLinks::create(*loop, {}, [this](uint64_t ticket, Reply reply) {
                                                 replies[ticket].push_back(std::move(reply));
                                               })).value();
  uint64_t next = 1;

  uint64_t begin(Request request) {
    links->send(next, std::move(request));
    return next++;
  }
  void settle(int64_t limit_us = 10'000'000) {
    const int64_t end = loop->now_us() + limit_us;
    while (links->in_flight() > 0 && loop->now_us() < end) loop->turn(50'000);
    REQUIRE(links->in_flight() == 0);
  }
  Reply exchange(Request request) {
    const uint64_t ticket = begin(std::move(request));
    settle();
    REQUIRE(replies[ticket].size() == 1);
    return replies[ticket][0];
  }
};

Request post(std::string url, std::string body = "{\"a\":1}") {
  Request request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  request.answer_ms = 5000;
  request.moves_money = true;
  return request;
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Ref: AbC\r\n\r\nok";

std::string header_of(const Reply& reply, std::string_view name) {
  for (const auto& [n, v] : reply.headers)
    if (n == name) return v;
  return "(none)";
}

}  // namespace

TEST_CASE("an answer comes back with its status, lower-case header names and body; the request is as it was given") {
  std::string seen;
  RawServer server([&](RawConnection& c, int) {
    seen = c.read_request();
    c.put(kOk);
  });
  Fixture f;
  const Reply reply = f.exchange(post(server.url("/a/../b?x=1")));
  CHECK(reply.kind == Reply::Kind::answer);
  CHECK(reply.status == 200);
  CHECK(reply.body == "ok");
  CHECK(header_of(reply, "x-ref") == "AbC");
  CHECK(reply.elapsed_us > 0);
  CHECK(seen == "POST /a/../b?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                    "\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST_CASE("methods keep their bodies and lack of them, one after another on one pooled handle") {
  std::vector<std::string> seen;
  RawServer server([&](RawConnection& c, int) {
    for (std::string r = c.read_request(); !r.empty(); r = c.read_request()) {
      seen.push_back(r);
      c.put(r.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : kOk);
    }
  });
  Fixture f;
  for (const char* method : {"PUT", "GET", "POST", "DELETE", "HEAD", "PATCH", "GET"}) {
    Request request;
    request.method = method;
    request.url = server.url();
    if (request.method == "PUT" || request.method == "PATCH") request.body = "body";
    CHECK(f.exchange(request).status == 200);
  }
  REQUIRE(seen.size() == 7);
  CHECK(seen[0].starts_with("PUT / "));
  CHECK(seen[0].ends_with("Content-Length: 4\r\n\r\nbody"));
  CHECK(seen[1].starts_with("GET / "));
  CHECK(seen[1].find("Content-Length") == std::string::npos);
  CHECK(seen[2].find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(seen[3].starts_with("DELETE / "));
  CHECK(seen[4].starts_with("HEAD / "));
  CHECK(seen[5].ends_with("body"));
  CHECK(seen[6].starts_with("GET / "));
  CHECK(server.connections == 1);
}

TEST_CASE("a kept-alive connection that closes after reading gets the request once: lost, never sent again") {
  std::atomic<int> requests = 0;
  RawServer server([&](RawConnection& c, int number) {
    while (true) {
      const std::string request = c.read_request();
      if (request.empty()) return;
      ++requests;
      if (number == 0 && request.find("second") != request.npos) return;  // read it whole, then close without a byte
      if (!c.put(kOk)) return;
    }
  });
  Fixture f;
  CHECK(f.exchange(post(server.url(), "first")).kind == Reply::Kind::answer);
  const Reply reply = f.exchange(post(server.url(), "second"));
  CHECK(reply.kind == Reply::Kind::lost);
  CHECK_FALSE(reply.trouble.empty());
  std::this_thread::sleep_for(100ms);
  CHECK(requests == 2);
  // The pool and the connections are sound afterwards.
  CHECK(f.exchange(post(server.url(), "third")).kind == Reply::Kind::answer);
  CHECK(requests == 3);
}

TEST_CASE("the same with a reset instead of a close, and with a fresh connection") {
  std::atomic<int> requests = 0;
  RawServer server([&](RawConnection& c, int) {
    while (true) {
      const std::string request = c.read_request();
      if (request.empty()) return;
      ++requests;
      if (request.find("reset") != request.npos) return c.reset();
      if (!c.put(kOk)) return;
    }
  });
  Fixture f;
  CHECK(f.exchange(post(server.url(), "reset on a fresh connection")).kind == Reply::Kind::lost);
  CHECK(f.exchange(post(server.url(), "good")).kind == Reply::Kind::answer);
  CHECK(f.exchange(post(server.url(), "reset on a reused connection")).kind == Reply::Kind::lost);
  std::this_thread::sleep_for(100ms);
  CHECK(requests == 3);
}

TEST_CASE("a connection that the carrier closed while idle is noticed and not used") {
  std::atomic<int> requests = 0;
  RawServer server([&](RawConnection& c, int) {
    if (!c.read_request().empty()) ++requests;
    c.put(kOk);
  });
  Fixture f;
  for (int i = 0; i < 5; ++i) {
    CHECK(f.exchange(post(server.url())).kind == Reply::Kind::answer);
    std::this_thread::sleep_for(30ms);
    f.loop->turn(0);
  }
  CHECK(requests == 5);
  CHECK(server.connections == 5);
}

TEST_CASE("nothing listens: not sent") {
  int port = 0;
  { port = RawServer([](RawConnection&, int) {}).port(); }
  Fixture f;
  const Reply reply = f.exchange(post("http://127.0.0.1:" + std::to_string(port) + "/"));
  CHECK(reply.kind == Reply::Kind::not_sent);
  CHECK(reply.trouble == "connection refused");
}

TEST_CASE("TLS that cannot be agreed: not sent") {
  RawServer server([](RawConnection& c, int) { c.put("this is not TLS\r\n\r\n"); });
  Fixture f;
  const Reply reply = f.exchange(post("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  CHECK(reply.kind == Reply::Kind::not_sent);
  CHECK(reply.trouble.starts_with("TLS"));
}

TEST_CASE("no answer in time: lost, and said so") {
  RawServer server([](RawConnection& c, int) {
    c.read_request();
    c.read_request();  // waits for the client to give up
  });
  Fixture f;
  Request request = post(server.url());
  request.answer_ms = 80;
  const Reply reply = f.exchange(request);
  CHECK(reply.kind == Reply::Kind::lost);
  CHECK(reply.trouble == "no answer within 80 ms");
  CHECK(reply.elapsed_us >= 80'000);
}

TEST_CASE("half a head, half a body, and half a chunk are lost") {
  const std::string half = GENERATE(std::string("HTTP/1.1 200 OK\r\nContent-Le"), std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
                                    std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), std::string("hello, I am no HTTP\r\n"));
  RawServer server([&](RawConnection& c, int) {
    c.read_request();
    c.put(half);
  });
  Fixture f;
  const Reply reply = f.exchange(post(server.url()));
  CHECK(reply.kind == Reply::Kind::lost);
  CHECK_FALSE(reply.trouble.empty());
}

TEST_CASE("chunks, interim answers and trailers make one answer") {
  RawServer server([&](RawConnection& c, int) {
    c.read_request();
    c.put("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX-Final: 1\r\n\r\n");
    c.put("3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n");
  });
  Fixture f;
  const Reply reply = f.exchange(post(server.url()));
  CHECK(reply.kind == Reply::Kind::answer);
  CHECK(reply.status == 201);
  CHECK(reply.body == "abcdefg");
  CHECK(header_of(reply, "x-final") == "1");
  CHECK(header_of(reply, "x-interim") == "(none)");
  CHECK(header_of(reply, "x-trailer") == "(none)");
}

TEST_CASE("a redirect is an answer, not a journey") {
  std::atomic<int> requests = 0;
  RawServer server([&](RawConnection& c, int) {
    while (!c.read_request().empty()) {
      ++requests;
      c.put("HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    }
  });
  Fixture f;
  CHECK(f.exchange(post(server.url())).status == 307);
  CHECK(requests == 1);
}

TEST_CASE("a gigabyte is lost at the limit, with its length told or not, in bounded memory") {
  const bool told = GENERATE(true, false);
  std::atomic<size_t> sent = 0;
  RawServer server([&](RawConnection& c, int) {
    c.read_request();
    c.put(told ? "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
    const std::string block(65536, 'x');
    while (sent < 1073741824u && c.put(block)) sent += block.size();
  });
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  Fixture f;
  const Reply reply = f.exchange(post(server.url()));
  getrusage(RUSAGE_SELF, &after);
  CHECK(reply.kind == Reply::Kind::lost);
  CHECK(reply.trouble == "body over 256 KiB");
  CHECK(reply.body.empty());
  CHECK(sent < 64u << 20);
  CHECK(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
}

TEST_CASE("a body of exactly the limit is an answer; one byte more is lost") {
  for (const size_t size : {kReplyBodyMax, kReplyBodyMax + 1}) {
    RawServer server([&](RawConnection& c, int) {
      c.read_request();
      c.put("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(size, 'x'));
    });
    Fixture f;
    const Reply reply = f.exchange(post(server.url()));
    INFO(size << " sent, " << reply.body.size() << " arrived, trouble: " << reply.trouble);
    CHECK((reply.kind == Reply::Kind::answer) == (size == kReplyBodyMax));
  }
}

TEST_CASE("headers without end are lost at the limit") {
  RawServer server([&](RawConnection& c, int) {
    c.read_request();
    c.put("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 10000; ++i)
      if (!c.put("X-Filler: " + std::string(90, 'x') + "\r\n")) return;
  });
  Fixture f;
  const Reply reply = f.exchange(post(server.url()));
  CHECK(reply.kind == Reply::Kind::lost);
  CHECK(reply.trouble == "headers over 16 KiB");
}

TEST_CASE("a hundred at once: each gets its own answer, once") {
  RawServer server([&](RawConnection& c, int) {
    for (std::string r = c.read_request(); !r.empty(); r = c.read_request()) {
      const std::string body = r.substr(r.find("\r\n\r\n") + 4);
      std::this_thread::sleep_for(5ms);
      if (!c.put("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)) return;
    }
  });
  Fixture f;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) f.begin(post(server.url(), "body " + std::to_string(f.next)));
    f.settle();
  }
  REQUIRE(f.replies.size() == 300);
  for (const auto& [ticket, replies] : f.replies) {
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].body == "body " + std::to_string(ticket));
  }
  CHECK(server.connections <= 100);
}

TEST_CASE("a completion may send again, and none comes from inside send") {
  auto loop = std::move(Loop::create()).value();
  std::unique_ptr<HttpLinks> links;
  int left = 5;
  bool inside = false;
  Request bad = post("ftp://127.0.0.1/");
  auto send = [&] {
    inside = true;
    links->send(1, bad);
    inside = false;
  };
  links = std::move(HttpLinks::create(*loop, {}, [&](uint64_t, Reply reply) {
            CHECK_FALSE(inside);
            CHECK(reply.kind == Reply::Kind::not_sent);
            if (--left > 0) send();
          })).value();
  send();
  for (int i = 0; i < 20 && left > 0; ++i) loop->turn(1000);
  CHECK(left == 0);
}

TEST_CASE("links may go while requests are under way") {
  RawServer server([&](RawConnection& c, int) {
    c.read_request();
    c.read_request();
  });
  Fixture f;
  for (int i = 0; i < 10; ++i) f.begin(post(server.url()));
  for (int i = 0; i < 10; ++i) f.loop->turn(1000);
  f.links.reset();
  f.loop->turn(0);
  CHECK(f.replies.empty());
}

TEST_CASE("a request that must not leave is not sent") {
  Request request = post("http://127.0.0.1/");
  CHECK(trouble_with(request).empty());
  for (const char* url : {"http://example.com/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/", "http://user:pw@127.0.0.1/",
                          "http://127.0.0.1\\@example.com/", "http://10.0.0.1/", "http://[::2]/", "http://0x7f000001/", "http://127.1/", "ftp://127.0.0.1/",
                          "file:///etc/passwd", "", "http://", "https://", "https:///x", "http://127.0.0.1/a b", "http://127.0.0.1/a\r\nX: y"}) {
    CAPTURE(url);
    request.url = url;
    CHECK_FALSE(trouble_with(request).empty());
  }
  for (const char* url : {"http://localhost:1/", "http://127.8.9.1:80/x", "http://[::1]:80/", "https://example.com/a?b#c"}) {
    CAPTURE(url);
    request.url = url;
    CHECK(trouble_with(request).empty());
  }
  request.headers = {{"X-Ref", "a\r\nX-Evil: 1"}};
  CHECK(trouble_with(request) == "header X-Ref has a control character in its value");
  request.headers = {{"X Ref", "a"}};
  CHECK_FALSE(trouble_with(request).empty());
  request.headers.clear();
  request.method = "GET /x";
  CHECK_FALSE(trouble_with(request).empty());
}

TEST_CASE("a rehearsal sends to this machine only, and says so before anything leaves") {
  std::unique_ptr<Loop> loop = std::move(Loop::create()).value();
  std::vector<Reply> replies;
  HttpLinksOptions options;
  options.loopback_only = true;
  auto links = std::move(HttpLinks::create(*loop, options, [&](uint64_t, Reply reply) { replies.push_back(std::move(reply)); })).value();
  for (const char* url : {"https://carrier.example/pay", "https://10.0.0.1/pay", "https://localhost.example/", "https://127.0.0.1.example:443/"}) {
    links->send(1, post(url));
    loop->turn(10'000);
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].kind == Reply::Kind::not_sent);
    CHECK(replies[0].trouble.find("rehearsal") != std::string::npos);
    replies.clear();
  }
  CHECK(to_loopback("https://127.0.0.1:8443/pay"));
  CHECK(to_loopback("http://[::1]:80/pay"));
  CHECK_FALSE(to_loopback("https://[::2]/"));
  CHECK_FALSE(to_loopback("ftp://127.0.0.1/"));
}
