#include "runtime/links/listener.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "runtime/links/socket_address.h"

namespace tollgate {
namespace {

constexpr int kBacklog = 1024;
constexpr size_t kReadBytes = 64 * 1024;
constexpr int kAcceptsPerTurn = 64;
constexpr int64_t kSweepUs = 500'000;
constexpr int64_t kLingerUs = 2'000'000;             // how long a refused upload may go on, so that its sender reads the refusal
constexpr size_t kLingerBytesMax = 4 * 1024 * 1024;  // and how much of it is read and dropped

struct StatusText { uint16_t status; const char* text; };
constexpr StatusText kStatusTexts[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {400, "Bad Request"}, {401, "Unauthorized"},
    {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"},
    {413, "Content Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {417, "Expectation Failed"},
    {422, "Unprocessable Content"}, {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"}};

const char* status_text(uint16_t status) {
  for (const auto& row : kStatusTexts)
    if (row.status == status) return row.text;
  return "Status";
}

HttpResponse plain_refusal(uint16_t status) { return {status, "text/plain", std::to_string(status) + " " + status_text(status) + "\n", {}}; }

struct Connection {
  // reading: between requests or in one. answering: the handler has it. writing: the peer has not read all. lingering: an answer that ends
  // the connection is out; what still comes is dropped for a while, since closing on unread bytes would reset away the answer.
  enum class Phase : uint8_t { reading, answering, writing, lingering };

  Connection(int fd_, uint64_t id_, std::string peer_, size_t body_max) : fd(fd_), id(id_), peer(std::move(peer_)), reader(body_max) {}

  int fd;
  uint64_t id;
  std::string peer;
  RequestReader reader;
  Phase phase = Phase::reading;
  int64_t due_us = 0;         // when its patience ends
  uint64_t serial = 0;        // of the request being answered
  bool head_only = false;     // it was a HEAD
  bool ending = false;        // close after the answer
  bool serving = false;       // serve() is at work on it, further up the stack
  std::string out;
  size_t written = 0, lingered = 0;
};

}  // namespace

class Listener::Impl final : private Watcher, private BeforeSleep, public std::enable_shared_from_this<Listener::Impl> {
 public:
  Impl(Loop& loop, int fd, uint16_t port, ListenerOptions options, Handler handler)
      : loop_(loop), fd_(fd), port_(port), options_(std::move(options)), handler_(std::move(handler)) {
    if (!options_.refusal) options_.refusal = plain_refusal;
    loop_.watch(fd_, EPOLLIN, this);
    loop_.add(this);
  }
  ~Impl() {
    loop_.remove(this);
    stop_accepting();
    for (const auto& [fd, connection] : connections_) {
      loop_.unwatch(fd);
      ::close(fd);
    }
  }
  void drain();
  uint16_t port() const { return port_; }
  size_t connections() const { return connections_.size(); }
  size_t busy() const {
    return static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(), [](const auto& one) { return one.second->phase != Connection::Phase::reading; }));
  }

 private:
  void on_ready(int fd, uint32_t events) override;
  int64_t before_sleep(int64_t now_us) override;
  void stop_accepting();
  void accept_some();
  void pause_accepting();
  void add_connection(int fd, const SocketAddress& peer);
  void close_connection(int fd);
  // Each of these may close the connection; false says that it did.
  bool read_some(Connection& c);
  bool serve(Connection& c);
  bool flush(Connection& c);
  bool linger(Connection& c);
  void hand_over(Connection& c);
  void respond(int fd, uint64_t id, uint64_t serial, HttpResponse response);
  void write_response(Connection& c, const HttpResponse& response);
  void expire(Connection& c);

  Loop& loop_;
  int fd_;
  uint16_t port_;
  ListenerOptions options_;
  Handler handler_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;  // by fd
  uint64_t next_id_ = 1;
  int64_t sweep_us_ = 0;
  bool accepting_ = true, draining_ = false;
};

Result<std::unique_ptr<Listener>> Listener::create(Loop& loop, const std::string& text, ListenerOptions options, Handler handler) {
  Result<SocketAddress> parsed = parse_address(text);
  if (!parsed.ok()) return std::move(parsed).error();
  SocketAddress address = *parsed;
  const auto failed = [&](int fd) {
    const Error error{"cannot_listen", "cannot listen on " + text + ": " + std::strerror(errno)};
    if (fd >= 0) ::close(fd);
    return error;
  };
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failed(fd);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 || listen(fd, kBacklog) != 0) return failed(fd);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) return failed(fd);
  return std::unique_ptr<Listener>(new Listener(std::make_shared<Impl>(loop, fd, address.port(), options, std::move(handler))));
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;
uint16_t Listener::port() const { return impl_->port(); }
size_t Listener::connections() const { return impl_->connections(); }
size_t Listener::busy() const { return impl_->busy(); }
void Listener::drain() { impl_->drain(); }

void Listener::Impl::on_ready(int fd, uint32_t events) {
  if (fd == fd_) return accept_some();
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  Connection& c = *found->second;
  if ((events & EPOLLERR) != 0) return close_connection(fd);
  if ((events & EPOLLOUT) != 0 && c.phase == Connection::Phase::writing && !flush(c)) return;
  if ((events & (EPOLLIN | EPOLLHUP)) == 0) return;
  switch (c.phase) {
    case Connection::Phase::reading: read_some(c); return;
    case Connection::Phase::lingering: linger(c); return;
    // More bytes while a request is being answered: left in the socket, which bounds what one peer can make us hold. Nothing is watched
    // until the answer is out; a peer that hangs up is noticed then.
    case Connection::Phase::answering:
    case Connection::Phase::writing:
      if ((events & EPOLLHUP) != 0) return close_connection(fd);
      loop_.watch(fd, c.phase == Connection::Phase::writing ? uint32_t{EPOLLOUT} : 0u, this);
      return;
  }
}

void Listener::Impl::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn && connections_.size() < options_.connections_max; ++i) {
    SocketAddress peer;
    peer.size = sizeof peer.storage;
    const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      add_connection(fd, peer);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    return pause_accepting();  // out of files or memory
  }
  if (connections_.size() >= options_.connections_max) pause_accepting();
}

