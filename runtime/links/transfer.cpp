#include "runtime/links/transfer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "runtime/links/request_check.h"

namespace tollgate {
namespace {

constexpr size_t kPooledBodyMax = 64 * 1024;  // a transfer that carried more gives its memory back
constexpr long kIdleSecondsMax = 60;          // older connections are not reused: a carrier's end, or a NAT, may have forgotten them

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_loopback(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address.addr, sizeof in);
    return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.family != AF_INET6 || address.addrlen < sizeof(sockaddr_in6)) return false;
  sockaddr_in6 in6{};
  std::memcpy(&in6, &address.addr, sizeof in6);
  return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

template <class T>
bool set(CURL* easy, CURLoption option, T value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

}  // namespace

std::unique_ptr<Transfer> Transfer::create(TransferHome& home) {
  CURL* easy = curl_easy_init();
  if (easy == nullptr) return nullptr;
  std::unique_ptr<Transfer> made(new Transfer(home, easy));
  return made->set_constants() ? std::move(made) : nullptr;
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

// What no request changes. PROXY "" also keeps libcurl from reading proxies in the environment.
bool Transfer::set_constants() {
  const bool transport = set(easy_, CURLOPT_NOSIGNAL, 1L) && set(easy_, CURLOPT_PROXY, "") && set(easy_, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1}) &&
                         set(easy_, CURLOPT_PROTOCOLS_STR, "http,https") && set(easy_, CURLOPT_FOLLOWLOCATION, 0L) && set(easy_, CURLOPT_PATH_AS_IS, 1L) &&
                         set(easy_, CURLOPT_MAXAGE_CONN, kIdleSecondsMax) && set(easy_, CURLOPT_TCP_NODELAY, 1L);
  const bool tls = set(easy_, CURLOPT_SSL_VERIFYPEER, 1L) && set(easy_, CURLOPT_SSL_VERIFYHOST, 2L) && set(easy_, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2}) &&
                   (home_.options.trust_file.empty() || set(easy_, CURLOPT_CAINFO, home_.options.trust_file.c_str()));
  const bool calls = set(easy_, CURLOPT_PRIVATE, this) && set(easy_, CURLOPT_PREREQFUNCTION, &Transfer::on_transmission) && set(easy_, CURLOPT_PREREQDATA, this) &&
                     set(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header) && set(easy_, CURLOPT_HEADERDATA, this) && set(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body) &&
                     set(easy_, CURLOPT_WRITEDATA, this) && set(easy_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open) && set(easy_, CURLOPT_OPENSOCKETDATA, this) &&
                     set(easy_, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::on_close) && set(easy_, CURLOPT_CLOSESOCKETDATA, &home_);
  return transport && tls && calls && set(easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(home_.options.body_max));
}

bool Transfer::begin(uint64_t ticket, Request request, int64_t now_us) {
  ticket_ = ticket;
  request_ = std::move(request);
  reply_ = Reply{};
  started_us_ = now_us;
  transmissions_ = 0;
  head_bytes_ = 0;
  head_done_ = false;
  over_ = nullptr;
  return set(easy_, CURLOPT_URL, request_.url.c_str()) && set_method() && set_headers() && set_limits() && set_tls();
}

// libcurl keeps connections of different certificates and authorities apart.
bool Transfer::set_tls() {
  auto lend = [&](CURLoption option, const std::string& pem) {
    if (pem.empty()) return set(easy_, option, static_cast<curl_blob*>(nullptr));
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
    return set(easy_, option, &blob);
  };
  static const TlsChoice kNothing;
  const TlsChoice& tls = request_.tls ? *request_.tls : kNothing;
  return lend(CURLOPT_SSLCERT_BLOB, tls.certificate) && lend(CURLOPT_SSLKEY_BLOB, tls.key) && lend(CURLOPT_CAINFO_BLOB, tls.authorities);
}

// The body is lent to libcurl, not copied: request_ outlives the transfer.
bool Transfer::set_method() {
  const bool with_body = !request_.body.empty() || request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH";
  const bool head = request_.method == "HEAD";
  // HTTPGET also undoes what the last request set.
  if (!set(easy_, CURLOPT_HTTPGET, 1L)) return false;
  if (head && !set(easy_, CURLOPT_NOBODY, 1L)) return false;
  if (with_body && !(set(easy_, CURLOPT_POST, 1L) && set(easy_, CURLOPT_POSTFIELDS, request_.body.c_str()) &&
                     set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()))))
    return false;
  const bool usual = with_body ? request_.method == "POST" : head || request_.method == "GET";
  return set(easy_, CURLOPT_CUSTOMREQUEST, usual ? nullptr : request_.method.c_str());
}

