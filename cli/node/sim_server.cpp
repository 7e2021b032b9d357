#include "cli/node/sim_server.h"

#include <fmt/format.h>

#include <algorithm>

#include "peer/test_world.h"

namespace tollgate::cli {
namespace {

constexpr uint64_t kCallbackAnswerMs = 10'000;

HttpResponse to_response(const peer::CarrierAnswer& answer) {
  HttpResponse response;
  response.status = answer.status;
  response.body = answer.body;
  for (const auto& [name, value] : answer.headers) {
    if (name == "Content-Type" || name == "content-type") response.content_type = value;
    else response.headers.emplace_back(name, value);
  }
  return response;
}

}  // namespace

std::map<std::string, std::string> sim_settings(const Module& module, const std::string& base) {
  std::map<std::string, std::string> settings;
  for (Index index = 0; index < module.settings.size(); ++index) {
    const Setting& setting = module.settings[index];
    if (setting.has_value) continue;
    std::string name(module.text(setting.name));
    if (auto key = peer::test_key_setting(module, index)) settings[name] = *key;
    else if (setting.type.kind == Kind::url) settings[name] = base;
    else if (setting.many) settings[name] = "127.0.0.0/8";
    else settings[name] = fmt::format("sim-{}", name);
  }
  return settings;
}

Result<std::unique_ptr<SimServer>> SimServer::create(Loop& loop, const std::string& address, std::vector<std::shared_ptr<const Program>> programs,
                                                     const peer::Scenario& scenario, Haste haste) {
  std::unique_ptr<SimServer> server(new SimServer(loop, haste));
  for (auto& program : programs) {
    std::string name(program->carrier());
    peer::CarrierOptions options;
    options.settings = sim_settings(program->module(), "http://127.0.0.1");
    options.scenario = scenario;
    server->carriers_[name] = std::make_unique<peer::SimCarrier>(std::move(program), std::move(options), *server);
  }
  auto links = HttpLinks::create(loop, {}, [called = &server->called_](uint64_t ticket, Reply reply) {
    auto under_way = called->extract(ticket);
    if (!under_way.empty()) under_way.mapped()(reply.kind == Reply::Kind::answer ? reply.status : 0);
  });
  if (!links.ok()) return links.error();
  server->links_ = std::move(links).value();
  SimServer* self = server.get();
  auto listener = Listener::create(loop, address, {}, [self](HttpRequest request, Listener::Respond respond) {
    self->handle(std::move(request), std::move(respond));
  });
  if (!listener.ok()) return listener.error();
  server->listener_ = std::move(listener).value();
  return server;
}

std::vector<std::string> SimServer::carriers() const {
  std::vector<std::string> names;
  for (const auto& [name, carrier] : carriers_) names.push_back(name);
  return names;
}

void SimServer::handle(HttpRequest request, Listener::Respond respond) {
  size_t slash = request.path.find('/', 1);
  std::string name = request.path.substr(1, slash == std::string::npos ? std::string::npos : slash - 1);
  auto found = carriers_.find(name);
  if (found == carriers_.end() || slash == std::string::npos) {
    respond({404, "text/plain", fmt::format("no simulated carrier `{}` here\n", name.substr(0, 64)), {}});
    return;
  }
  peer::CarrierRequest seen;
  seen.method = std::move(request.method);
  seen.path = request.path.substr(slash);
  seen.query = std::move(request.query);
  seen.body = std::move(request.body);
  seen.headers = std::move(request.headers);
  found->second->on_request(seen, [respond = std::move(respond)](peer::SimReply reply) {
    respond(reply.drop ? HttpResponse{kHangUp, "", "", {}} : to_response(reply.answer));
  });
}

void SimServer::at(int64_t at_us, std::function<void()> action) {
  loop_.after(std::max<int64_t>(0, at_us - clock_.wall_us()) / clock_.haste().speed, std::move(action));
}

void SimServer::send(peer::CallbackMessage message, std::function<void(uint16_t)> answered) {
  Request request;
  request.method = std::move(message.method);
  request.url = std::move(message.url);
  request.headers.assign(message.headers.begin(), message.headers.end());
  request.body = std::move(message.body);
  request.answer_ms = kCallbackAnswerMs;
  called_[++ticket_] = std::move(answered);
  links_->send(ticket_, std::move(request));
}

}  // namespace tollgate::cli
