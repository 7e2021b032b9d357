// Nginx: a real server on a port of its own, which asks for a certificate of a client's and says whose it got.
#pragma once

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace tollgate::test {

class Nginx {
 public:
  // PEM: the server's own certificate and key, and the authority whose clients it lets in.
  Nginx(const std::string& certificate, const std::string& key, const std::string& client_authority) : port_(free_port()) {
    char name[] = "/tmp/tollgate-nginx-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("no folder for nginx");
    folder_ = name;
    write("server.pem", certificate);
    write("server.key", key);
    write("clients.pem", client_authority);
    write("nginx.conf", configuration());
    start();
  }
  ~Nginx() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  static sockaddr_in loopback(uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  static uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
  }

  void write(const char* file, const std::string& text) { std::ofstream(folder_ / file, std::ios::binary) << text; }

  std::string configuration() const {
    const std::string here = folder_.string() + "/";
    return "daemon off;\nmaster_process off;\npid " + here + "pid;\nerror_log " + here + "log;\nevents {}\nhttp {\n  access_log off;\n" +
           "  client_body_temp_path " + here + "body;\n  proxy_temp_path " + here + "proxy;\n  fastcgi_temp_path " + here + "fastcgi;\n" +
           "  uwsgi_temp_path " + here + "uwsgi;\n  scgi_temp_path " + here + "scgi;\n  server {\n    listen 127.0.0.1:" + std::to_string(port_) + " ssl;\n" +
           "    ssl_certificate " + here + "server.pem;\n    ssl_certificate_key " + here + "server.key;\n    ssl_client_certificate " + here +
           "clients.pem;\n    ssl_verify_client on;\n    location / { return 200 $ssl_client_s_dn; }\n  }\n}\n";
  }

  void start() {
    const std::string file = (folder_ / "nginx.conf").string(), log = (folder_ / "log").string();
    process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      execlp("nginx", "nginx", "-e", log.c_str(), "-c", file.c_str(), static_cast<char*>(nullptr));
      execl("/usr/sbin/nginx", "nginx", "-e", log.c_str(), "-c", file.c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    for (int tries = 0; tries < 500; ++tries) {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in to = loopback(port_);
      const bool listening = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
      close(fd);
      if (listening) return;
      if (waitpid(process_, nullptr, WNOHANG) == process_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("nginx did not start; is the package nginx-light installed?");
  }

  std::filesystem::path folder_;
  uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace tollgate::test
