#include "runtime/engine/deployment.h"

#include <fmt/format.h>

#include "runtime/engine/arguments.h"

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

Status settle_settings(Deployment& d, const std::map<std::string, std::string>& given) {
  const Module& module = d.module();
  size_t used = 0;
  for (const Setting& setting : module.settings) {
    const std::string name(module.text(setting.name));
    const auto found = given.find(name);
    if (found == given.end()) {
      if (!setting.has_value && !setting.type.optional) return Error{"setting_missing", fmt::format("carrier {} needs the setting `{}`", d.carrier, name)};
      d.settings.push_back(setting.has_value ? d.program->constant(setting.value) : Value::missing());
      continue;
    }
    ++used;
    const std::string& text = d.texts.emplace_back(found->second);
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

Status settle_links(Deployment& d) {
  const Module& module = d.module();
  for (const Link& link : module.links) {
    LinkState state;
    std::vector<Base> bases{{link.base_setting, link.base_literal}};
    bases.insert(bases.end(), link.more.begin(), link.more.end());
    for (const Base& base : bases) {
      LinkHost& to = state.hosts.emplace_back();
      if (base.setting == kNone) to.base = module.text(base.literal);
      else if (d.settings[base.setting].text_like()) to.base = d.settings[base.setting].view();
      while (!to.base.empty() && to.base.back() == '/') to.base.pop_back();
      to.host = host_of(to.base);
      if (!link.secrets.empty() && !to.base.starts_with("https://") && !loopback(to.host)) {
        return Error{"link_in_clear", fmt::format("carrier {}: link {} would send secrets in clear to {}: use https, or a loopback address", d.carrier, module.text(link.name), to.host)};
      }
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

Result<std::unique_ptr<Deployment>> deploy(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings) {
  auto d = std::make_unique<Deployment>();
  d->program = std::move(program);
  d->carrier = std::string(d->program->carrier());
  d->arena = std::make_unique<Arena>();
  if (Status s = settle_settings(*d, settings); !s.ok()) return std::move(s).error();
  if (Status s = settle_links(*d); !s.ok()) return std::move(s).error();
  d->sessions.resize(d->module().sessions.size());
  for (size_t i = 0; i < d->sessions.size(); ++i) {
    const Session& session = d->module().sessions[i];
    d->sessions[i].pace = std::make_unique<Pace>(session.limit, session.limit_window_ms);
  }
  for (const Exchange& exchange : d->module().exchanges) d->path_templates.push_back(template_of(d->module(), exchange));
  return d;
}

}  // namespace tollgate
