// What a test leaves unsaid: settings and arguments of the right type, and what was there before it.
#include <algorithm>

#include "peer/test_keys.h"
#include "peer/test_world.h"
#include "runtime/engine/deployment.h"
#include "runtime/value/decimal.h"

namespace tollgate::peer {
namespace {

constexpr char kLoopback[] = "127.0.0.1";

std::string dashed(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', '-');
  std::replace(out.begin(), out.end(), '.', '-');
  return out;
}

// A number that fits the market's picture: "+256 XXX XXX XXX" gives 256700000000.
std::string number_of(const Module& module) {
  std::string out;
  bool first = true;
  for (char c : module.text(module.market.numbers)) {
    if (c == '|') break;
    if (c >= '0' && c <= '9') out += c;
    if (c == 'X') out += first ? '7' : '0';
    if (c == 'X') first = false;
  }
  return out.empty() ? "10000000" : out;
}

std::string value_of(const Module& module, const Type& type, std::string_view name) {
  switch (type.kind) {
    case Kind::url: return name == "base" ? "https://carrier.test" : "https://" + dashed(name) + ".carrier.test";
    case Kind::secret: return "secret-" + dashed(name);
    case Kind::msisdn: return number_of(module);
    case Kind::money: return std::string(module.text(module.market.currency)) + " 1";
    case Kind::currency: return std::string(module.text(module.market.currency));
    case Kind::uuid: return "00000000-0000-4000-8000-000000000001";
    case Kind::boolean: return "true";
    case Kind::integer:
    case Kind::decimal: return "1";
    case Kind::duration: return "1000";
    default: return "test-" + dashed(name);
  }
}

bool is_key(Kind kind) { return kind == Kind::public_key || kind == Kind::private_key || kind == Kind::certificate; }

}  // namespace

std::optional<std::string> test_key_setting(const Module& module, Index setting) {
  const Kind kind = module.settings[setting].type.kind;
  if (!is_key(kind)) return std::nullopt;
  const KeyFamily family = key_family_wanted(module, setting);
  const TestKey& key = test_key(family == KeyFamily::ec ? "p256" : family == KeyFamily::ed25519 ? "ed25519" : "rsa");
  return std::string(kind == Kind::private_key ? key.private_key : kind == Kind::certificate ? key.certificate : key.public_key);
}

Settings test_settings(const Module& module, const std::map<std::string, std::string>& given) {
  Settings out;
  for (Index index = 0; index < module.settings.size(); ++index) {
    const Setting& setting = module.settings[index];
    std::string name(module.text(setting.name));
    if (auto found = given.find(name); found != given.end()) out[name] = found->second;
    else if (setting.has_value || setting.type.optional) continue;
    else if (auto key = test_key_setting(module, index)) out[name] = *key;
    else if (setting.many || setting.type.kind == Kind::list) out[name] = kLoopback;   // the other lists of today are networks
    else out[name] = value_of(module, setting.type, name);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> test_arguments(const Module& module, const Procedure& procedure,
                                                                const std::vector<std::pair<std::string, std::string>>& given) {
  auto out = given;
  auto has = [&](std::string_view name) { return std::any_of(out.begin(), out.end(), [&](const auto& pair) { return pair.first == name; }); };
  auto declared = [&](std::string_view name) {
    return std::any_of(procedure.arguments.begin(), procedure.arguments.end(), [&](const Field& field) { return module.text(field.name) == name; });
  };
  for (auto& [name, value] : out)
    if (!declared(name) && declared(name + ".msisdn")) name += ".msisdn";
  std::string amount;
  for (const auto& [name, value] : out)
    if (name == "amount") amount = value;
  for (const Field& field : procedure.arguments) {
    std::string name(module.text(field.name));
    if (field.type.optional || has(name)) continue;
    out.emplace_back(name, field.type.kind == Kind::money && !amount.empty() ? amount : value_of(module, field.type, name));
  }
  return out;
}

void place_source(TestWorld& world, const Module& module, const std::vector<std::pair<std::string, std::string>>& arguments) {
  const auto argument = [&](const std::string& name) {
    const auto found = std::find_if(arguments.begin(), arguments.end(), [&](const auto& pair) { return pair.first == name; });
    return found == arguments.end() ? std::string() : found->second;
  };
  const std::string source = argument("original.ref").empty() ? "hold" : "original", ref = argument(source + ".ref");
  const std::string carrier(module.text(module.carrier));
  if (ref.empty() || world.store.attempt_by_reference(carrier, ref).value()) return;
  ProcedureRecord r;
  r.id[15] = static_cast<uint8_t>(++world.sources);
  r.tenant = "test";
  r.idempotency_key = "before the test: " + ref;
  r.carrier = carrier;
  r.action = source == "hold" ? "authorize" : "charge";
  r.state = State::succeeded;
  r.version = r.attempt = 1;
  r.created_us = r.changed_us = world.now_us();
  r.currency = module.text(module.market.currency);
  const std::string money = argument(source + ".amount");
  const size_t digits = money.find_first_of("0123456789"), end = money.find_first_not_of("0123456789.", digits);
  const auto amount = digits == money.npos ? std::nullopt : parse_decimal(std::string_view(money).substr(digits, end - digits));
  const auto exact = amount ? rescale(*amount, module.market.decimals) : std::nullopt;
  r.amount = exact ? exact->coefficient : 0;
  r.amount_scale = module.market.decimals;
  r.outcome = {OutcomeClass::succeeded, "", argument(source + ".carrier_ref"), r.amount, "", "", 0};
  AttemptRecord attempt;
  attempt.procedure = r.id;
  attempt.reference = ref;
  attempt.carrier_ref = r.outcome.carrier_ref;
  Commit commit;
  commit.procedures.push_back({std::move(r), 0});
  commit.attempts.push_back(std::move(attempt));
  world.store.submit(std::move(commit), nullptr);
  world.store.poll();
}

}  // namespace tollgate::peer