// The request's own headers, and none of libcurl's making except Host and Content-Length.
bool Transfer::set_headers() {
  curl_slist_free_all(headers_);
  headers_ = curl_slist_append(nullptr, "Expect:");
  bool accept = false, content_type = false;
  for (const auto& [name, value] : request_.headers) {
    accept |= same_name(name, "accept");
    content_type |= same_name(name, "content-type");
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) return false;
    headers_ = longer;
  }
  if (!accept) curl_slist_append(headers_, "Accept:");
  if (!content_type) curl_slist_append(headers_, "Content-Type:");
  return headers_ != nullptr && set(easy_, CURLOPT_HTTPHEADER, headers_);
}

bool Transfer::set_limits() {
  return set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_ms)) && set(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.answer_ms));
}

// Called by libcurl when a connection stands and the request is about to be written to it. The first time, bytes may leave from here on;
// a second time would be a second transmission, which is refused whatever the reason.
int Transfer::on_transmission(void* self, char*, char*, int, int) {
  return ++static_cast<Transfer*>(self)->transmissions_ == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

size_t Transfer::on_header(char* data, size_t size, size_t n, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const size_t bytes = size * n;
  transfer.head_bytes_ += bytes;
  if (transfer.head_bytes_ > transfer.home_.options.head_max) {
    transfer.over_ = "headers";
    return 0;
  }
  transfer.take_header_line({data, bytes});
  return bytes;
}

// An interim answer (1xx) has a head of its own, which the final one replaces. Trailers come after the head and are dropped.
void Transfer::take_header_line(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (head_done_) return;
  if (line.starts_with("HTTP/")) {
    reply_.headers.clear();
    return;
  }
  if (line.empty()) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    head_done_ = status >= 200;
    return;
  }
  const size_t colon = line.find(':');
  if (colon == line.npos) return;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  reply_.headers.emplace_back(std::move(name), std::string(value));
}

size_t Transfer::on_body(char* data, size_t size, size_t n, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const size_t bytes = size * n;
  if (transfer.reply_.body.size() + bytes > transfer.home_.options.body_max) {
    transfer.over_ = "body";
    return 0;
  }
  transfer.reply_.body.append(data, bytes);
  return bytes;
}

// The check of the URL's text is repeated here on the address: whatever a name resolved to, a request in clear stays on this machine.
curl_socket_t Transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  if (in_clear(static_cast<Transfer*>(self)->request_.url) && !is_loopback(*address)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_close(void* home, curl_socket_t fd) {
  static_cast<TransferHome*>(home)->close_socket(fd);
  return 0;
}

Reply Transfer::finish(CURLcode result, int64_t now_us) {
  // libcurl takes a head that the connection's end cut short for a whole one.
  if (result == CURLE_OK && !head_done_) result = CURLE_PARTIAL_FILE;
  Reply reply = result == CURLE_OK ? std::move(reply_) : failed(result);
  if (result == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    reply.kind = Reply::Kind::answer;
    reply.status = static_cast<uint16_t>(status);
  }
  reply.elapsed_us = now_us - started_us_;
  reply_ = Reply{};
  if (request_.body.capacity() > kPooledBodyMax) request_ = Request{};
  return reply;
}

Reply Transfer::failed(CURLcode result) {
  Reply reply;
  reply.kind = transmissions_ == 0 ? Reply::Kind::not_sent : Reply::Kind::lost;
  reply.trouble = reason(result);
  return reply;
}

std::string Transfer::reason(CURLcode result) const {
  if (over_ != nullptr || result == CURLE_FILESIZE_EXCEEDED) {
    const bool head = over_ != nullptr && std::string_view(over_) == "headers";
    return fmt::format("{} over {} KiB", head ? "headers" : "body", (head ? home_.options.head_max : home_.options.body_max) / 1024);
  }
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      if (transmissions_ == 0) return fmt::format("no connection within {} ms", std::min(request_.connect_ms, request_.answer_ms));
      return fmt::format("no answer within {} ms", request_.answer_ms);
    case CURLE_COULDNT_RESOLVE_HOST: return "the host's name does not resolve";
    case CURLE_COULDNT_CONNECT: {
      long error = 0;
      curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &error);
      if (error == ECONNREFUSED) return "connection refused";
      return error == 0 ? "cannot connect" : fmt::format("cannot connect: {}", std::strerror(static_cast<int>(error)));
    }
    case CURLE_PEER_FAILED_VERIFICATION: return "TLS: the certificate does not prove this host";
    case CURLE_SSL_CONNECT_ERROR: return "TLS: the handshake failed";
    case CURLE_ABORTED_BY_CALLBACK: return "the connection closed without an answer; a second transmission was refused";
    case CURLE_GOT_NOTHING: return "the connection closed without an answer";
    case CURLE_PARTIAL_FILE: return "the connection closed in the middle of the answer";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return "the connection broke";
    default: return curl_easy_strerror(result);
  }
}

}  // namespace tollgate
