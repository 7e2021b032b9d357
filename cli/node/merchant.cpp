#include "cli/node/merchant.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace tollgate::cli {
namespace {

constexpr int64_t kPromptedUs = 5'000'000;    // between two looks at an order that waits for its user
constexpr uint64_t kWaitMs = 25'000;          // the gateway answers then at the latest, settled or not
constexpr uint64_t kAnswerMs = 40'000;
constexpr int64_t kAgainUs = 100'000;         // after no answer, 429 or 503
constexpr size_t kBodyMax = 64 * 1024 * 1024;

std::string body_of(const Order& order) {
  nlohmann::json body = {{"carrier", order.carrier},
                         {"action", "charge"},
                         {"arguments",
                          {{"user", {{"msisdn", order.msisdn}}},
                           {"amount", {{"value", order.amount}, {"currency", order.currency}}},
                           {"product", {{"id", "game-7"}, {"title", "A game"}}},
                           {"order", {{"id", order.key}}}}}};
  return body.dump();
}

}  // namespace

Status Merchant::open() {
  HttpLinksOptions options;
  options.body_max = kBodyMax;
  auto links = HttpLinks::create(loop_, options, [this](uint64_t ticket, Reply reply) {
    auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return;
    auto done = std::move(found->second);
    waiting_.erase(found);
    done(std::move(reply));
  });
  if (!links.ok()) return links.error();
  links_ = std::move(links).value();
  return Done{};
}

void Merchant::call(size_t index) {
  Order& order = orders_[index];
  if (order.started_us == 0) order.started_us = loop_.now_us();
  ++order.calls;
  Request request;
  request.answer_ms = kAnswerMs;
  request.headers = {{"Authorization", "Bearer " + token_}, {"Idempotency-Key", order.key}, {"Content-Type", "application/json"}};
  // The same call again is safe: same key, same body, same procedure.
  request.method = "POST";
  request.url = fmt::format("{}/v1/procedures?wait={}", api_, kWaitMs);
  request.body = body_of(order);
  waiting_[++ticket_] = [this, index](Reply reply) { answered(index, reply); };
  links_->send(ticket_, std::move(request));
}

void Merchant::again(size_t index, int64_t delay_us) {
  loop_.after(delay_us, [this, index] { call(index); });
}

void Merchant::answered(size_t index, const Reply& reply) {
  Order& order = orders_[index];
  if (reply.kind != Reply::Kind::answer || reply.status == 429 || reply.status >= 500) return again(index, kAgainUs);
  nlohmann::json body = nlohmann::json::parse(reply.body, nullptr, false);
  if (reply.status >= 400 || !body.is_object()) {
    order.state = fmt::format("refused by the API: {} {}", reply.status, reply.body.substr(0, 200));
    order.settled = true;
  } else {
    order.id = body.value("id", "");
    order.state = body.value("state", "");
    order.settled = body.value("settled", false);
    order.prompted = !order.settled && body.contains("user");
  }
  if (!order.settled && order.prompted) {   // what has something to show is answered at once, however long it may wait
    leave(order);
    return again(index, kPromptedUs);
  }
  if (!order.settled) return again(index, 0);
  order.settled_us = loop_.now_us();
  ++settled_;
  leave(order);
}

void Merchant::leave(Order& order) {
  if (!order.placed) return;
  order.placed = false;
  --open_;
  fill();
}

void Merchant::fill() {
  while (open_ < at_once_ && next_ < orders_.size()) {
    ++open_;
    orders_[next_].placed = true;
    call(next_++);
  }
}

void Merchant::run(uint32_t at_once, int64_t patience_us, const std::function<bool()>& tick) {
  at_once_ = at_once;
  int64_t until = loop_.now_us() + patience_us;
  int64_t next_tick = 0;
  fill();
  while (settled_ < orders_.size() && loop_.now_us() < until) {
    loop_.turn(20'000);
    if (loop_.now_us() < next_tick) continue;
    if (!tick()) return;
    next_tick = loop_.now_us() + 100'000;
  }
}

std::string Merchant::get(const std::string& url) {
  Request request;
  request.method = "GET";
  request.url = url.starts_with("http") ? url : api_ + url;
  request.answer_ms = 10'000;
  if (!url.starts_with("http")) request.headers = {{"Authorization", "Bearer " + token_}};
  std::optional<Reply> reply;
  waiting_[++ticket_] = [&reply](Reply r) { reply = std::move(r); };
  links_->send(ticket_, std::move(request));
  while (!reply) loop_.turn(20'000);
  return reply->kind == Reply::Kind::answer && reply->status == 200 ? reply->body : "";
}

}  // namespace tollgate::cli
