// Transfer: one request on its way through libcurl, with the easy handle it uses. Pooled: a finished transfer serves the next request.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>

#include "runtime/links/http_links.h"

namespace tollgate {

// What every transfer of one HttpLinks shares: where sockets are closed, and the limits.
struct TransferHome {
  virtual void close_socket(curl_socket_t fd) = 0;
  HttpLinksOptions options;

 protected:
  ~TransferHome() = default;
};

class Transfer {
 public:
  // Null if libcurl has no memory.
  static std::unique_ptr<Transfer> create(TransferHome& home);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Takes the request; the handle is then ready to be added to a multi handle. False if libcurl refuses an option.
  bool begin(uint64_t ticket, Request request, int64_t now_us);
  // What became of it, by libcurl's result; the transfer may then begin anew.
  Reply finish(CURLcode result, int64_t now_us);

  CURL* handle() const { return easy_; }
  uint64_t ticket() const { return ticket_; }

 private:
  Transfer(TransferHome& home, CURL* easy) : home_(home), easy_(easy) {}
  bool set_constants();
  bool set_method();
  bool set_headers();
  bool set_limits();
  bool set_tls();
  Reply failed(CURLcode result);
  std::string reason(CURLcode result) const;
  void take_header_line(std::string_view line);

  static int on_transmission(void* self, char*, char*, int, int);
  static size_t on_header(char* data, size_t size, size_t n, void* self);
  static size_t on_body(char* data, size_t size, size_t n, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* home, curl_socket_t fd);

  TransferHome& home_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  uint64_t ticket_ = 0;
  Request request_;
  Reply reply_;
  int64_t started_us_ = 0;
  uint32_t transmissions_ = 0;
  size_t head_bytes_ = 0;
  bool head_done_ = false;
  const char* over_ = nullptr;  // which limit the answer went over
};

}  // namespace tollgate
