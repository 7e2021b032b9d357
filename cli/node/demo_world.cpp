#include "cli/node/demo_world.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/node/modules.h"
#include "cli/node/sim_server.h"
#include "runtime/schedule/clocks.h"
#include "runtime/store/vault.h"

namespace tollgate::cli {
namespace fs = std::filesystem;

namespace {

constexpr int kReadyMs = 20'000;

Status write_private(const std::string& path, const std::string& text) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Error{"file", fmt::format("cannot write {}: {}", path, std::strerror(errno))};
  ssize_t n = write(fd, text.data(), text.size());
  close(fd);
  if (n != static_cast<ssize_t>(text.size())) return Error{"file", fmt::format("cannot write {}", path)};
  return Done{};
}

// A port that was free a moment ago: the gateway must come back at the same address after a kill, since carriers hold its URLs.
uint16_t free_port() {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  uint16_t port = 0;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 && getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port = ntohs(address.sin_port);
  close(fd);
  return port;
}

// What a process said last: its error, when it could not start.
std::string last_line(const std::string& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return last;
}

std::string random_token() {
  SystemRandom random;
  uint8_t bytes[24];
  random.fill(bytes, sizeof bytes);
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

}  // namespace

Result<std::unique_ptr<DemoWorld>> DemoWorld::create(const std::string& modules, const std::string& scenario, Haste haste) {
  std::unique_ptr<DemoWorld> world(new DemoWorld);
  world->folder_ = (fs::temp_directory_path() / "tollgate-demo-XXXXXX").string();
  if (mkdtemp(world->folder_.data()) == nullptr) return Error{"file", fmt::format("cannot make a folder: {}", std::strerror(errno))};
  world->modules_ = modules;
  world->haste_ = haste;
  world->token_ = random_token();
  Status started = world->start_carriers(scenario);
  if (!started.ok()) return started.error();
  Status written = world->write_config();
  if (!written.ok()) return written.error();
  started = world->start_gateway();
  if (!started.ok()) return started.error();
  return world;
}

DemoWorld::~DemoWorld() {
  gateway_.stop(10'000);
  sim_process_.stop(5'000);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Status DemoWorld::start_carriers(const std::string& scenario) {
  std::string file = folder_ + "/scenario.json";
  Status written = write_private(file, scenario);
  if (!written.ok()) return written;
  auto child = Child::start({"tollgate-node", "sim", "--modules", modules_, "--listen", "127.0.0.1:0", "--scenario", file, "--speed",
                             std::to_string(haste_.speed), "--speed-from", std::to_string(haste_.from_us / 1000)}, folder_ + "/sim.log");
  if (!child.ok()) return child.error();
  sim_process_ = std::move(child).value();
  auto line = sim_process_.wait_for_line("simulating on ", kReadyMs);
  if (!line.ok()) return std::move(line).error().within("the simulated carriers");
  sim_ = line.value().substr(0, line.value().find(": "));
  return Done{};
}

Status DemoWorld::write_config() {
  auto programs = load_modules(modules_);
  if (!programs.ok()) return programs.error();
  api_ = fmt::format("http://127.0.0.1:{}", free_port());
  nlohmann::json carriers = nlohmann::json::object();
  for (const auto& program : programs.value()) {
    std::string name(program->carrier());
    carriers_.push_back(name);
    carriers[name]["settings"] = sim_settings(program->module(), sim_ + "/" + name);
  }
  Status key = KeyVault::make_key(folder_ + "/gateway.key");
  if (!key.ok()) return key;
  Status written = write_private(folder_ + "/shop.token", token_ + "\n");
  if (!written.ok()) return written;
  nlohmann::json config = {{"listen", api_.substr(7)},
                           {"public_url", api_},
                           {"store", "gateway.db"},
                           {"key_file", "gateway.key"},
                           {"modules", modules_.starts_with("/") ? modules_ : fs::absolute(modules_).string()},
                           {"tenants", {{{"name", "shop"}, {"token_file", "shop.token"}}}},
                           {"carriers", carriers},
                           {"log", "warning"}};
  if (haste_.speed > 1) config["rehearsal_clock"] = {{"speed", haste_.speed}, {"from_ms", haste_.from_us / 1000}};
  return write_private(folder_ + "/node.json", config.dump(2));
}

Status DemoWorld::start_gateway() {
  auto child = Child::start({"tollgate-node", "run", folder_ + "/node.json"}, log());
  if (!child.ok()) return child.error();
  gateway_ = std::move(child).value();
  auto line = gateway_.wait_for_line("listening on ", kReadyMs);
  if (!line.ok()) return std::move(line).error().within("the gateway said \"" + last_line(log()) + "\"");
  return Done{};
}

}  // namespace tollgate::cli
