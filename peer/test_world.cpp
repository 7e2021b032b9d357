#include "peer/test_world.h"

namespace tollgate::peer {
namespace {

constexpr int kRestRounds = 10'000;   // a procedure that needs more turns than this at one instant never rests
constexpr int64_t kUsPerMs = 1000;

// "https://carrier.test/a/b?c=d" as the carrier sees it.
CarrierRequest as_received(const Request& request) {
  CarrierRequest out;
  out.method = request.method;
  out.headers = request.headers;
  out.body = request.body;
  std::string_view url = request.url;
  size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  size_t slash = url.find('/');
  url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  size_t mark = url.find('?');
  out.path = std::string(url.substr(0, mark));
  if (mark != std::string_view::npos) out.query = std::string(url.substr(mark + 1));
  return out;
}

Reply timed_out() {
  Reply reply;
  reply.kind = Reply::Kind::lost;
  reply.trouble = "no answer in time";
  return reply;
}

}  // namespace

TestWorld::TestWorld(std::shared_ptr<const Program> program, Settings settings, uint64_t seed, Scenario scenario)
    : random(seed), carrier(program, CarrierOptions{settings, std::move(scenario)}), program_(std::move(program)), settings_(std::move(settings)) {}

Status TestWorld::start() {
  EngineOptions options;
  options.public_url = kTestPublicUrl;
  engine = std::make_unique<Engine>(Ports{&clock, &random, &store, &links, &vault, &observer, &alarm}, options);
  Status added = engine->add(program_, settings_);
  if (!added) return added;
  return engine->recover();
}

Status TestWorld::restart() {
  engine.reset();
  links.waiting.clear();
  alarm.due_us.reset();
  for (auto& [arrival, request] : open) request.alive = false;
  std::erase_if(open, [](const auto& entry) { return entry.second.disposed || !entry.second.seen || entry.second.seen->route.owner != Route::Owner::step; });
  return start();
}

bool TestWorld::take_requests() {
  bool any = false;
  while (std::optional<ScriptedLinks::Sent> sent = links.take()) {
    uint64_t arrival = ++arrivals_;
    OpenRequest request;
    request.timeout_us = now_us() + static_cast<int64_t>(sent->request.answer_ms) * kUsPerMs;
    request.request = as_received(sent->request);
    request.seen = carrier.recognise(request.request);
    open[arrival] = std::move(request);
    tickets_[arrival] = sent->ticket;
    any = true;
  }
  return any;
}

bool TestWorld::deliver_due() {
  for (auto& [arrival, request] : open) {
    bool replied = request.reply_us >= 0 && request.reply_us <= now_us();
    if (!request.alive || (!replied && request.timeout_us > now_us())) continue;
    Reply reply = replied ? std::move(request.reply) : timed_out();
    bool disposed = request.disposed;
    uint64_t ticket = tickets_[arrival];
    request.alive = false;
    if (disposed || replied) open.erase(arrival);
    engine->on_reply(ticket, std::move(reply));
    return true;
  }
  return false;
}

bool TestWorld::wake_if_due() {
  if (!alarm.due_us || *alarm.due_us > now_us()) return false;
  alarm.due_us.reset();
  engine->on_alarm();
  return true;
}

bool TestWorld::settle() {
  for (int round = 0; round < kRestRounds; ++round) {
    bool ran = store.waiting() > 0;
    store.poll();
    ran = take_requests() || ran;
    ran = deliver_due() || ran;
    if (!ran && !wake_if_due()) return true;
  }
  return false;
}

std::optional<int64_t> TestWorld::next_us() const {
  std::optional<int64_t> next = alarm.due_us;
  auto consider = [&](int64_t at_us) {
    if (!next || at_us < *next) next = at_us;
  };
  for (const auto& [arrival, request] : open) {
    if (!request.alive) continue;
    consider(request.timeout_us);
    if (request.reply_us >= 0) consider(request.reply_us);
  }
  return next;
}

void TestWorld::move_to(int64_t wall_us) {
  if (wall_us > now_us()) clock.advance(wall_us - now_us());
}

void TestWorld::answer(uint64_t arrival, Reply reply) { answer_at(arrival, std::move(reply), now_us()); }

void TestWorld::answer_at(uint64_t arrival, Reply reply, int64_t at_us) {
  auto found = open.find(arrival);
  if (found == open.end()) return;
  found->second.disposed = true;
  if (!found->second.alive) {
    open.erase(found);
    return;
  }
  if (at_us >= found->second.timeout_us) return;   // too late: the transport has given up by then
  found->second.reply_us = at_us;
  found->second.reply = std::move(reply);
}

Inbound inbound_of(CallbackMessage message, bool forged) {
  auto spoil = [](std::string& text) { text.back() = text.back() == '0' ? '1' : '0'; };   // no letter: its case may not matter
  Inbound inbound;
  bool bearer = false;
  for (auto& [name, value] : message.headers) {
    if (forged && name != "Content-Type" && !value.empty()) {   // whatever proves is spoilt
      spoil(value);
      bearer = true;
    }
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (forged && !bearer) {   // the token is the path's last segment
    std::string way_in = message.url.substr(0, message.url.find('?'));
    spoil(way_in);
    message.url.replace(0, way_in.size(), way_in);
  }
  inbound.method = message.method;
  inbound.path = message.url.substr(std::min(message.url.size(), std::string_view(kTestPublicUrl).size()));
  if (const size_t question = inbound.path.find('?'); question != std::string::npos) {
    inbound.query = inbound.path.substr(question + 1);
    inbound.path.resize(question);
  }
  inbound.headers = std::move(message.headers);
  inbound.body = std::move(message.body);
  inbound.peer_address = "127.0.0.1";
  return inbound;
}

}  // namespace tollgate::peer
