// TlsFront: TLS before a server that speaks plain HTTP, on a port of its own. Keeps what came out of the tunnel, so that a test can say what a client gave away.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/certificates.h"

namespace tollgate::e2e {

class TlsFront {
 public:
  // `upstream` is a loopback port. The identity must outlive the front.
  TlsFront(const Identity& identity, uint16_t upstream) : upstream_(upstream), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_, identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_, identity.key.get());
    door_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(door_, reinterpret_cast<sockaddr*>(&address), size);
    listen(door_, 64);
    getsockname(door_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TlsFront() {
    stopping_ = true;
    shutdown(door_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& each : tunnels_) each.join();
    close(door_);
    SSL_CTX_free(context_);
  }
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  uint16_t port() const { return port_; }
  size_t handshakes() const { return handshakes_; }   // those that came to an end
  size_t knocks() const { return knocks_; }           // connections, handshake or not
  std::string received() {
    std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  static constexpr int kLookMs = 50;

  static sockaddr_in loopback(uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void accept_all() {
    while (!stopping_) {
      const int fd = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++knocks_;
      tunnels_.emplace_back([this, fd] { tunnel(fd); });
    }
  }

  void tunnel(int fd) {
    const timeval patience{5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL* tls = SSL_new(context_);
    SSL_set_fd(tls, fd);
    if (SSL_accept(tls) == 1) {
      ++handshakes_;
      const int inner = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in to = loopback(upstream_);
      if (connect(inner, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) pump(tls, fd, inner);
      close(inner);
    }
    SSL_free(tls);
    close(fd);
  }

  void pump(SSL* tls, int fd, int inner) {
    char part[16384];
    while (!stopping_) {
      pollfd both[2] = {{fd, POLLIN, 0}, {inner, POLLIN, 0}};
      if (SSL_pending(tls) == 0 && poll(both, 2, kLookMs) <= 0) continue;
      if (SSL_pending(tls) > 0 || both[0].revents != 0) {
        const int n = SSL_read(tls, part, sizeof part);
        if (n <= 0) return;
        {
          std::lock_guard lock(mutex_);
          received_.append(part, static_cast<size_t>(n));
        }
        if (::send(inner, part, static_cast<size_t>(n), MSG_NOSIGNAL) != n) return;
      }
      if (both[1].revents != 0) {
        const ssize_t n = recv(inner, part, sizeof part, 0);
        if (n <= 0 || SSL_write(tls, part, static_cast<int>(n)) <= 0) return;
      }
    }
  }

  const uint16_t upstream_;
  SSL_CTX* context_;
  int door_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> handshakes_{0}, knocks_{0};
  std::mutex mutex_;
  std::string received_;
  std::thread acceptor_;
  std::vector<std::thread> tunnels_;   // the acceptor's until it is joined
};

}  // namespace tollgate::e2e
