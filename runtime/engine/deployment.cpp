#include "runtime/engine/deployment.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/bounds.h"
#include "runtime/catalog/builtins.h"
#include "runtime/crypto/key.h"
#include "runtime/engine/arguments.h"
#include "runtime/value/codec.h"

namespace tollgate {

namespace {

std::string host_of(std::string_view base) {
  const size_t scheme = base.find("://");
  std::string_view rest = scheme == std::string_view::npos ? base : base.substr(scheme + 3);
  return std::string(rest.substr(0, rest.find('/')));
}

bool loopback(std::string_view host) {
  if (host.starts_with("[::1]")) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  return name == "localhost" || name.starts_with("127.");
}

Value list_of(const Module& module, const Setting& setting, std::string_view text, Deployment& d, Error& error) {
  std::vector<Value> items;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one.empty()) continue;
    Type type = setting.type;
    if (type.kind == Kind::list) type.kind = type.element == Kind::missing ? Kind::text : type.element;
    Result<Value> value = convert_text(module, type, module.text(setting.name), one, *d.arena);
    if (!value.ok()) { error = value.error(); return {}; }
    items.push_back(*value);
  }
  Value* out = d.arena->array<Value>(items.empty() ? 1 : items.size());
  std::copy(items.begin(), items.end(), out);
  return Value::list(out, static_cast<uint32_t>(items.size()));
}

// A key that stands in the file is text there; everything else is ready.
Result<Value> of_file(Deployment& d, const Setting& setting) {
  if (!setting.has_value) return Value::missing();
  const Value& value = d.program->constant(setting.value);
  if (setting.type.kind != Kind::public_key && setting.type.kind != Kind::certificate) return value;
  Result<Value> key = convert_text(d.module(), setting.type, d.module().text(setting.name), value.view(), *d.arena);
  if (!key.ok()) return Error{"setting_invalid", fmt::format("carrier {}: setting {}", d.carrier, key.error().message)};
  return key;
}

Status settle_settings(Deployment& d, const std::map<std::string, std::string>& given) {
  const Module& module = d.module();
  size_t used = 0;
  for (const Setting& setting : module.settings) {
    const std::string name(module.text(setting.name));
    const auto found = given.find(name);
    if (found == given.end()) {
      if (!setting.has_value && !setting.type.optional) return Error{"setting_missing", fmt::format("carrier {} needs the setting `{}`", d.carrier, name)};
      Result<Value> value = of_file(d, setting);
      if (!value.ok()) return std::move(value).error();
      d.settings.push_back(*value);
      continue;
    }
    ++used;
    const std::string& text = d.texts.emplace_back(found->second);
    if (text.size() > bounds::kSettingBytes) return Error{"setting_invalid", fmt::format("carrier {}: setting `{}` is longer than {} bytes", d.carrier, name, bounds::kSettingBytes)};
    if (setting.many || setting.type.kind == Kind::list) {
      Error error;
      d.settings.push_back(list_of(module, setting, text, d, error));
      if (!error.code.empty()) return Error{"setting_invalid", fmt::format("carrier {}: setting {}", d.carrier, error.message)};
      continue;
    }
    Result<Value> value = convert_text(module, setting.type, name, text, *d.arena);
    if (!value.ok()) return Error{"setting_invalid", fmt::format("carrier {}: setting {}", d.carrier, value.error().message)};
    d.settings.push_back(*value);
  }
  if (used == given.size()) return Done{};
  for (const auto& [name, text] : given) {
    bool known = false;
    for (const Setting& setting : module.settings) known = known || module.text(setting.name) == name;
    if (!known) return Error{"setting_unknown", fmt::format("carrier {} has no setting `{}`", d.carrier, name)};
  }
  return Done{};
}

std::string pem(std::string_view word, std::string_view der) {
  constexpr size_t kLine = 64;
  const std::string text = encode_base64(der);
  std::string out = fmt::format("-----BEGIN {}-----\n", word);
  for (size_t at = 0; at < text.size(); at += kLine) out += text.substr(at, kLine) + "\n";
  return out + fmt::format("-----END {}-----\n", word);
}

Status settle_tls(const Deployment& d, const Link& link, LinkState& state) {
  if (link.certificate == kNone && link.authority == kNone) return Done{};
  auto tls = std::make_shared<TlsChoice>();
  auto given = [&](Index setting) { return setting == kNone ? Value::missing() : d.settings[setting]; };
  const Value certificate = given(link.certificate), key = given(link.key), authority = given(link.authority);
  if (certificate.text_like() && key.text_like()) {
    if (public_half(KeyKind::certificate, certificate.view()) != public_half(KeyKind::private_key, key.view())) {
      return Error{"key_misfit", fmt::format("carrier {}: the setting `{}` is not the private key of the certificate `{}`", d.carrier,
                                             d.module().text(d.module().settings[link.key].name), d.module().text(d.module().settings[link.certificate].name))};
    }
    tls->certificate = pem("CERTIFICATE", certificate.view());
    tls->key = pem("PRIVATE KEY", key.view());
  }
  auto believe = [&](const Value& one) { if (one.text_like()) tls->authorities += pem("CERTIFICATE", one.view()); };
  if (authority.kind == Kind::list) for (uint32_t i = 0; i < authority.size; ++i) believe(authority.elements[i]);
  else believe(authority);
  state.tls = std::move(tls);
  return Done{};
}

// A signature's key must be of the signature's kind; that is known as soon as the settings are. Keys that come from elsewhere (a session) are
// judged when they sign. A register that a setting was loaded into is followed through the calls right after it.
KeyFamily family_for(const BuiltinRow& row) {
  const std::string_view name = row.name;
  if (name.starts_with("rsa_") || name == "jws_rs256" || name == "jws_rs256_decode" || name == "jwe" || name == "jwe_decode") return KeyFamily::rsa;
  if (name.starts_with("ecdsa_") || name == "jws_es256" || name == "jws_es256_decode") return KeyFamily::ec;
  return name.starts_with("ed25519_") ? KeyFamily::ed25519 : KeyFamily::none;
}

