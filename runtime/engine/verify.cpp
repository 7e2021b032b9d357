#include "runtime/engine/verify.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>

#include "runtime/engine/host.h"

namespace tollgate {

namespace {

std::string_view header(const Inbound& inbound, std::string_view name) {
  for (const auto& [key, value] : inbound.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<size_t>(n));
  return out;
}

int parse_address(std::string_view text, unsigned char* out) {   // bytes, 0 if malformed
  const std::string copy(text);
  if (inet_pton(AF_INET, copy.c_str(), out) == 1) return 4;
  if (inet_pton(AF_INET6, copy.c_str(), out) == 1) return 16;
  return 0;
}

bool in_networks(const Value& networks, std::string_view address) {
  if (networks.text_like()) return in_network(networks.view(), address);
  if (networks.kind != Kind::list) return false;
  for (uint32_t i = 0; i < networks.size; ++i) {
    if (networks.elements[i].text_like() && in_network(networks.elements[i].view(), address)) return true;
  }
  return false;
}

bool holds(const Verify& verify, const Deployment& d, const Callback& callback, const Inbound& inbound, std::string_view key, std::string_view path_token, Vault& vault,
           std::string_view called, const std::function<bool(Index)>& declared) {
  const std::string context = token_context(d.carrier, d.module().text(callback.name), key);
  switch (verify.kind) {
    case VerifyKind::nothing: return true;
    case VerifyKind::declared: return verify.slice != kNone && declared(verify.slice);
    case VerifyKind::path_token: {   // a URL that is not made for one key carries a token of the callback alone
      const std::string_view of = callback.url_keyed ? key : std::string_view();
      return !path_token.empty() && same_in_constant_time(path_token, vault.token(token_context(d.carrier, called, of)));
    }
    case VerifyKind::minted_bearer: return same_in_constant_time(header(inbound, "authorization"), "Bearer " + vault.token("bearer|" + context));
    case VerifyKind::networks: return !verify.settings.empty() && in_networks(d.settings[verify.settings[0]], inbound.peer_address);
    case VerifyKind::basic: {
      if (verify.settings.size() != 2) return false;
      const Value &name = d.settings[verify.settings[0]], &secret = d.settings[verify.settings[1]];
      if (!name.text_like() || !secret.text_like()) return false;
      return same_in_constant_time(header(inbound, "authorization"), "Basic " + base64(std::string(name.view()) + ":" + std::string(secret.view())));
    }
  }
  return false;
}

}  // namespace

bool same_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool in_network(std::string_view network, std::string_view address) {
  const size_t slash = network.find('/');
  unsigned char net[16], peer[16];
  const int size = parse_address(network.substr(0, slash), net);
  if (size == 0 || parse_address(address, peer) != size) return false;
  int bits = size * 8;
  if (slash != std::string_view::npos) {
    const std::string_view length = network.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc() || end != length.data() + length.size() || bits < 0 || bits > size * 8) return false;
  }
  for (int i = 0; i < bits; ++i) {
    const unsigned char mask = static_cast<unsigned char>(0x80u >> (i % 8));
    if ((net[i / 8] & mask) != (peer[i / 8] & mask)) return false;
  }
  return true;
}

bool verified(const Deployment& d, const Callback& callback, const Inbound& inbound, std::string_view key, std::string_view path_token, Vault& vault, std::string_view called,
              const std::function<bool(Index)>& declared) {
  const Endpoint& endpoint = d.module().endpoints[callback.endpoint];
  // A URL that we minted holds its token whatever else the endpoint asks for.
  if (callback.url_keyed && !holds(Verify{.kind = VerifyKind::path_token, .settings = {}}, d, callback, inbound, key, path_token, vault, called, declared)) return false;
  for (const Verify& verify : endpoint.verify) {
    if (!holds(verify, d, callback, inbound, key, path_token, vault, called, declared)) return false;
  }
  return !endpoint.verify.empty();
}

}  // namespace tollgate
