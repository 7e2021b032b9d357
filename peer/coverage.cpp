#include "peer/coverage.h"

#include <fmt/format.h>

namespace tollgate::peer {
namespace {

std::string status_words(const Arm& arm) {
  if (arm.head == ArmHead::other) return "on other";
  std::string out = arm.reads == ArmReads::row ? "each" : arm.reads == ArmReads::end ? "end" : "on";
  for (const StatusRange& range : arm.statuses)
    out += range.from == range.upto ? fmt::format(" {}", range.from) : fmt::format(" {}..{}", range.from, range.upto);
  return arm.repeat ? out + " repeat" : out;
}

// Names of exchanges as an author knows them: "charge", "charge.prompted", "status", "session token".
std::vector<std::string> exchange_names(const Module& module) {
  std::vector<std::string> names(module.exchanges.size());
  for (const Session& session : module.sessions) names[session.exchange] = fmt::format("session {}", module.text(session.name));
  for (const Enquiry& enquiry : module.enquiries) names[enquiry.exchange] = fmt::format("enquiry {}", module.text(enquiry.name));
  for (const Procedure& procedure : module.procedures)
    for (const Step& step : procedure.steps)
      if (step.exchange != kNone)
        names[step.exchange] = step.name == kNone || &step == &procedure.steps[0] ? std::string(module.text(procedure.name))
                                                                                  : fmt::format("{}.{}", module.text(procedure.name), module.text(step.name));
  return names;
}

void note(const Heard& heard, std::set<std::pair<Index, uint32_t>>& arms, Index of, std::set<std::pair<Index, uint32_t>>& rows) {
  for (uint32_t arm : heard.passed) arms.insert({of, arm});
  if (heard.arm < 0) return;
  arms.insert({of, static_cast<uint32_t>(heard.arm)});
  if (heard.table != kNone) rows.insert({heard.table, heard.row});
}

}  // namespace

void Coverage::reply(Index exchange, const Heard& heard) { note(heard, reply_arms, exchange, rows); }
void Coverage::callback(Index callback, const Heard& heard) { note(heard, callback_arms, callback, rows); }

void Coverage::merge(const Coverage& other) {
  reply_arms.insert(other.reply_arms.begin(), other.reply_arms.end());
  callback_arms.insert(other.callback_arms.begin(), other.callback_arms.end());
  rows.insert(other.rows.begin(), other.rows.end());
  repeats.insert(other.repeats.begin(), other.repeats.end());
}

std::vector<Unmet> unmet(const Module& module, const Coverage& coverage) {
  std::vector<Unmet> out;
  std::vector<std::string> names = exchange_names(module);
  for (Index e = 0; e < module.exchanges.size(); ++e)
    for (uint32_t a = 0; a < module.exchanges[e].arms.size(); ++a)
      if (coverage.reply_arms.count({e, a}) == 0)
        out.push_back({fmt::format("{}: {} (arm {})", names[e], status_words(module.exchanges[e].arms[a]), a + 1), names[e], a});
  for (Index e = 0; e < module.exchanges.size(); ++e)
    if (module.exchanges[e].has_once && coverage.repeats.count(e) == 0)
      out.push_back({fmt::format("{}: the promise `once per`, by a second transmission", names[e]), names[e] + " once per", 0});
  for (Index c = 0; c < module.callbacks.size(); ++c)
    for (uint32_t a = 0; a < module.callbacks[c].arms.size(); ++a)
      if (coverage.callback_arms.count({c, a}) == 0) {
        std::string owner = fmt::format("callback {}", module.text(module.callbacks[c].name));
        out.push_back({fmt::format("{}: arm {}", owner, a + 1), owner, a});
      }
  for (Index t = 0; t < module.tables.size(); ++t) {
    const Table& table = module.tables[t];
    for (uint32_t r = 0; r <= table.rows.size(); ++r)
      if (coverage.rows.count({t, r}) == 0) {
        std::string key = r == table.rows.size() ? "other" : constant_text(module, table.rows[r].key);
        out.push_back({fmt::format("table {}: {}", module.text(table.name), key), fmt::format("table {} {}", module.text(table.name), key), 0});
      }
  }
  return out;
}

size_t coverable(const Module& module) {
  size_t n = 0;
  for (const Exchange& exchange : module.exchanges) n += exchange.arms.size() + (exchange.has_once ? 1 : 0);
  for (const Callback& callback : module.callbacks) n += callback.arms.size();
  for (const Table& table : module.tables) n += table.rows.size() + 1;
  return n;
}

}  // namespace tollgate::peer
