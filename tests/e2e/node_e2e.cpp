// A running node, from outside: wrong calls, wrong messages, a stop, and everything that may be wrong with its files. Nothing may crash it, every refusal is one line
// with exit code 3, and what was charged before is there after.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/node/command.h"
#include "cli/node/demo_world.h"
#include "runtime/api/digest.h"
#include "runtime/api/replay_stored.h"
#include "runtime/api/routes.h"
#include "runtime/engine/host.h"
#include "runtime/observe/metrics.h"
#include "runtime/store/vault.h"
#include "tests/e2e/json_schema.h"
#include "tests/e2e/raw_http.h"
#include "tests/e2e/tls_front.h"
#include "tests/e2e/traces.h"

using namespace tollgate;
using namespace tollgate::cli;
using namespace tollgate::e2e;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr char kOtherToken[] = "other-token-0123456789";
constexpr char kUser[] = "254708374149";
constexpr long kSpareKib = 32 * 1024;   // how much a huge body may add to the node's memory

int checks = 0, failures = 0;

void expect(bool good, const std::string& what) {
  ++checks;
  if (good) return;
  ++failures;
  fmt::print("FAILED: {}\n", what);
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

std::string order(const std::string& amount, const std::string& currency = "KES", const std::string& carrier = "daraja_ke", const std::string& action = "charge",
                  const std::string& user = kUser) {
  return json{{"carrier", carrier},
              {"action", action},
              {"arguments",
               {{"user", {{"msisdn", user}}}, {"amount", {{"value", amount}, {"currency", currency}}}, {"product", {{"id", "p"}, {"title", "Coins"}}}, {"order", {{"id", "o"}}}}}}
      .dump();
}

class Suite {
 public:
  explicit Suite(std::unique_ptr<DemoWorld> world) : world_(std::move(world)), config_(json::parse(bytes_of(file("node.json")))) {}

  void run() {
    json two = config_;
    two["tenants"].push_back({{"name", "other"}, {"token_sha256", hex(sha256(kOtherToken))}});
    restart_with(two);
    charge();
    described_answers();
    replays();
    wrong_calls();
    wrong_messages();
    huge_bodies();
    traces();
    second_node();
    expect(world_->stop_gateway() == 0, "a node with nothing in flight stops with 0");
    wrong_configs(two);
    wrong_modules(two);
    wrong_stores(two);
    still_there();
    stop_under_load();
    carriers_behind_tls(two);
    drains(two);
    store_gone(two);
    full_disk(two);
  }

 private:
  std::string file(const std::string& name) const { return world_->folder() + "/" + name; }
  std::vector<std::string> headers(const std::string& key, const std::string& token) const {
    return {"Authorization: Bearer " + token, "Idempotency-Key: " + key, "Content-Type: application/json"};
  }
  // What is bought is the key's own order, so that two keys are two purchases.
  Response submit(const std::string& key, std::string body, const std::string& query = "?wait=20000") {
    const std::string any = R"({"id":"o"})";
    if (const size_t at = body.find(any); at != body.npos) body.replace(at, any.size(), json{{"id", key}}.dump());
    return http(world_->api(), "POST", "/v1/procedures" + query, headers(key, world_->token()), body);
  }
  Response get(const std::string& target, const std::string& token) { return http(world_->api(), "GET", target, {"Authorization: Bearer " + token}); }

  void restart_with(const json& config) {
    world_->stop_gateway();
    write_bytes(file("node.json"), config.dump());
    Status started = world_->start_gateway();
    expect(started.ok(), started.ok() ? "" : "the node starts: " + started.error().message);
  }

  // The node must refuse to start: exit code 3 and one line that holds `word`.
  void refused(const std::string& what, const std::string& word) {
    const size_t before = bytes_of(world_->log()).size();
    Status started = world_->start_gateway();
    expect(!started.ok(), what + ": refused");
    const int code = world_->stop_gateway();
    const std::string said = bytes_of(world_->log()).substr(before);
    expect(code == 3, fmt::format("{}: exit code 3, not {}", what, code));
    expect(said.find(word) != said.npos, fmt::format("{}: the line says `{}`: {}", what, word, said));
    expect(std::count(said.begin(), said.end(), '\n') == 1, what + ": one line: " + said);
  }

  void charge() {
    const Response first = submit("first", order("100"));
    expect(first.status == 201 || first.status == 202, fmt::format("a charge is taken: {} {}", first.status, first.body));
    id_ = json::parse(first.body, nullptr, false).value("id", "");
    const Response again = submit("first", order("100"));
    expect(again.status == 200 && json::parse(again.body).value("id", "") == id_, "the same call again is the same procedure");
  }

  // An answer is as the API's description has it, without a member more.
  void described(const std::string& schema, const Response& got) {
    const json body = json::parse(got.body, nullptr, false);
    const std::string trouble = body.is_discarded() ? "is no JSON" : schema_.trouble(schema, body);
    expect(trouble.empty(), fmt::format("an answer is not as described: {}: {}", trouble, got.body));
  }

  void described_answers() {
    described("Procedure", submit("first", order("100")));
    described("WholeProcedure", get("/v1/procedures/" + id_, world_->token()));
    described("ProcedurePage", get("/v1/procedures?limit=1", world_->token()));
    described("CasePage", get("/v1/cases", world_->token()));
    const std::string metrics = get("/metrics", "").body;
    for (const MetricRow& row : metric_rows()) expect(metrics.find(fmt::format("# TYPE {} {}\n", row.name, row.type)) != metrics.npos, fmt::format("the node has the metric {}", row.name));
  }

  // Read beside the running node: the charge's requests, with the Daraja password in the body and the session behind them, have the same bytes again.
  void replays() {
    const auto config = load_config(file("node.json"));
    const auto id = parse_procedure_id(id_);
    if (!config.ok() || !id) return expect(false, "a procedure of a running node can be named");
    const auto replay = replay_stored(*config, *id, nullptr);
    expect(replay.ok(), replay.ok() ? "" : "a procedure of a running node is run again: " + replay.error().message);
    if (!replay.ok()) return;
    expect(replay->report.requests >= 2, "its session and its request are run again");
    for (const ReplayItem& item : replay->report.items) expect(item.difference.empty(), "run again: " + item.what + ": " + item.difference);
    expect(replay_stored(*config, ProcedureId{}, nullptr).error().code == "procedure_unknown", "an unknown procedure is not run again");
  }

  void wrong_calls() {
    const auto wrong = [&](const std::string& what, int status, const std::string& path, const Response& got) {
      const json body = json::parse(got.body, nullptr, false);
      expect(got.status == status, fmt::format("{}: {}, not {} {}", what, status, got.status, got.body));
      described("Error", got);
      expect(body.is_object() && !body.value("code", "").empty() && body.value("path", "") == path, fmt::format("{}: the answer names `{}`: {}", what, path, got.body));
    };
    wrong("no JSON", 400, "", submit("w1", "{\"carrier\": "));
    wrong("nothing", 400, "", submit("w2", ""));
    wrong("wrong currency", 422, "arguments.amount", submit("w3", order("100", "UGX")));
    wrong("too many decimals", 422, "arguments.amount", submit("w4", order("100.001")));
    wrong("a negative amount", 422, "arguments.amount", submit("w5", order("-1")));
    const auto changed = [](const std::function<void(json&)>& change) {
      json body = json::parse(order("100"));
      change(body["arguments"]);
      return body.dump();
    };
    wrong("an argument is missing", 422, "arguments.user.msisdn", submit("w10", changed([](json& a) { a.erase("user"); })));
    wrong("an argument is unknown", 422, "arguments.colour", submit("w11", changed([](json& a) { a["colour"] = "red"; })));
    wrong("a currency of no amount", 422, "arguments.currency", submit("w12", changed([](json& a) { a["currency"] = "UGX"; })));
    wrong("an amount that was rounded on its way", 400, "arguments.amount.value", submit("w13", changed([](json& a) { a["amount"]["value"] = 100.1; })));
    wrong("a body over its bound", 413, "", submit("w14", std::string(300 * 1024, ' ')));
    wrong("a target over its bound", 414, "", get("/v1/procedures?" + std::string(9'000, 'x'), world_->token()));
    wrong("a list of cases with a wrong page", 400, "limit", get("/v1/cases?limit=0", world_->token()));
    wrong("unknown carrier", 404, "carrier", submit("w6", order("100", "KES", "nobody")));
    wrong("unknown action", 404, "action", submit("w7", order("100", "KES", "daraja_ke", "steal")));
    wrong("no key", 400, "Idempotency-Key", http(world_->api(), "POST", "/v1/procedures", {"Authorization: Bearer " + world_->token()}, order("100")));
    json same_order = json::parse(order("100"));
    same_order["arguments"]["order"]["id"] = "first";
    wrong("an order that is paid", 409, "arguments.order.id", submit("w10", same_order.dump()));
    wrong("a used key", 409, "Idempotency-Key", submit("first", order("101")));
    wrong("a wrong token", 401, "Authorization", http(world_->api(), "POST", "/v1/procedures", headers("w8", "nonsense-nonsense-nonsense"), order("100")));
    wrong("no token", 401, "Authorization", http(world_->api(), "GET", "/v1/procedures/" + id_));
    wrong("another tenant's id", 404, "id", get("/v1/procedures/" + id_, kOtherToken));
    wrong("no id", 404, "id", get("/v1/procedures/zzz", world_->token()));
    wrong("an endless wait", 400, "wait", submit("w9", order("100"), "?wait=99999999"));
    expect(json::parse(get("/v1/procedures", kOtherToken).body)["procedures"].empty(), "another tenant sees nothing");
    expect(json::parse(get("/v1/procedures", world_->token()).body)["procedures"].size() == 1, "wrong calls leave nothing behind");
  }

  void wrong_messages() {
    auto vault = KeyVault::load(file("gateway.key"));
    if (!vault.ok()) return expect(false, "the key can be read");
    const auto path = [&](const std::string& key, const std::string& token) { return "/c/daraja_ke/stk_done/" + key + "/" + token; };
    const std::string good = (*vault)->token(token_context("daraja_ke", "stk_done", "NOBODYKNOWS1"));
    const std::string paid = R"({"Body":{"stkCallback":{"ResultCode":0,"CallbackMetadata":{"Item":[{"Name":"Amount","Value":1},{"Name":"MpesaReceiptNumber","Value":"X"}]}}}})";
    const auto post = [&](const std::string& target, const std::string& body) { return http(world_->api(), "POST", target, {"Content-Type: application/json"}, body).status; };
    expect(post(path("NOBODYKNOWS1", good), paid) == 200, "a message of an unknown key is kept and acknowledged");
    expect(post(path("NOBODYKNOWS1", good), "{\"Body\": ") == 200, "a message that is no JSON is kept and acknowledged");
    const int forged = post(path("NOBODYKNOWS1", std::string(22, 'A')), paid);
    expect(forged >= 400 && forged < 500, fmt::format("a wrong token is refused, not {}", forged));
    const int other = post(path("NOBODYKNOWS2", good), paid);
    expect(other >= 400 && other < 500, fmt::format("the token of another key is refused, not {}", other));
    expect(post("/c/daraja_ke/nothing/x/y", paid) == 404, "an unknown callback is 404");
    expect(post("/c/nobody/x/y/z", paid) == 404, "an unknown carrier is 404");
    expect(post("/c/" + std::string(3000, '/'), paid) >= 400, "a path of slashes is refused");
    expect(json::parse(get("/v1/procedures", world_->token()).body)["procedures"].size() == 1, "strange messages make no procedure");
    const std::string metrics = get("/metrics", "").body, log = bytes_of(world_->log());
    for (const char* fate : {"foreign", "unproved"}) {
      expect(metrics.find(fmt::format("tollgate_messages_total{{carrier=\"daraja_ke\",fate=\"{}\"}} 2\n", fate)) != metrics.npos, fmt::format("messages that are {} are counted", fate));
      expect(log.find(fmt::format("\"fate\":\"{}\"", fate)) != log.npos, "and logged");
    }
  }

  // More is declared, or sent, than the node takes; it must say so and not keep it.
  void huge_bodies() {
    const long before = world_->gateway_peak_kib();
    const std::string head = "POST /c/daraja_ke/stk_done/x/y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", part(1 << 20, 'x');
    const auto pour = [&](const std::string& declared, const std::string& unit) {
      Connection connection(world_->api());
      connection.send(head + declared + "\r\n");
      for (int mib = 0; mib < 1024 && connection.send(unit); ++mib) {}
      return connection.receive().status;
    };
    expect(pour("Content-Length: 1073741824\r\n", "") == 413, "1 GB declared is 413");
    const int poured = pour("Content-Length: 1073741824\r\n", part);
    expect(poured == 413 || poured == 0, fmt::format("1 GB poured in ends in 413 or a closed door, not {}", poured));
    const int chunked = pour("Transfer-Encoding: chunked\r\n", "100000\r\n" + part + "\r\n");
    expect(chunked == 413 || chunked == 400 || chunked == 0, fmt::format("1 GB in chunks ends in 413, not {}", chunked));
    expect(world_->gateway_peak_kib() - before < kSpareKib, fmt::format("memory stays: {} KiB, then {} KiB", before, world_->gateway_peak_kib()));
    expect(get("/healthz", "").status == 200, "the node lives on");
  }

  // Settings, tokens and users' numbers are nowhere in clear.
  void traces() {
    std::string written;
    for (const char* name : {"gateway.db", "gateway.db-wal", "gateway.db-shm", "gateway.log"}) written += bytes_of(file(name));
    for (const char* target : {"/v1/procedures", "/v1/cases", "/metrics"}) written += get(target, world_->token()).body;
    written += get("/v1/procedures/" + id_, world_->token()).body;
    expect(holds(written, "daraja_ke") && holds(written, id_), "the search finds what is there");
    expect(holds("..." + base64("x" + std::string(kUser)) + "...", kUser) && holds(base64("xy" + std::string(kUser) + "z"), kUser), "the search sees through base64");
    expect(!holds(written, kUser) && !holds(written, std::string(kUser).substr(3)), "a user's number is written down");
    expect(!holds(written, world_->token()), "a tenant's token is written down");
    size_t searched = 0;
    for (const auto& [carrier, about] : config_["carriers"].items()) {
      for (const auto& [name, value] : about["settings"].items()) {
        if (!value.is_string() || !value.get<std::string>().starts_with("sim-")) continue;
        ++searched;
        expect(!holds(written, value.get<std::string>()), fmt::format("setting {} of {} is written down", name, carrier));
      }
    }
    expect(searched > 5, "there were settings to look for");
  }

  void second_node() {
    json other = config_;
    other["listen"] = "127.0.0.1:0";
    write_bytes(file("second.json"), other.dump());
    chmod(file("second.json").c_str(), 0600);
    auto second = Child::start({"tollgate-node", "run", file("second.json")}, file("second.log"));
    if (!second.ok()) return expect(false, second.error().message);
    expect(!second->wait_for_line("listening", 20'000).ok(), "a second node on the same store is refused");
    expect(second->stop(5'000) == 3 && bytes_of(file("second.log")).find("in use") != std::string::npos, "and says that the store is in use");
    expect(get("/v1/procedures/" + id_, world_->token()).status == 200, "which does not disturb the first");
  }

  void wrong_configs(const json& good) {
    const auto with = [&](const std::string& what, const std::string& word, const std::function<void(json&)>& change) {
      json bad = good;
      change(bad);
      write_bytes(file("node.json"), bad.dump());
      refused(what, word);
    };
    with("a missing setting", "consumer_key", [](json& c) { c["carriers"]["daraja_ke"]["settings"].erase("consumer_key"); });
    with("an unknown key", "colour", [](json& c) { c["colour"] = "red"; });
    with("a missing key file", "nothing.key", [](json& c) { c["key_file"] = "nothing.key"; });
    with("a store in no folder", "no folder", [](json& c) { c["store"] = "nowhere/gateway.db"; });
    with("a store that cannot be written", "/sys/tollgate.db", [](json& c) { c["store"] = "/sys/tollgate.db"; });
    with("modules in no folder", "nowhere", [](json& c) { c["modules"] = "nowhere"; });
    with("settings for no carrier", "nobody", [](json& c) { c["carriers"]["nobody"] = {{"settings", json::object()}}; });
    with("a list for one value", "consumer_secret: is a list", [](json& c) { c["carriers"]["daraja_ke"]["settings"]["consumer_secret"] = {"a", "b"}; });
    with("an empty list for one value", "consumer_secret: is a list", [](json& c) { c["carriers"]["daraja_ke"]["settings"]["consumer_secret"] = json::array(); });
    with("an empty secret", "`consumer_secret` is empty", [](json& c) { c["carriers"]["daraja_ke"]["settings"]["consumer_secret"] = ""; });
    with("two bases", "base: is a list", [](json& c) { c["carriers"]["daraja_ke"]["settings"]["base"] = {"http://127.0.0.1:1", "http://127.0.0.1:2"}; });
    with("a base with a password", "`base` has a user or a password", [](json& c) { c["carriers"]["daraja_ke"]["settings"]["base"] = "http://u:p@127.0.0.1:1"; });
    with("authorities that are not there", "trust_file: ", [](json& c) { c["trust_file"] = "nothing.pem"; });
    with("an address that nobody can call", "say public_url", [](json& c) { c["listen"] = "0.0.0.0:0"; c.erase("public_url"); });
    write_bytes(file("node.json"), "{ \"listen\": ");
    refused("half a file", "node.json");
    write_bytes(file("node.json"), good.dump());
    chmod(file("node.json").c_str(), 0644);
    refused("a file that others may read", "chmod 600");
    chmod(file("node.json").c_str(), 0600);
  }

  void wrong_modules(const json& good) {
    fs::create_directory(file("modules"));
    for (const auto& entry : fs::directory_iterator(good["modules"].get<std::string>())) fs::copy(entry.path(), file("modules"));
    json own = good;
    own["modules"] = "modules";
    write_bytes(file("node.json"), own.dump());
    const std::string path = file("modules/daraja_ke.tgm"), sound = bytes_of(path);
    for (size_t size : {size_t{0}, size_t{1}, sound.size() / 3, sound.size() - 1}) {
      write_bytes(path, sound.substr(0, size));
      refused(fmt::format("a module cut to {} bytes", size), "daraja_ke.tgm");
    }
    for (size_t i = 0; i < 10; ++i) {   // a flipped bit may leave another valid module, and then the node starts; it never crashes
      std::string flipped = sound;
      flipped[(i * 7919 + 3) % sound.size()] ^= static_cast<char>(1 << i % 8);
      write_bytes(path, flipped);
      const bool started = world_->start_gateway().ok();
      const int code = world_->stop_gateway();
      expect(code == (started ? 0 : 3), fmt::format("a flipped bit at {}: exit code {}", (i * 7919 + 3) % sound.size(), code));
    }
    write_bytes(file("node.json"), good.dump());
  }

  void wrong_stores(const json& good) {
    write_bytes(file("node.json"), good.dump());
    const std::string path = file("gateway.db"), sound = bytes_of(path);
    write_bytes(path, "dear diary, this is no database");
    refused("a store that is a text", "no store");
    write_bytes(path, sound.substr(0, sound.size() / 2));
    refused("half a store", "gateway.db");
    std::string torn = sound;
    for (size_t at = 4096; at < torn.size(); at += 512) torn[at] ^= 0x5a;
    write_bytes(path, torn);
    refused("a damaged store", "damaged");
    write_bytes(path, sound);
  }

  void still_there() {
    Status started = world_->start_gateway();
    expect(started.ok(), "with its files as they were, the node starts");
    const Response got = get("/v1/procedures/" + id_, world_->token());
    expect(got.status == 200 && submit("first", order("100")).status == 200, "and what was charged is there");
  }

  void stop_under_load() {
    std::vector<std::thread> shops;
    for (int i = 0; i < 16; ++i) shops.emplace_back([this, i] { submit(fmt::format("load-{}", i), order(std::to_string(100 + i)), ""); });
    for (std::thread& shop : shops) shop.join();
    expect(world_->stop_gateway() == 0, "SIGTERM with charges under way: drained, exit code 0");
    expect(world_->start_gateway().ok(), "and it starts again");
    for (int i = 0; i < 16; ++i) {
      const Response got = submit(fmt::format("load-{}", i), order(std::to_string(100 + i)), "");
      expect(got.status == 200, fmt::format("charge {} of those is known: {}", i, got.status));
    }
  }

  // Carriers at https: charged when the certificate proves the host, and otherwise surely not sent, without a byte of a request or a secret.
  void carriers_behind_tls(const json& good) {
    const Identity authority = make_identity("the operator's authority", nullptr, "", 30 * kDay), stranger = make_identity("somebody else's", nullptr, "", 30 * kDay);
    const Identity sound = make_identity("carrier", &authority, "DNS:localhost,IP:127.0.0.1", 30 * kDay);
    const Identity elsewhere = make_identity("carrier", &authority, "DNS:carrier.example", 30 * kDay);
    const Identity expired = make_identity("carrier", &authority, "DNS:localhost,IP:127.0.0.1", -kDay);
    const Identity unknown = make_identity("carrier", &stranger, "DNS:localhost,IP:127.0.0.1", 30 * kDay);
    write_bytes(file("authority.pem"), authority.certificate_pem());

    behind_tls(good, sound, "sound", true);
    behind_tls(good, elsewhere, "a certificate of another host", false);
    behind_tls(good, expired, "an expired certificate", false);
    behind_tls(good, unknown, "a certificate of an unknown authority", false);
    world_->stop_gateway();
    write_bytes(file("node.json"), good.dump());
  }

  // Charges a carrier that needs no session, and one whose session takes a secret first, through one TLS front.
  void behind_tls(const json& good, const Identity& identity, const std::string& what, bool succeeds) {
    TlsFront front(identity, static_cast<uint16_t>(std::stoi(world_->carriers_url().substr(world_->carriers_url().rfind(':') + 1))));
    json config = good;
    config["trust_file"] = "authority.pem";
    // Thirty seconds for a request that cannot be sent are three.
    config["rehearsal_clock"] = {{"speed", 10}, {"from_ms", SystemClock().wall_us() / 1000}};
    for (const char* carrier : {"parlayx_ng", "daraja_ke"}) config["carriers"][carrier]["settings"]["base"] = fmt::format("https://localhost:{}/{}", front.port(), carrier);
    restart_with(config);
    const size_t booked = books("parlayx_ng") + books("daraja_ke");
    std::vector<std::string> ids;
    for (const auto& body : {order("100", "NGN", "parlayx_ng", "charge", "2348012345678"), order("100")}) {
      const Response taken = submit(fmt::format("tls-{}-{}", what.size(), ids.size()), body, "");
      expect(taken.status == 202, fmt::format("{}: a charge is taken: {} {}", what, taken.status, taken.body));
      ids.push_back(json::parse(taken.body, nullptr, false).value("id", ""));
    }
    for (const std::string& id : ids) {
      const json ended = settled(id);
      const std::string state = ended.value("state", "");
      if (succeeds) {
        expect(state == "succeeded", fmt::format("{}: the charge succeeds, not {}", what, ended.dump()));
        continue;
      }
      const std::string told = ended.value("timeline", json::array()).dump();
      expect(state == "failed" && ended["outcome"].value("reason", "") == "unavailable", fmt::format("{}: failed unavailable, not {}", what, ended.dump()));
      expect(told.find("in_doubt") == told.npos && ended["ledger"].empty(), what + ": no doubt, and no money: " + told);
    }
    const std::string given = front.received();
    const std::string secret = config["carriers"]["daraja_ke"]["settings"]["consumer_secret"].get<std::string>();
    expect(front.knocks() > 0, what + ": the node did connect");
    if (succeeds) {
      expect(holds(given, secret), "the search finds the secret where it belongs");
      expect(books("parlayx_ng") + books("daraja_ke") == booked + 2, what + ": the carriers have it in their books");
    } else {
      expect(given.empty(), fmt::format("{}: {} bytes left us, and none may", what, given.size()));
      expect(books("parlayx_ng") + books("daraja_ke") == booked, what + ": the carriers have heard nothing");
    }
  }

  size_t books(const std::string& carrier) {
    const json ledger = json::parse(http(world_->carriers_url(), "GET", "/" + carrier + "/_ledger").body, nullptr, false);
    return ledger.is_object() ? ledger["payments"].size() : 0;
  }

  json settled(const std::string& id) {
    json body = json::object();
    for (int i = 0; i < 300; ++i) {
      body = json::parse(get("/v1/procedures/" + id, world_->token()).body, nullptr, false);
      if (body.is_object() && body.value("settled", false)) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return body;
  }

  // A stop while a carrier does not answer: who waits is told at once, whoever asks hears that we are going, and what is under way is in doubt after.
  void drains(const json& good) {
    const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(silent, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(silent, 8) != 0 || getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      return expect(false, "a carrier that does not answer can be made");
    json config = good;
    config["limits"] = {{"drain_ms", 6000}};
    config["carriers"]["parlayx_ng"]["settings"]["base"] = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
    restart_with(config);
    using Clock = std::chrono::steady_clock;
    Response told;
    Clock::time_point told_at;
    std::thread shop([&] {
      told = submit("drained", order("100", "NGN", "parlayx_ng", "charge", "2348012345678"));
      told_at = Clock::now();
    });
    for (int i = 0; i < 200 && get("/metrics", "").body.find("tollgate_requests_in_flight 1\n") == std::string::npos; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const Clock::time_point stopped_at = Clock::now();
    kill(world_->gateway_pid(), SIGTERM);
    Response ready;
    for (int i = 0; i < 50 && ready.status != 503; ++i) {
      ready = get("/readyz", "");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    expect(ready.status == 503 && ready.body == "draining\n", fmt::format("a node that drains is not ready: {} {}", ready.status, ready.body));
    shop.join();
    expect(told.status == 202 && told_at - stopped_at < std::chrono::milliseconds(4000), fmt::format("who waits is told at once what is true: {} {}", told.status, told.body));
    expect(world_->stop_gateway() == 3, "a request was under way: exit code 3");
    close(silent);
  }

  // The store's file is taken away under the node: nothing more is taken, and nothing sent.
  void store_gone(const json& good) {
    restart_with(good);
    expect(submit("there", order("100")).status < 300, "with its store, a charge is taken");
    fs::rename(file("gateway.db"), file("gateway.db.away"));
    expect(get("/readyz", "").status == 503, "without it, the node is not ready");
    const size_t booked = books("daraja_ke");
    for (int i = 0; i < 3; ++i) expect(submit(fmt::format("gone-{}", i), order("100"), "").status == 503, "and a charge is refused");
    expect(books("daraja_ke") == booked, "and not sent");
    expect(bytes_of(world_->log()).find("store_gone") != std::string::npos, "and the log says why");
    world_->stop_gateway();
    fs::rename(file("gateway.db.away"), file("gateway.db"));
    restart_with(good);
    expect(submit("there", order("100")).status == 200, "put back, it has what it had");
  }

  // What cannot be made durable is neither taken nor sent.
  void full_disk(const json& good) {
    world_->stop_gateway();
    const std::string disk = file("disk");
    fs::create_directory(disk);
    if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) return static_cast<void>(fmt::print("skipped: a full disk (only root may mount one of 2 MiB)\n"));
    json small = good;
    small["store"] = "disk/gateway.db";
    restart_with(small);
    const int before = submit("before", order("100"), "").status;
    expect(before == 202, fmt::format("with room, a charge is taken: {}", before));
    std::ofstream filler(disk + "/filler", std::ios::binary);
    while (filler << std::string(4096, 'x') && filler.flush()) {}
    filler.close();
    bool refused = false;
    for (int i = 0; i < 200 && !refused; ++i) refused = submit(fmt::format("full-{}", i), order("100"), "").status == 503;
    expect(refused, "on a full disk a charge is refused with 503");
    const Response full = get("/readyz", "");
    expect(full.status == 503 && full.body.find("store_full") != full.body.npos, "and the node is not ready: " + full.body);
    expect(get("/metrics", "").body.find("tollgate_store_well 0\n") != std::string::npos, "and its metric says so");
    expect(get("/healthz", "").status == 200, "the node lives on a full disk");
    fs::remove(disk + "/filler");
    int later = 0;
    for (int i = 0; i < 100 && later != 202; ++i) {
      later = submit("after", order("100"), "").status;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    expect(later == 202 || later == 200, fmt::format("with room again, a charge is taken: {}", later));
    expect(get("/readyz", "").status == 200, "and the node is ready again");
    const int known = submit("before", order("100"), "").status;
    expect(known == 200, fmt::format("and the first one is known: {}", known));
    expect(world_->stop_gateway() >= 0, "and the node stops by itself");
    umount(disk.c_str());
  }

  std::unique_ptr<DemoWorld> world_;
  const JsonSchema schema_{json::parse(openapi_json())};
  json config_;
  std::string id_;
};

}  // namespace

// The node's own commands are in this program too, since the world starts its processes as itself.
int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  NodeArguments arguments;
  for (int i = 2; i < argc; ++i) {
    if (std::string word = argv[i]; word.starts_with("--") && i + 1 < argc) arguments.options[word.substr(2)] = argv[++i];
    else arguments.words.push_back(word);
  }
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "run") return node_run(arguments);
  if (command == "sim") return node_sim(arguments);
  if (command.empty()) return kNodeUsage;
  auto world = DemoWorld::create(fs::absolute(command).string(), R"({ "seed": 3, "latency": { "uniform_ms": [2, 30] }, "decision": { "uniform_ms": [50, 200] } })");
  if (!world.ok()) {
    fmt::print("the world: {}\n", world.error().message);
    return kNodeTrouble;
  }
  Suite(std::move(world).value()).run();
  fmt::print("{} checks, {} failed\n", checks, failures);
  return failures == 0 ? kNodeDone : kNodeFindings;
}
