// RawClient: a blocking client that sends exact bytes and reads exact answers, for tests of what listens.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

class RawClient {
 public:
  explicit RawClient(uint16_t port) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  bool put(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void end() { shutdown(fd_, SHUT_WR); }
  // One whole answer (head and Content-Length body), or what came before the end.
  std::string answer() {
    while (true) {
      const size_t head = pending_.find("\r\n\r\n");
      if (head != pending_.npos) {
        const size_t at = pending_.find("Content-Length: ");
        const size_t size = head + 4 + (at < head ? std::stoul(pending_.substr(at + 16)) : 0);
        if (pending_.size() >= size) {
          std::string whole = pending_.substr(0, size);
          pending_.erase(0, size);
          return whole;
        }
      }
      if (!more()) return std::exchange(pending_, {});
    }
  }
  // True if the other side has closed and nothing is left.
  bool closed() { return pending_.empty() && !more(); }

 private:
  bool more() {
    char buffer[16384];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<size_t>(got));
    return true;
  }

  int fd_ = -1;
  bool connected_ = false;
  std::string pending_;
};
