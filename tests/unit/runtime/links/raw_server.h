// RawServer: a loopback server that does exactly what a test tells it, byte by byte, on threads of its own. It counts what reached it, so a
// test can say how many requests really arrived.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct RawConnection {
  int fd;
  std::string pending;

  // The next whole request (head and Content-Length body), or "" if the peer closed.
  std::string read_request() {
    while (true) {
      const size_t head = pending.find("\r\n\r\n");
      if (head != pending.npos) {
        const size_t length_at = pending.find("Content-Length: ");
        const size_t body = length_at < head ? std::stoul(pending.substr(length_at + 16)) : 0;
        if (pending.size() >= head + 4 + body) {
          std::string request = pending.substr(0, head + 4 + body);
          pending.erase(0, request.size());
          return request;
        }
      }
      char buffer[16384];
      const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) return {};
      pending.append(buffer, static_cast<size_t>(got));
    }
  }
  // False once the peer has gone.
  bool put(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void reset() {
    linger hard{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
};

class RawServer {
 public:
  // `serve` runs once per connection; the connection is closed when it returns.
  explicit RawServer(std::function<void(RawConnection&, int number)> serve) : serve_(std::move(serve)) {
    listen_fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(listen_fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listen_fd_, 1024) == 0);
    socklen_t size = sizeof address;
    getsockname(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepter_ = std::thread([this] { accept_all(); });
  }
  ~RawServer() {
    stopping_ = true;
    accepter_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    close(listen_fd_);
  }
  std::string url(std::string_view path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + std::string(path); }
  int port() const { return port_; }

  std::atomic<int> connections = 0;

 private:
  void accept_all() {
    while (!stopping_) {
      pollfd ready{listen_fd_, POLLIN, 0};
      if (poll(&ready, 1, 20) <= 0) continue;
      const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const int number = connections++;
      std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number] {
        RawConnection connection{fd, {}};
        serve_(connection, number);
        std::lock_guard guard(mutex_);
        std::erase(open_, fd);
        close(fd);
      });
    }
  }

  std::function<void(RawConnection&, int)> serve_;
  int listen_fd_ = -1, port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread accepter_;
};