// What waits in the system's queue would wake us for nothing; the sweep opens the door again.
void Listener::Impl::pause_accepting() {
  accepting_ = false;
  loop_.watch(fd_, 0, this);
}

void Listener::Impl::add_connection(int fd, const SocketAddress& peer) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  auto connection = std::make_unique<Connection>(fd, next_id_++, peer.host(), options_.body_max);
  connection->due_us = loop_.now_us() + options_.request_us;
  connections_.emplace(fd, std::move(connection));
  loop_.watch(fd, EPOLLIN, this);
}

void Listener::Impl::close_connection(int fd) {
  loop_.unwatch(fd);
  ::close(fd);
  connections_.erase(fd);
}

bool Listener::Impl::read_some(Connection& c) {
  std::array<char, kReadBytes> buffer;
  const ssize_t got = recv(c.fd, buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) {
    close_connection(c.fd);
    return false;
  }
  if (!c.reader.in_request()) c.due_us = loop_.now_us() + options_.request_us;
  c.reader.append({buffer.data(), static_cast<size_t>(got)});
  return serve(c);
}

// Serves what has been read, request after request, until one is still being answered or more bytes are needed.
bool Listener::Impl::serve(Connection& c) {
  const int fd = c.fd;
  const uint64_t id = c.id;
  c.serving = true;
  while (c.phase == Connection::Phase::reading) {
    const RequestReader::Step step = c.reader.next();
    if (step == RequestReader::Step::need_more) {
      c.serving = false;
      if (!c.reader.take_expectation()) return true;
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      if (::send(fd, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(kContinue.size())) return true;
      close_connection(fd);
      return false;
    }
    if (step == RequestReader::Step::refused) {
      c.ending = true;
      c.head_only = false;
      write_response(c, options_.refusal(c.reader.refused_status()));
      return flush(c);
    }
    hand_over(c);
    const auto still = connections_.find(fd);
    if (still == connections_.end() || still->second->id != id) return false;
  }
  c.serving = false;
  return true;
}

void Listener::Impl::hand_over(Connection& c) {
  c.ending = !c.reader.keep_alive() || draining_;
  HttpRequest request = c.reader.take();
  request.peer_address = c.peer;
  c.head_only = request.method == "HEAD";
  c.phase = Connection::Phase::answering;
  c.due_us = loop_.now_us() + options_.answer_us;
  const uint64_t serial = ++c.serial;
  handler_(std::move(request), [weak = weak_from_this(), fd = c.fd, id = c.id, serial](HttpResponse response) {
    if (const auto self = weak.lock()) self->respond(fd, id, serial, std::move(response));
  });
}

void Listener::Impl::respond(int fd, uint64_t id, uint64_t serial, HttpResponse response) {
  const auto found = connections_.find(fd);
  if (found == connections_.end() || found->second->id != id || found->second->serial != serial) return;
  Connection& c = *found->second;
  if (c.phase != Connection::Phase::answering) return;
  if (response.status == kHangUp) return close_connection(fd);
  c.ending |= draining_;
  write_response(c, response);
  // An answer given from inside the handler returns into serve(), which goes on by itself: no recursion over pipelined requests.
  if (flush(c) && !c.serving && c.phase == Connection::Phase::reading && c.reader.in_request()) serve(c);
}

void Listener::Impl::write_response(Connection& c, const HttpResponse& response) {
  c.out.clear();
  c.written = 0;
  c.out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(status_text(response.status)).append("\r\n");
  if (!response.content_type.empty()) c.out.append("Content-Type: ").append(response.content_type).append("\r\n");
  for (const auto& [name, value] : response.headers) c.out.append(name).append(": ").append(value).append("\r\n");
  if (response.status != 204) c.out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  if (c.ending) c.out.append("Connection: close\r\n");
  c.out.append("\r\n");
  if (!c.head_only && response.status != 204) c.out.append(response.body);
  c.phase = Connection::Phase::writing;
  c.due_us = loop_.now_us() + options_.write_us;
}

bool Listener::Impl::flush(Connection& c) {
  while (c.written < c.out.size()) {
    const ssize_t sent = ::send(c.fd, c.out.data() + c.written, c.out.size() - c.written, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      loop_.watch(c.fd, EPOLLOUT, this);
      return true;
    }
    if (sent <= 0) {
      close_connection(c.fd);
      return false;
    }
    c.written += static_cast<size_t>(sent);
  }
  c.out.clear();
  if (c.out.capacity() > kReadBytes) c.out.shrink_to_fit();
  if (c.ending) {
    shutdown(c.fd, SHUT_WR);
    c.phase = Connection::Phase::lingering;
    c.due_us = loop_.now_us() + kLingerUs;
  } else {
    c.phase = Connection::Phase::reading;
    c.due_us = loop_.now_us() + (c.reader.in_request() ? options_.request_us : options_.idle_us);
  }
  loop_.watch(c.fd, EPOLLIN, this);
  return true;
}

bool Listener::Impl::linger(Connection& c) {
  std::array<char, kReadBytes> dropped;
  const ssize_t got = recv(c.fd, dropped.data(), dropped.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  c.lingered += got > 0 ? static_cast<size_t>(got) : 0;
  if (got > 0 && c.lingered < kLingerBytesMax) return true;
  close_connection(c.fd);
  return false;
}

int64_t Listener::Impl::before_sleep(int64_t now_us) {
  if (connections_.empty() && accepting_) return kNever;
  if (now_us < sweep_us_) return sweep_us_;
  sweep_us_ = now_us + kSweepUs;
  std::vector<int> late;
  for (const auto& [fd, connection] : connections_)
    if (connection->due_us <= now_us) late.push_back(fd);
  for (int fd : late) expire(*connections_.at(fd));
  if (!accepting_ && connections_.size() < options_.connections_max) {
    accepting_ = true;
    loop_.watch(fd_, EPOLLIN, this);
  }
  return sweep_us_;
}

void Listener::Impl::expire(Connection& c) {
  const bool half_a_request = c.phase == Connection::Phase::reading && c.reader.in_request();
  if (!half_a_request && c.phase != Connection::Phase::answering) return close_connection(c.fd);
  ++c.serial;  // an answer that comes later is not this one's
  c.ending = true;
  write_response(c, options_.refusal(half_a_request ? 408 : 503));
  flush(c);
}

void Listener::Impl::stop_accepting() {
  if (fd_ < 0) return;
  loop_.unwatch(fd_);
  ::close(fd_);
  fd_ = -1;
  accepting_ = true;  // nothing to reopen
}

void Listener::Impl::drain() {
  draining_ = true;
  std::vector<int> idle;
  for (const auto& [fd, connection] : connections_)
    if (connection->phase == Connection::Phase::reading && !connection->reader.in_request()) idle.push_back(fd);
  for (int fd : idle) close_connection(fd);
}

}  // namespace tollgate
