// One HTTP exchange over a socket of its own, so that a test may send what no client library would.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace tollgate::e2e {

struct Response {
  int status = 0;   // 0: no answer
  std::string body;
};

class Connection {
 public:
  explicit Connection(const std::string& url) {   // "http://127.0.0.1:PORT"
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{40, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    open_ = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False once the other side takes no more.
  bool send(std::string_view bytes) {
    while (open_ && !bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return open_;
  }
  Response receive() {   // until the other side closes
    std::string all;
    char part[65536];
    for (ssize_t n; (n = recv(fd_, part, sizeof part, 0)) > 0;) all.append(part, static_cast<size_t>(n));
    Response response;
    if (!all.starts_with("HTTP/1.1 ")) return response;
    response.status = std::atoi(all.c_str() + 9);
    if (const size_t end = all.find("\r\n\r\n"); end != all.npos) response.body = all.substr(end + 4);
    return response;
  }

 private:
  int fd_ = -1;
  bool open_ = false;
};

// `headers` are whole lines.
inline Response http(const std::string& url, const std::string& method, const std::string& target, const std::vector<std::string>& headers = {}, const std::string& body = "") {
  Connection connection(url);
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  for (const std::string& header : headers) request += header + "\r\n";
  if (method != "GET") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  connection.send(request + "\r\n" + body);
  return connection.receive();
}

}  // namespace tollgate::e2e
