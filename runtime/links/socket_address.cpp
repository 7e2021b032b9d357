#include "runtime/links/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace tollgate {
namespace {

bool parse_port(std::string_view text, uint16_t& port) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  uint32_t number = 0;
  for (char c : text) number = number * 10 + static_cast<uint32_t>(c - '0');
  port = static_cast<uint16_t>(number);
  return number <= 65535;
}

}  // namespace

Result<SocketAddress> parse_address(const std::string& text) {
  const Error error{"bad_address", "`" + text + "` is not an address: write it like 127.0.0.1:8080 or [::1]:8080"};
  const size_t colon = text.rfind(':');
  uint16_t port = 0;
  if (colon == text.npos || !parse_port(std::string_view(text).substr(colon + 1), port)) return error;
  const std::string host = text.substr(0, colon);
  SocketAddress address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &in6.sin6_addr) != 1) return error;
    std::memcpy(&address.storage, &in6, sizeof in6);
    address.size = sizeof in6;
    return address;
  }
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &in.sin_addr) != 1) return error;
  std::memcpy(&address.storage, &in, sizeof in);
  address.size = sizeof in;
  return address;
}

bool SocketAddress::loopback() const {
  if (storage.ss_family == AF_INET) return (ntohl(reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr.s_addr) >> 24) == 127;
  return storage.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr);
}

std::string SocketAddress::host() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr, text, sizeof text);
  if (storage.ss_family == AF_INET6) inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr, text, sizeof text);
  return text;
}

uint16_t SocketAddress::port() const {
  if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
}

}  // namespace tollgate
