// Breaks if a request is read otherwise when its bytes come in other pieces, if a smuggled second length is accepted, or if anything without
// end is kept in memory.
#include "runtime/links/request_reader.h"

#include <catch2/catch.hpp>
#include <random>

using namespace tollgate;
using Step = RequestReader::Step;

namespace {

uint16_t refused(std::string_view bytes, size_t body_max = kRequestBodyMax) {
  RequestReader reader(body_max);
  reader.append(bytes);
  return reader.next() == Step::refused ? reader.refused_status() : 0;
}

std::string head(std::string_view more, std::string_view line = "POST /x HTTP/1.1") { return std::string(line) + "\r\nHost: a\r\n" + std::string(more) + "\r\n"; }

}  // namespace

TEST_CASE("a request is taken apart") {
  RequestReader reader;
  reader.append("POST /c/mtn?x=1&y HTTP/1.1\r\nHost: a\r\nX-Ref:  Ab c \r\nContent-Length: 3\r\n\r\nabcGET / HT");
  REQUIRE(reader.next() == Step::complete);
  const HttpRequest r = reader.take();
  CHECK(r.method == "POST");
  CHECK(r.path == "/c/mtn");
  CHECK(r.query == "x=1&y");
  CHECK(r.header("x-ref") == "Ab c");
  CHECK(r.header("absent").empty());
  CHECK(r.body == "abc");
  CHECK(reader.keep_alive());
  CHECK(reader.in_request());
  CHECK(reader.next() == Step::need_more);
  reader.append("TP/1.0\r\n\r\n");
  REQUIRE(reader.next() == Step::complete);
  CHECK(reader.take().method == "GET");
  CHECK_FALSE(reader.keep_alive());
  CHECK_FALSE(reader.in_request());
}

TEST_CASE("however the bytes are cut, the requests are the same") {
  const std::string stream = "\r\nPOST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
                             "GET /b HTTP/1.1\r\nHost: a\r\n\r\nPUT /c HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello"
                             "GET /d HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    RequestReader reader;
    std::string seen;
    for (size_t at = 0; at < stream.size();) {
      const size_t n = std::min<size_t>(1 + random() % 40, stream.size() - at);
      reader.append(std::string_view(stream).substr(at, n));
      at += n;
      while (reader.next() == Step::complete) {
        const bool keep = reader.keep_alive();
        const HttpRequest r = reader.take();
        seen += r.method + r.path + "[" + r.body + "]" + (keep ? "+" : "-");
      }
    }
    REQUIRE(seen == "POST/a[abc0123456789]+GET/b[]+PUT/c[hello]+GET/d[]+");
    REQUIRE(reader.held() == 0);
  }
}

