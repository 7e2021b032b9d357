// What nobody uses.
#include <algorithm>

#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

void warn(Sink& sink, Span span, std::string_view what, std::string_view name) {
  sink.report(Diag::unused, span).arg("what", what).arg("name", name).label("nothing uses it");
}

}  // namespace

void check_unused(const Carrier& carrier, Sink& sink) {
  if (sink.has_errors()) return;  // what was not understood may use it
  for (const Setting& setting : carrier.settings) {
    bool verified = false;
    for (const Endpoint& endpoint : carrier.endpoints)
      for (const Verify& verify : endpoint.verify)
        for (uint32_t i : verify.settings) verified = verified || carrier.settings[i].name == setting.name;
    if (!setting.used && !verified) warn(sink, setting.span, "setting", setting.name);
  }
  for (const Link& link : carrier.links) if (!link.used) warn(sink, link.span, "link", link.name);
  for (const Session& session : carrier.sessions) if (!session.used) warn(sink, session.span, "session", session.name);
  for (const Table& table : carrier.tables) if (!table.used) warn(sink, table.span, "reading", table.name);
  for (const NamedShape& shape : carrier.shapes) if (!shape.used) warn(sink, shape.span, "shape", shape.name);
  for (const UserValue& value : carrier.user_values) if (!value.used) warn(sink, value.span, "value kept per user", value.name);
  for (const Counter& counter : carrier.counters) if (!counter.used) warn(sink, counter.span, "counter", counter.name);
  for (const Enquiry& enquiry : carrier.enquiries) if (!enquiry.used) warn(sink, enquiry.span, "enquiry", enquiry.name);
  for (const Endpoint& endpoint : carrier.endpoints) if (!endpoint.used) warn(sink, endpoint.span, "endpoint", endpoint.name);
  // Of what the carrier begins, every callback may bring news: nothing has to wait for it by name.
  auto news = [&](const Callback& callback) {
    return std::any_of(carrier.callbacks.begin(), carrier.callbacks.end(), [&](const Callback& c) { return c.opens && c.about == callback.about; });
  };
  for (const Callback& callback : carrier.callbacks) if (!callback.used && !news(callback)) warn(sink, callback.span, "callback", callback.name);
  for (const Procedure& procedure : carrier.procedures) {
    for (const Keep& keep : procedure.keeps) if (!keep.used) warn(sink, keep.span, "kept value", keep.name);
    for (const Step& step : procedure.steps) {
      if (!step.used) warn(sink, step.span, "step", step.name);
      for (const Let& let : step.lets) if (!let.used) warn(sink, let.span, "let", let.name);
    }
  }
}

}  // namespace tollgate::hir
