// The carrier's callbacks, and the part of CarrierModel that a script drives: it is told what it said, and remembers.
#include <algorithm>

#include "peer/carrier_model.h"
#include "peer/proof.h"
#include "peer/wire_text.h"
#include "runtime/bytecode/format.h"
#include "runtime/shapes/multipart.h"

namespace tollgate::peer {
namespace {

// "url of paid(ref)" taken apart: the callback's name and the expression that is its key.
bool names_callback(std::string_view origin, std::string_view what, std::string_view callback, std::string_view* key) {
  std::string head = std::string(what) + " of " + std::string(callback) + "(";
  if (origin.substr(0, head.size()) != head || origin.back() != ')') return false;
  *key = origin.substr(head.size(), origin.size() - head.size() - 1);
  return true;
}

// The wire value of "url of CALLBACK(…)" or "bearer of CALLBACK(…)"; nullptr if the request bore none.
const std::string* minted(const WireValues& wire, std::string_view what, std::string_view callback, std::string_view* key) {
  for (const auto& [origin, value] : wire)
    if (names_callback(origin, what, callback, key)) return &value;
  return nullptr;
}

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    size_t n = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? static_cast<uint8_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace

Result<CallbackMessage> CarrierModel::address(uint64_t number, Index callback, std::string body, int64_t now_us) const {
  const Module& module = program_->module();
  const Callback& c = module.callbacks[callback];
  const Endpoint& endpoint = module.endpoints[c.endpoint];
  const Payment* payment = number == 0 || number > ledger_.payments().size() ? nullptr : &ledger_.payments()[number - 1];
  if (payment == nullptr) return Error{"peer_no_address", "no request for money was seen that " + std::string(module.text(c.name)) + " could be about"};
  std::string_view key;
  const std::string* url = minted(payment->wire, "url", module.text(c.name), &key);
  if (url == nullptr) return Error{"peer_no_address", "the request bore no url of " + std::string(module.text(c.name))};
  CallbackMessage message;
  message.method = endpoint.methods.empty() ? "POST" : std::string(module.text(endpoint.methods[0]));
  message.url = *url;
  message.body = std::move(body);
  auto setting = [&](const Verify& verify, size_t i) {
    auto found = i < verify.settings.size() ? options_.settings.find(std::string(module.text(module.settings[verify.settings[i]].name))) : options_.settings.end();
    return found == options_.settings.end() ? std::string() : found->second;
  };
  for (const Verify& verify : endpoint.verify) {
    if (verify.kind == VerifyKind::minted_bearer) {
      const std::string* bearer = minted(payment->wire, "bearer", module.text(c.name), &key);
      if (bearer == nullptr) return Error{"peer_no_address", "the request bore no bearer of " + std::string(module.text(c.name))};
      message.headers.emplace_back("Authorization", "Bearer " + *bearer);
    } else if (verify.kind == VerifyKind::basic) {
      message.headers.emplace_back("Authorization", "Basic " + base64(setting(verify, 0) + ":" + setting(verify, 1)));
    }
  }
  if (!c.arms.empty() && c.arms[0].shape != kNone)
    message.headers.emplace_back("Content-Type", content_type_with_boundary(content_type_of(module.shapes[c.arms[0].shape].root), message.body));
  for (const Verify& verify : endpoint.verify) {   // last: a signature covers what is there
    if (verify.kind != VerifyKind::declared) continue;
    if (Status proved = proofs_->add(verify, message, now_us); !proved.ok()) return std::move(proved).error();
  }
  return message;
}

std::optional<CallbackMessage> CarrierModel::fire(uint64_t later, int64_t now_us) {
  ledger_.settle_due(now_us);
  if (later >= calls_.size()) return std::nullopt;
  Call& call = calls_[later];
  if (call.message) {
    stats_.callbacks++, stats_.redelivered++;
    return call.message;
  }
  Payment* payment = ledger_.by_number(call.payment);
  if (payment == nullptr || payment->state != Payment::State::settled) return std::nullopt;
  const Way* way = nullptr;
  for (const Way& candidate : answers_.callbacks(call.callback)) {
    if (verdict_of(candidate.finding) != std::optional(payment->verdict)) continue;
    if (way == nullptr || candidate.key == payment->key) way = &candidate;
  }
  if (way == nullptr) return std::nullopt;
  const Module& module = program_->module();
  const Callback& callback = module.callbacks[call.callback];
  WireValues keyed;
  std::string_view key;
  if (minted(payment->wire, "url", module.text(callback.name), &key) != nullptr && !callback.parameters.empty())
    if (auto found = payment->wire.find(key); found != payment->wire.end())
      keyed[std::string(module.text(callback.parameters[0].name))] = found->second;
  Facts facts;
  facts.payment = payment;
  facts.request = &keyed;
  facts.settings = &options_.settings;
  facts.now_us = now_us;
  facts.salt = options_.scenario.seed;
  Result<Written> written = answers_.callback(*way, facts);
  if (!written) return std::nullopt;
  Result<CallbackMessage> message = address(payment->number, call.callback, std::move(written->body), now_us);
  if (!message) return std::nullopt;
  stats_.callbacks++;
  if (module.endpoints[callback.endpoint].redelivers > 0) call.message = *message;
  return *message;
}

std::optional<Later> CarrierModel::delivered(uint64_t later, uint16_t status, int64_t now_us) {
  if (later >= calls_.size()) return std::nullopt;
  Call& call = calls_[later];
  const Module& module = program_->module();
  const Endpoint& endpoint = module.endpoints[module.callbacks[call.callback].endpoint];
  const bool taken = status == endpoint.answer_status || (status >= 200 && status < 300);
  if (!taken && call.again < endpoint.redelivers && again_seeded_.hits(options_.scenario.callbacks.redelivered)) {
    call.again++;
    return Later{now_us + options_.scenario.callbacks.redelivery_delay.draw(again_seeded_), later};
  }
  if (!taken) stats_.undelivered++;
  call.message.reset();
  return std::nullopt;
}

uint64_t CarrierModel::observe(const CarrierRequest& request, int64_t now_us) {
  std::optional<Recognised> seen = routes_.recognise(request);
  if (!seen || seen->route.owner != Route::Owner::step) return 0;
  if (Payment* known = repeated(*seen, now_us)) return known->number;
  if (Payment* before = seen->route.step > 0 ? named(*seen) : nullptr) return before->number;
  return ledger_.open(fresh(*seen, now_us)).number;
}

CarrierAnswer CarrierModel::answer_read(const CarrierRequest& request, int64_t now_us) {
  ledger_.settle_due(now_us);
  std::optional<Recognised> seen = routes_.recognise(request);
  if (seen && seen->route.owner == Route::Owner::session) return session_answer(*seen, now_us);
  if (seen && seen->route.owner == Route::Owner::enquiry) return enquiry_answer(*seen, now_us);
  CarrierAnswer answer;
  answer.status = 404;
  return answer;
}

void CarrierModel::learn(Payment& payment, const Heard& heard, int64_t now_us) {
  if (heard.arm < 0 || heard.breach) return;
  for (const auto& [origin, value] : heard.repeated)
    if (auto known = payment.wire.find(origin); known != payment.wire.end() && !same_on_wire(known->second, value)) return;  // contradicts itself: teaches nothing
  for (const auto& [label, value] : heard.said) {
    payment.given[label] = value;
    ledger_.name(payment, value);
  }
  if (std::optional<Verdict> verdict = verdict_of(heard.finding)) {
    payment.key = heard.key;
    ledger_.settle(payment, *verdict, now_us);
  } else if (payment.state == Payment::State::undecided && heard.finding.kind == Finding::Kind::accepted) {
    payment.state = Payment::State::pending;
  }
}

Heard CarrierModel::learn_reply(uint64_t number, const CarrierRequest& request, const CarrierAnswer& answer, int64_t now_us) {
  std::optional<Recognised> seen = routes_.recognise(request);
  if (!seen) return {};
  Payment* payment = ledger_.by_number(number);
  if (payment == nullptr && seen->route.about != kNone) payment = named(*seen);
  auto ours = [&](std::string_view origin, const std::string& value) {
    auto asked = seen->wire.find(origin);
    if (asked != seen->wire.end()) return same_on_wire(asked->second, value);
    auto known = payment == nullptr ? seen->wire.end() : payment->wire.find(origin);
    return payment == nullptr || known == payment->wire.end() || same_on_wire(known->second, value);
  };
  Heard heard = hearing_.reply(seen->route.exchange, answer.status, answer.headers, answer.body, payment == nullptr ? 1 : payment->transmissions, ours);
  if (payment != nullptr) learn(*payment, heard, now_us);
  return heard;
}

Heard CarrierModel::learn_callback(uint64_t number, Index callback, std::string_view body, int64_t now_us) {
  Heard heard = hearing_.callback(callback, body);
  if (Payment* payment = ledger_.by_number(number)) learn(*payment, heard, now_us);
  return heard;
}

}  // namespace tollgate::peer
