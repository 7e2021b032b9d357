// Breaks if a link shows a certificate that is not its own, shows none where it has one, or believes a server that its authority did not vouch
// for. The other side is nginx, which verifies clients itself.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>

#include "runtime/links/http_links.h"
#include "tests/e2e/certificates.h"
#include "tests/unit/runtime/links/nginx.h"

using namespace tollgate;
using e2e::Identity;

namespace {

constexpr long kYear = 365 * e2e::kDay;

// Two authorities that do not know each other, a server of the first, and a client of each.
struct World {
  Identity authority = e2e::make_identity("Kopa authority", nullptr, "", kYear), other = e2e::make_identity("Other authority", nullptr, "", kYear);
  Identity server = e2e::make_identity("127.0.0.1", &authority, "IP:127.0.0.1", kYear);
  Identity ours = e2e::make_identity("tollgate-ours", &authority, "", kYear), stranger = e2e::make_identity("stranger", &other, "", kYear);
  test::Nginx nginx{server.certificate_pem(), server.key_pem(), authority.certificate_pem()};
  std::unique_ptr<Loop> loop = std::move(Loop::create()).value();
  std::optional<Reply> reply;
  std::unique_ptr<HttpLinks> links = std::move(HttpLinks::create(*loop, {}, [this](uint64_t, Reply r) { reply = std::move(r); })).value();

  static TlsChoice shown(const Identity& identity, const Identity& believed) {
    return {identity.certificate_pem(), identity.key_pem(), believed.certificate_pem()};
  }
  Reply post(const TlsChoice& tls) {
    Request request;
    request.method = "POST";
    request.url = nginx.url();
    request.body = "{}";
    request.answer_ms = 5000;
    request.moves_money = true;
    request.tls = std::make_shared<TlsChoice>(tls);
    reply.reset();
    links->send(1, std::move(request));
    const int64_t end = loop->now_us() + 10'000'000;
    while (!reply && loop->now_us() < end) loop->turn(50'000);
    REQUIRE(reply);
    return *reply;
  }
};

}  // namespace

TEST_CASE("mutual TLS with nginx: our certificate gets us in, and no other link's certificate does") {
  World world;
  const Reply in = world.post(World::shown(world.ours, world.authority));
  CHECK(in.kind == Reply::Kind::answer);
  CHECK(in.status == 200);
  CHECK(in.body.find("tollgate-ours") != std::string::npos);
  // The connection that our certificate opened is not lent to a link that has none, or another one.
  CHECK(world.post({"", "", world.authority.certificate_pem()}).status == 400);
  CHECK(world.post(World::shown(world.stranger, world.authority)).status == 400);
  CHECK(world.post(World::shown(world.ours, world.authority)).status == 200);
}

TEST_CASE("a pinned authority: what it did not vouch for gets no byte, and no connection that another authority opened is used") {
  World world;
  CHECK(world.post(World::shown(world.ours, world.authority)).status == 200);
  for (const TlsChoice& wrong : {World::shown(world.ours, world.other), TlsChoice{world.ours.certificate_pem(), world.ours.key_pem(), ""}}) {
    const Reply reply = world.post(wrong);
    CHECK(reply.kind == Reply::Kind::not_sent);
    CHECK(reply.trouble.starts_with("TLS"));
  }
}
