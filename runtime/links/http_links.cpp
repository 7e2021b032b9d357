#include "runtime/links/http_links.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <vector>

#include "runtime/links/request_check.h"
#include "runtime/links/transfer.h"

namespace tollgate {
namespace {

constexpr size_t kPooledTransfersMax = 1024;
constexpr long kTransferMsMax = 3'600'000;  // an hour: longer time-outs are a mistake, and libcurl counts in a long

bool start_curl() { return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }

}  // namespace

class HttpLinks::Impl final : public TransferHome, private Watcher, private BeforeSleep {
 public:
  Impl(Loop& loop, HttpLinksOptions limits, Completed completed, CURLM* multi) : loop_(loop), completed_(std::move(completed)), multi_(multi) {
    options = std::move(limits);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options.idle_connections_max));
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
    loop_.add(this);
  }

  ~Impl() {
    loop_.remove(this);
    for (const auto& [easy, transfer] : active_) curl_multi_remove_handle(multi_, easy);
    // Closes the kept connections, which calls close_socket: this must still be whole.
    curl_multi_cleanup(multi_);
  }

  void send(uint64_t ticket, Request request);
  size_t in_flight() const { return active_.size() + settled_.size(); }
  void close_socket(curl_socket_t fd) override;

 private:
  struct Socket { uint32_t wanted = 0, watched = 0; };

  void on_ready(int fd, uint32_t events) override;
  int64_t before_sleep(int64_t now_us) override;
  void collect();
  void settle_unsent(uint64_t ticket, std::string trouble);
  void want(curl_socket_t fd, uint32_t events);
  Socket& socket(curl_socket_t fd);

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  Loop& loop_;
  Completed completed_;
  CURLM* multi_;
  int64_t timer_due_us_ = kNever;
  std::vector<Socket> sockets_;  // by fd
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> active_;
  std::vector<std::unique_ptr<Transfer>> pool_;
  std::deque<std::pair<uint64_t, Reply>> settled_;  // refused before libcurl saw them; completed in the next turn
};

Result<std::unique_ptr<HttpLinks>> HttpLinks::create(Loop& loop, HttpLinksOptions options, Completed completed) {
  // Thread-safe and done once: a constant, not a state.
  static const bool started = start_curl();
  CURLM* multi = started ? curl_multi_init() : nullptr;
  if (multi == nullptr) return Error{"links_unavailable", "libcurl does not start"};
  return std::unique_ptr<HttpLinks>(new HttpLinks(std::make_unique<Impl>(loop, std::move(options), std::move(completed), multi)));
}

HttpLinks::HttpLinks(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpLinks::~HttpLinks() = default;
void HttpLinks::send(uint64_t ticket, Request request) { impl_->send(ticket, std::move(request)); }
size_t HttpLinks::in_flight() const { return impl_->in_flight(); }

void HttpLinks::Impl::send(uint64_t ticket, Request request) {
  if (std::string trouble = trouble_with(request); !trouble.empty()) return settle_unsent(ticket, std::move(trouble));
  if (options.loopback_only && !to_loopback(request.url)) return settle_unsent(ticket, "a rehearsal sends to this machine only");
  request.connect_ms = std::clamp<uint64_t>(request.connect_ms, 1, kTransferMsMax);
  request.answer_ms = std::clamp<uint64_t>(request.answer_ms, 1, kTransferMsMax);
  std::unique_ptr<Transfer> transfer;
  if (pool_.empty()) {
    transfer = Transfer::create(*this);
  } else {
    transfer = std::move(pool_.back());
    pool_.pop_back();
  }
  if (transfer == nullptr || !transfer->begin(ticket, std::move(request), loop_.now_us()))
    return settle_unsent(ticket, "the HTTP client refuses the request");
  CURL* easy = transfer->handle();
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) return settle_unsent(ticket, "the HTTP client takes no more requests");
  active_.emplace(easy, std::move(transfer));
}

void HttpLinks::Impl::settle_unsent(uint64_t ticket, std::string trouble) {
  Reply reply;
  reply.kind = Reply::Kind::not_sent;
  reply.trouble = std::move(trouble);
  settled_.emplace_back(ticket, std::move(reply));
}

int64_t HttpLinks::Impl::before_sleep(int64_t now_us) {
  for (size_t n = settled_.size(); n > 0; --n) {
    auto [ticket, reply] = std::move(settled_.front());
    settled_.pop_front();
    completed_(ticket, std::move(reply));
  }
  if (timer_due_us_ <= now_us) {
    timer_due_us_ = kNever;
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    collect();
  }
  return settled_.empty() ? timer_due_us_ : now_us;
}

void HttpLinks::Impl::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode result = message->data.result;  // `message` dies with the next call
    const auto found = active_.find(easy);
    TG_CHECK(found != active_.end(), "a transfer finished that was not under way");
    std::unique_ptr<Transfer> transfer = std::move(found->second);
    active_.erase(found);
    Reply reply = transfer->finish(result, loop_.now_us());
    const uint64_t ticket = transfer->ticket();
    curl_multi_remove_handle(multi_, easy);
    if (pool_.size() < kPooledTransfersMax) pool_.push_back(std::move(transfer));
    completed_(ticket, std::move(reply));
  }
}

HttpLinks::Impl::Socket& HttpLinks::Impl::socket(curl_socket_t fd) {
  if (static_cast<size_t>(fd) >= sockets_.size()) sockets_.resize(static_cast<size_t>(fd) + 64);
  return sockets_[static_cast<size_t>(fd)];
}

// Lazy registration: a kept-alive connection changes from "in" to "nothing" and back with every exchange. Leaving it in the epoll set
// saves two system calls each time; an event on a socket that nobody wants means that the carrier closed it.
void HttpLinks::Impl::want(curl_socket_t fd, uint32_t events) {
  Socket& s = socket(fd);
  s.wanted = events;
  if (events == 0 || s.watched == events) return;
  s.watched = events;
  loop_.watch(fd, events, this);
}

void HttpLinks::Impl::on_ready(int fd, uint32_t events) {
  Socket& s = socket(fd);
  if (s.wanted == 0) {
    loop_.unwatch(fd);
    s.watched = 0;
  }
  int flags = 0;
  if ((events & EPOLLIN) != 0) flags |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) flags |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) flags |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, fd, flags, &running);
  collect();
}

int HttpLinks::Impl::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  uint32_t events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= EPOLLOUT;
  static_cast<Impl*>(self)->want(fd, events);
  return 0;
}

int HttpLinks::Impl::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& impl = *static_cast<Impl*>(self);
  impl.timer_due_us_ = timeout_ms < 0 ? kNever : timeout_ms == 0 ? 0 : impl.loop_.now_us() + int64_t{timeout_ms} * 1000;
  return 0;
}

// The number of a closed fd is soon another socket's, so the registration must go with it.
void HttpLinks::Impl::close_socket(curl_socket_t fd) {
  Socket& s = socket(fd);
  if (s.watched != 0) loop_.unwatch(fd);
  s = Socket{};
  close(fd);
}

}  // namespace tollgate
