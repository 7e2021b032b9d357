#include "peer/proof.h"

#include "peer/test_keys.h"
#include "runtime/crypto/key.h"
#include "runtime/value/codec.h"
#include "runtime/vm/vm.h"

namespace tollgate::peer {
namespace {

// The carrier's clock and chance. Chance is a counter: a nonce of a test is the same in every run.
class CarrierHost final : public Host {
 public:
  explicit CarrierHost(int64_t now_us) : now_us_(now_us) {}
  int64_t now_us() override { return now_us_; }
  void random_bytes(uint8_t* out, size_t n) override {
    for (size_t i = 0; i < n; ++i) out[i] = next_++;
  }
  int64_t next_counter(Index) override { return ++counter_; }
  std::string mint_url(const Module&, Index, std::string_view) override { return {}; }
  std::string mint_bearer(const Module&, Index, std::string_view) override { return {}; }

 private:
  int64_t now_us_, counter_ = 0;
  uint8_t next_ = 1;
};

bool certified(const Value& value) { return value.kind == Kind::public_key || value.kind == Kind::certificate; }

// The private key of a key of the tests; other keys stay as they are.
Value carriers_half(const Value& key, Arena& arena) {
  const std::string half = public_half(key.kind == Kind::certificate ? KeyKind::certificate : KeyKind::public_key, key.view());
  for (const TestKey& pair : kTestKeys) {
    if (decode_base64(pair.public_key) != half) continue;
    const auto der = key_der(KeyKind::private_key, pair.private_key);
    if (der.ok()) return Value::text_of(Kind::private_key, arena.copy(*der), kSecret);
  }
  return key;
}

}  // namespace

Proofs::Proofs(std::shared_ptr<const Program> program, const Settings& settings) {
  auto deployed = deploy(std::move(program), settings);
  if (!deployed.ok()) return;
  deployment_ = std::move(*deployed);
  for (Value& value : deployment_->settings) {
    if (certified(value)) value = carriers_half(value, *deployment_->arena);
    else if (value.kind == Kind::list && value.size > 0 && certified(value.elements[0])) value = carriers_half(value.elements[0], *deployment_->arena);
  }
}

Status Proofs::add(const Verify& verify, CallbackMessage& message, int64_t now_us) const {
  if (!deployment_ || verify.proof == kNone) return Error{"peer_unprovable", "nothing says what the carrier must add to this message to be believed"};
  const size_t after_scheme = message.url.find("://") + 3;
  const size_t path = std::min(message.url.find('/', after_scheme), message.url.size());
  const size_t question = std::min(message.url.find('?'), message.url.size());
  const std::string_view url(message.url);
  std::string_view type;
  for (const auto& [name, value] : message.headers)
    if (name == "Content-Type") type = value;
  const RequestView view{message.method, url.substr(path, question - path), question == url.size() ? std::string_view() : url.substr(question + 1), message.body,
                         url.substr(after_scheme, path - after_scheme), url.substr(0, after_scheme - 3), type, message.headers};
  Frame frame;
  frame.settings = deployment_->settings;
  frame.request = &view;
  CarrierHost host(now_us);
  Arena arena;
  const SliceEnd end = run_slice(*deployment_->program, verify.proof, frame, host, arena);
  if (end.effect != SliceEnd::Effect::target) return Error{"peer_unprovable", "the proof of this message cannot be made: " + std::string(end.why)};
  std::string query;
  for (const HeaderOut& field : end.query) query += (query.empty() ? "" : "&") + encode_percent(field.name) + "=" + encode_percent(field.value);
  std::vector<std::pair<std::string, std::string>> headers;
  for (const HeaderOut& header : end.headers) headers.emplace_back(header.name, header.value);
  if (!query.empty()) message.url += (question == message.url.size() ? "?" : "&") + query;
  message.headers.insert(message.headers.end(), headers.begin(), headers.end());
  return Done{};
}

}  // namespace tollgate::peer