TEST_CASE("what two readers could read differently is refused") {
  CHECK(refused(head("Content-Length: 3\r\nContent-Length: 3\r\n") + "abc") == 400);
  CHECK(refused(head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) == 400);
  CHECK(refused(head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) == 400);
  CHECK(refused(head("Transfer-Encoding: gzip, chunked\r\n")) == 501);
  CHECK(refused("POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refused(head("Content-Length: 3, 3\r\n")) == 400);
  CHECK(refused(head("Content-Length: +3\r\n")) == 400);
  CHECK(refused(head("Content-Length: \r\n")) == 400);
  CHECK(refused(head("Content-Length : 3\r\n")) == 400);
  CHECK(refused(head(" folded: 1\r\n")) == 400);
  CHECK(refused(head("Host: b\r\n")) == 400);
  CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused("GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n") == 400);
  CHECK(refused(std::string("GET /x HTTP/1.1\r\nHost: a\0b\r\n\r\n", 30)) == 400);
  CHECK(refused("GET  /x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("GET /x HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
  CHECK(refused("\x16\x03\x01 hello TLS\r\n\r\n") == 400);
  CHECK(refused(head("Expect: a miracle\r\n")) == 417);
  const std::string chunked = head("Transfer-Encoding: chunked\r\n");
  CHECK(refused(chunked + "\r\n") == 400);
  CHECK(refused(chunked + "x\r\n") == 400);
  CHECK(refused(chunked + "3 3\r\nabc") == 400);
  CHECK(refused(chunked + "-1\r\n") == 400);
  CHECK(refused(chunked + "3\r\nabcd\r\n") == 400);
  CHECK(refused(chunked + "ffffffffffffffff1\r\n") == 413);
}

TEST_CASE("every limit, at it and one over") {
  CHECK(refused(head("Content-Length: 10\r\n"), 10) == 0);
  CHECK(refused(head("Content-Length: 11\r\n"), 10) == 413);
  CHECK(refused(head("Content-Length: 99999999999999999999999\r\n")) == 413);
  CHECK(refused(head("Content-Length: 1073741824\r\n")) == 413);
  const std::string chunked = head("Transfer-Encoding: chunked\r\n");
  CHECK(refused(chunked + "5\r\nabcde\r\n5\r\nabcde\r\n", 10) == 0);
  CHECK(refused(chunked + "5\r\nabcde\r\n6\r\n", 10) == 413);
  CHECK(refused("GET /" + std::string(kRequestTargetMax - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
  CHECK(refused("GET /" + std::string(kRequestTargetMax, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  std::string many;
  for (size_t i = 0; i + 1 < kRequestHeadersMax; ++i) many += "X: y\r\n";
  CHECK(refused(head(many)) == 0);
  CHECK(refused(head(many + "X: y\r\n")) == 431);
  const std::string fixed = head("X: \r\n");
  CHECK(refused(head("X: " + std::string(kRequestHeadMax - fixed.size(), 'a') + "\r\n")) == 0);
  CHECK(refused(head("X: " + std::string(kRequestHeadMax - fixed.size() + 1, 'a') + "\r\n")) == 431);
  CHECK(refused(std::string(kRequestHeadMax + 1, 'a')) == 431);
}

TEST_CASE("one-byte chunks with long extensions and endless trailers are bounded") {
  RequestReader reader;
  reader.append(head("Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "1;" + std::string(200, 'x') + "\r\na\r\n";
  Step step = Step::need_more;
  size_t bytes = 0;
  while (step == Step::need_more && bytes < 64u << 20) {
    reader.append(chunk);
    bytes += chunk.size();
    step = reader.next();
    REQUIRE(reader.held() < 2 * kRequestBodyMax);
  }
  CHECK(reader.refused_status() == 413);

  RequestReader trailers;
  trailers.append(head("Transfer-Encoding: chunked\r\n") + "0\r\n");
  for (step = Step::need_more, bytes = 0; step == Step::need_more && bytes < 64u << 20; bytes += 10) {
    trailers.append("Xxxxxx: 1\r\n");
    step = trailers.next();
  }
  CHECK(trailers.refused_status() == 431);
}

TEST_CASE("100-continue is asked for once, and only before the body") {
  RequestReader reader;
  reader.append(head("Expect: 100-continue\r\nContent-Length: 2\r\n"));
  CHECK(reader.next() == Step::need_more);
  CHECK(reader.take_expectation());
  CHECK_FALSE(reader.take_expectation());
  reader.append("ab");
  REQUIRE(reader.next() == Step::complete);
  CHECK_FALSE(reader.take_expectation());
}

TEST_CASE("bytes at random never crash it, and it holds no more than its limits") {
  const std::string pieces[] = {"GET ", "POST /x HTTP/1.1\r\n", "Host: a\r\n", "\r\n", "\r\n\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n", "abcde", "\0", "\n", ":", " "};
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    RequestReader reader(64);
    for (int i = 0; i < 40; ++i) {
      reader.append(pieces[random() % std::size(pieces)]);
      const Step step = reader.next();
      if (step == Step::complete) REQUIRE(reader.take().body.size() <= 64);
      if (step == Step::refused) {
        REQUIRE(reader.refused_status() >= 400);
        break;
      }
    }
  }
}
