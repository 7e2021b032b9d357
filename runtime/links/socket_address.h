// Addresses as an operator writes them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "runtime/base/result.h"

namespace tollgate {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  bool loopback() const;
  std::string host() const;   // "127.0.0.1", "::1"
  uint16_t port() const;
};

// "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0". Names are refused: which address a name has is not for us to guess.
Result<SocketAddress> parse_address(const std::string& text);

}  // namespace tollgate
