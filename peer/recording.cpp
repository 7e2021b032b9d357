#include "peer/recording.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace tollgate::peer {
namespace {

using Json = nlohmann::json;
constexpr size_t kRecordingBytesMax = 1024 * 1024;
constexpr size_t kExchangesMax = 100;

Error wrong(const std::string& why) { return Error{"file", "the recording " + why}; }

bool is_text(const Json& object, const char* name) { return object.contains(name) && object[name].is_string(); }

Result<RecordedExchange> exchange_of(const Json& row) {
  RecordedExchange out;
  if (!row.is_object() || !row.contains("request") || !row.contains("reply")) return wrong("has an exchange without `request` or `reply`");
  const Json& request = row["request"];
  const Json& reply = row["reply"];
  if (!request.is_object() || !is_text(request, "method") || !is_text(request, "path")) return wrong("has a request without `method` or `path`");
  out.method = request["method"].get<std::string>();
  out.path = request["path"].get<std::string>();
  const bool status = reply.is_object() && reply.contains("status") && reply["status"].is_number_unsigned();
  if (!status || reply["status"].get<uint64_t>() < 100 || reply["status"].get<uint64_t>() > 599) return wrong("has a reply without a status");
  out.status = reply["status"].get<uint16_t>();
  if (reply.contains("headers") && reply["headers"].is_object()) {
    for (auto& [name, value] : reply["headers"].items()) {
      if (!value.is_string()) return wrong("has a header that is no text");
      out.headers.emplace_back(name, value.get<std::string>());
    }
  }
  if (reply.contains("body")) {
    // A body may be written as the text it was, or as JSON to be readable.
    out.body = reply["body"].is_string() ? reply["body"].get<std::string>() : reply["body"].dump();
  }
  return out;
}

}  // namespace

Result<std::vector<RecordedExchange>> parse_recording(std::string_view text) {
  if (text.size() > kRecordingBytesMax) return wrong("is larger than 1 MiB");
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_array() || json.empty()) return wrong("is no JSON list of exchanges");
  if (json.size() > kExchangesMax) return wrong("has more than 100 exchanges");
  std::vector<RecordedExchange> out;
  for (const Json& row : json) {
    Result<RecordedExchange> one = exchange_of(row);
    if (!one) return std::move(one).error();
    out.push_back(std::move(*one));
  }
  return out;
}

Result<std::string> filled(std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& value) {
  std::string out;
  while (true) {
    size_t open = text.find("{{");
    size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return out + std::string(text);
    std::string_view name = text.substr(open + 2, close - open - 2);
    std::optional<std::string> found = value(name);
    if (!found) return wrong("names `" + std::string(name) + "`, which the procedure does not have");
    out += std::string(text.substr(0, open)) + *found;
    text.remove_prefix(close + 2);
  }
}

}  // namespace tollgate::peer
