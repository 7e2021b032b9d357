// A test's `recorded "file"`: each exchange is awaited and answered as it was.
#include <fmt/format.h>

#include "peer/case_run.h"
#include "peer/recording.h"
#include "peer/wire_text.h"

namespace tollgate::peer {

bool CaseRun::recorded(const TestStep& step) {
  std::string name(parts_->module().text(step.name));
  if (!recordings_) return fail(step, "the recording " + name, "nobody can read it here");
  Result<std::string> text = recordings_(test_.file, name);
  if (!text) return fail(step, "the recording " + name, text.error().message);
  Result<std::vector<RecordedExchange>> exchanges = parse_recording(*text);
  if (!exchanges) return fail(step, "the recording " + name, exchanges.error().message);

  auto value = [&](std::string_view path) -> std::optional<std::string> {
    TestFrame frame;
    if (action_ == kNone || !fill(frame)) return std::nullopt;
    const Module& module = program_->module();
    const Procedure& procedure = module.procedures[action_];
    std::string prefix = std::string(module.text(procedure.name)) + ".";
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    for (size_t i = 0; i < procedure.keeps.size() && i < frame.keeps.size(); ++i)
      if (module.text(procedure.keeps[i].name) == path) return plain(frame.keeps[i]);
    for (size_t i = 0; i < procedure.arguments.size() && i < frame.arguments.size(); ++i)
      if (module.text(procedure.arguments[i].name) == path) return plain(frame.arguments[i]);
    return std::nullopt;
  };
  for (const RecordedExchange& exchange : *exchanges) {
    Result<std::string> path = Error{"file", ""};
    auto wanted = [&](const OpenRequest& open) -> std::optional<bool> {
      path = filled(exchange.path, value);
      if (path) return open.request.method == exchange.method && open.request.path == *path;
      fail(step, "the recording " + name, path.error().message);
      return std::nullopt;
    };
    if (!await_request(step, true, wanted, [&] { return exchange.method + " " + exchange.path; })) return false;
    CarrierAnswer answer;
    answer.status = exchange.status;
    answer.headers = exchange.headers;
    Result<std::string> body = filled(exchange.body, value);
    if (!body) return fail(step, "the recording " + name, body.error().message);
    answer.body = std::move(*body);
    if (!answer_current(step, std::move(answer))) return false;
  }
  return true;
}

}  // namespace tollgate::peer