std::string_view family_word(KeyFamily family) { return family == KeyFamily::rsa ? "RSA" : family == KeyFamily::ec ? "EC" : "Ed25519"; }

KeyKind key_kind(Kind kind) { return kind == Kind::private_key ? KeyKind::private_key : kind == Kind::certificate ? KeyKind::certificate : KeyKind::public_key; }

Status fits_family(const Deployment& d, Index setting, const BuiltinRow& row) {
  const KeyFamily wanted = family_for(row);
  auto wrong = [&](const Value& key) { return key.text_like() && key_family(key_kind(key.kind), key.view()) != wanted; };
  const Value& given = d.settings[setting];
  bool misfit = wrong(given);
  if (given.kind == Kind::list) for (uint32_t i = 0; i < given.size; ++i) misfit = misfit || wrong(given.elements[i]);
  if (!misfit) return Done{};
  return Error{"key_misfit", fmt::format("carrier {}: the setting `{}` is used by {} and is no {} key", d.carrier, d.module().text(d.module().settings[setting].name), row.name, family_word(wanted))};
}

// Calls visit(setting, row) for each signature and cipher whose key is a setting, loaded right before.
template <class Visit>
void each_keyed_call(const Module& m, Visit visit) {
  for (const Slice& slice : m.slices) {
    std::array<Index, kRegistersMax> from;
    from.fill(kNone);
    for (uint32_t pc = slice.begin; pc < slice.end; ++pc) {
      const Instruction in{m.code[pc]};
      if (in.a() >= kRegistersMax) continue;
      const BuiltinRow* row = in.op() == Op::call ? builtin(in.immediate()) : nullptr;
      if (row != nullptr && in.a() + 1 < kRegistersMax && from[in.a() + 1u] != kNone && family_for(*row) != KeyFamily::none) visit(from[in.a() + 1u], *row);
      from[in.a()] = in.op() == Op::setting ? in.immediate() : in.op() == Op::move && in.b() < kRegistersMax ? from[in.b()] : kNone;
    }
  }
}

Status check_keys(const Deployment& d) {
  std::optional<Error> misfit;
  each_keyed_call(d.module(), [&](Index setting, const BuiltinRow& row) {
    if (Status fits = fits_family(d, setting, row); !fits.ok() && !misfit) misfit = fits.error();
  });
  if (misfit) return *misfit;
  return Done{};
}

Status settle_links(Deployment& d) {
  const Module& module = d.module();
  for (const Link& link : module.links) {
    LinkState state;
    if (link.base_setting != kNone) {
      if (d.settings[link.base_setting].text_like()) state.base = d.settings[link.base_setting].view();
    } else {
      state.base = module.text(link.base_literal);
    }
    while (!state.base.empty() && state.base.back() == '/') state.base.pop_back();
    state.host = host_of(state.base);
    const size_t after_scheme = state.base.find("://");
    state.scheme = state.base.substr(0, after_scheme == std::string::npos ? 0 : after_scheme);
    if (!state.scheme.empty()) state.prefix = state.base.substr(after_scheme + 3 + state.host.size());
    if (Status tls = settle_tls(d, link, state); !tls.ok()) return tls;
    if (!link.secrets.empty() && !state.base.starts_with("https://") && !loopback(state.host)) {
      return Error{"link_in_clear", fmt::format("carrier {}: link {} would send secrets in clear to {}: use https, or a loopback address", d.carrier, module.text(link.name), state.host)};
    }
    state.pace = std::make_unique<Pace>(link.limit, link.limit_window_ms);
    d.links.push_back(std::move(state));
  }
  return Done{};
}

// A path with its holes named, not filled: msisdns travel in paths.
std::string template_of(const Module& module, const Exchange& exchange) {
  if (exchange.path_shape == kNone) return "";
  const Shape& shape = module.shapes[exchange.path_shape];
  std::string out;
  for (const ShapeNode& node : shape.nodes) {
    if (node.kind == NodeKind::literal && node.value != kNone) {
      out += module.text(module.constants[node.value].text);
    } else if (node.kind == NodeKind::hole && node.value < shape.holes.size()) {
      out += fmt::format("{{{}}}", module.text(shape.holes[node.value].origin));
    }
  }
  return out;
}

}  // namespace

KeyFamily key_family_wanted(const Module& module, Index setting) {
  KeyFamily wanted = KeyFamily::none;
  each_keyed_call(module, [&](Index used, const BuiltinRow& row) {
    if (used == setting) wanted = family_for(row);
  });
  return wanted;
}

Result<std::unique_ptr<Deployment>> deploy(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings) {
  auto d = std::make_unique<Deployment>();
  d->program = std::move(program);
  d->carrier = std::string(d->program->carrier());
  d->given = settings;
  d->arena = std::make_unique<Arena>();
  if (Status s = settle_settings(*d, settings); !s.ok()) return std::move(s).error();
  if (Status s = settle_links(*d); !s.ok()) return std::move(s).error();
  if (Status s = check_keys(*d); !s.ok()) return std::move(s).error();
  d->sessions.resize(d->module().sessions.size());
  for (size_t i = 0; i < d->sessions.size(); ++i) {
    const Session& session = d->module().sessions[i];
    d->sessions[i].pace = std::make_unique<Pace>(session.limit, session.limit_window_ms);
  }
  for (const Exchange& exchange : d->module().exchanges) d->path_templates.push_back(template_of(d->module(), exchange));
  return d;
}

}  // namespace tollgate
