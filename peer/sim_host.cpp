#include "peer/sim_host.h"

#include <nlohmann/json.hpp>

namespace tollgate::peer {
namespace {

SimReply json_reply(std::string body) {
  SimReply reply;
  reply.answer.headers.emplace_back("Content-Type", "application/json");
  reply.answer.body = std::move(body);
  return reply;
}

}  // namespace

SimCarrier::SimCarrier(std::shared_ptr<const Program> program, CarrierOptions options, SimHost& host)
    : carrier_(std::move(program), std::move(options)), host_(host) {}

void SimCarrier::on_request(const CarrierRequest& request, std::function<void(SimReply)> done) {
  if (request.method == "GET" && request.path == "/_ledger") return done(json_reply(ledger_json()));
  if (request.method == "GET" && request.path == "/_stats") return done(json_reply(stats_json()));
  int64_t now_us = host_.now_us();
  Plan plan = carrier_.handle(request, now_us);
  for (const Later& later : plan.later) call_back(later);
  SimReply reply;
  reply.drop = plan.kind != Plan::Kind::answer;
  reply.answer = std::move(plan.answer);
  if (plan.delay_us <= 0) return done(std::move(reply));
  host_.at(now_us + plan.delay_us, [done = std::move(done), reply = std::move(reply)]() mutable { done(std::move(reply)); });
}

// Again and again, as long as the carrier has patience and we do not take it.
void SimCarrier::call_back(Later later) {
  host_.at(later.at_us, [this, id = later.id] {
    std::optional<CallbackMessage> message = carrier_.fire(id, host_.now_us());
    if (!message) return;
    host_.send(std::move(*message), [this, id](uint16_t status) {
      if (std::optional<Later> again = carrier_.delivered(id, status, host_.now_us())) call_back(*again);
    });
  });
}

std::string SimCarrier::ledger_json() const { return tollgate::peer::ledger_json(carrier_.program().module(), carrier_.ledger()); }

std::string SimCarrier::stats_json() const {
  const CarrierStats& s = carrier_.stats();
  nlohmann::ordered_json out = nlohmann::ordered_json::parse(totals_json(carrier_.program().module(), carrier_.ledger()));
  out["requests"] = {{"all", s.requests},       {"sessions", s.sessions}, {"enquiries", s.enquiries}, {"money", s.charges},
                     {"repeats", s.repeats},    {"unknown", s.unknown},   {"unauthorized", s.unauthorized}};
  out["faults"] = {{"lost_reply", s.lost_replies},    {"lost_request", s.lost_requests}, {"error_before", s.errors_before},
                   {"error_after", s.errors_after},   {"malformed", s.malformed},        {"slow", s.slow},
                   {"expired_token", s.expired_tokens}};
  out["callbacks"] = s.callbacks;
  out["redelivered"] = s.redelivered;
  out["undelivered"] = s.undelivered;
  out["unsayable"] = s.unsayable;
  return out.dump() + "\n";
}

}  // namespace tollgate::peer
