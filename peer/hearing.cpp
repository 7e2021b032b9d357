#include "peer/hearing.h"

#include <strings.h>

#include "peer/slice_trace.h"
#include "peer/wire_text.h"
#include "runtime/bytecode/format.h"
#include "runtime/vm/select.h"

namespace tollgate::peer {
namespace {

struct EarArm {
  std::optional<Matcher> body;
  std::vector<std::optional<Matcher>> headers;
  ArmRoles roles;
};

std::string_view header_of(const Headers& headers, std::string_view name, bool* found) {
  *found = false;
  for (const auto& [given, value] : headers) {
    if (given.size() != name.size() || strncasecmp(given.data(), name.data(), name.size()) != 0) continue;
    *found = true;
    return value;
  }
  return {};
}

void roles_of_target(const Module& module, const Arm& arm, ArmRoles& roles) {
  if (arm.target >= module.targets.size()) return;
  const Target& target = module.targets[arm.target];
  roles.key = holes_behind(module, arm.slice, target.key);
  roles.paid = holes_behind(module, arm.slice, target.paid);
  roles.carrier_ref = holes_behind(module, arm.slice, target.carrier_ref);
  roles.after = holes_behind(module, arm.slice, target.after);
  roles.said = holes_behind(module, arm.slice, target.said);
}

EarArm ear_of(const Module& module, const Arm& arm, std::string_view about) {
  EarArm ear;
  if (arm.shape != kNone) {
    ear.body.emplace(module, std::vector<Index>{arm.shape});
    ear.roles.holes = mirror_holes(module, module.shapes[arm.shape], about);
  }
  ear.roles.body_holes = ear.roles.holes.size();
  for (const HeaderPattern& header : arm.headers) {
    ear.headers.emplace_back();
    ear.headers.back().emplace(module, std::vector<Index>{header.shape});
    for (MirrorHole& hole : mirror_holes(module, module.shapes[header.shape], about)) ear.roles.holes.push_back(std::move(hole));
  }
  roles_of_target(module, arm, ear.roles);
  return ear;
}

bool status_fits(const Arm& arm, uint16_t status, uint32_t transmission) {
  if (arm.repeat && transmission <= 1) return false;
  if (arm.first_only && transmission > 1) return false;
  if (arm.head == ArmHead::other) return true;
  for (const StatusRange& range : arm.statuses)
    if (status >= range.from && status <= range.upto) return true;
  return false;
}

// One body or header put to one matcher: its holes, or nullopt when it does not select.
std::optional<Selection> select(const Matcher& matcher, std::string_view bytes, Arena& arena) {
  const bool candidate[1] = {true};
  Selection selection = matcher.match(bytes, candidate, arena);
  if (selection.chosen != 0) return std::nullopt;
  return selection;
}

bool same_key(const Module& module, Index constant, const std::string& key) { return constant_text(module, constant) == key; }

std::optional<int64_t> whole(const std::string& text) {
  std::optional<Decimal> parsed = parse_decimal(text);
  if (parsed) parsed = rescale(*parsed, 0);
  if (!parsed) return std::nullopt;
  return parsed->coefficient;
}

bool in_row(const Module& module, const Table& table, const Row& row, const std::string& key) {
  if (row.pattern) return pattern_fits(constant_text(module, row.key), key);
  if (table.key != Kind::integer) return same_key(module, row.key, key);
  std::optional<int64_t> number = whole(key);
  if (!number) return false;
  int64_t from = module.constants[row.key].integer;
  int64_t upto = row.upto == kNone ? from : module.constants[row.upto].integer;
  return *number >= from && *number <= upto;
}

void look_up(const Module& module, Index index, Heard& heard) {
  const Table& table = module.tables[index];
  heard.table = index;
  heard.row = static_cast<uint32_t>(table.rows.size());
  heard.finding = finding_of(module, table.other);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if (!in_row(module, table, table.rows[i], heard.key)) continue;
    heard.row = static_cast<uint32_t>(i);
    heard.finding = finding_of(module, table.rows[i].target);
    return;
  }
}

// Whether the arm selects this message; fills its holes' values (as text; absent ones stay empty and unmarked).
bool try_arm(const Module& module, const EarArm& ear, const Arm& arm, const Headers& headers, std::string_view body, Arena& arena,
             std::vector<std::optional<std::string>>& values, bool& breach) {
  values.assign(ear.roles.holes.size(), std::nullopt);
  size_t at = ear.roles.body_holes;
  auto take = [&](const Selection& selection, size_t first, size_t count) {
    breach = breach || selection.breach;
    for (size_t i = 0; i < count && !selection.breach; ++i)
      if (selection.holes[i].present()) values[first + i] = plain(selection.holes[i]);
  };
  for (size_t h = 0; h < arm.headers.size(); ++h) {
    size_t count = module.shapes[arm.headers[h].shape].holes.size();
    bool found = false;
    std::string_view value = header_of(headers, module.text(arm.headers[h].name), &found);
    if (!found && !arm.headers[h].optional) return false;
    if (found) {
      std::optional<Selection> selection = select(*ear.headers[h], value, arena);
      if (!selection) return false;
      take(*selection, at, count);
    }
    at += count;
  }
  if (!ear.body) return true;
  std::optional<Selection> selection = select(*ear.body, body, arena);
  if (!selection) return false;
  take(*selection, 0, ear.roles.body_holes);
  return true;
}

void conclude(const Module& module, const EarArm& ear, const Arm& arm, const std::vector<std::optional<std::string>>& values, Heard& heard) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    const MirrorHole& hole = ear.roles.holes[i];
    if (hole.equal) heard.repeated.emplace_back(hole.origin, *values[i]);
    else if (identifies(hole)) heard.said.emplace_back(hole.label, *values[i]);
  }
  if (arm.target >= module.targets.size()) return;
  const Target& target = module.targets[arm.target];
  heard.finding = finding_of(module, target);
  if (target.kind != TargetKind::table) return;
  for (uint32_t hole : ear.roles.key)
    if (hole < values.size() && values[hole]) heard.key = *values[hole];
  look_up(module, target.index, heard);
}

using Texts = std::vector<std::optional<std::string>>;

bool all_ours(const EarArm& ear, const Texts& values, const Hearing::Ours& ours) {
  for (size_t i = 0; i < values.size() && ours; ++i)
    if (ear.roles.holes[i].equal && (!values[i] || !ours(ear.roles.holes[i].origin, *values[i]))) return false;
  return true;
}

// The row that is ours; without one, the end. A row that no arm takes spoils the answer.
void hear_rows(const Program& program, const std::vector<EarArm>& ears, Index exchange, uint16_t status, std::string_view body, const Hearing::Ours& ours, Heard& heard) {
  const Module& module = program.module();
  const std::vector<Arm>& arms = module.exchanges[exchange].arms;
  Arena arena;
  const RowSelection rows = select_rows(program, exchange, {status, {}, body, {}}, arena);
  if (rows.first == kNone || !rows.found.decoded) return;
  for (size_t i = 0; i + (rows.found.ended ? 1 : 0) < rows.found.rows.size(); ++i) {
    const Selection& row = rows.found.rows[i];
    if (row.chosen < 0) return;
    const Index arm = rows.arms[static_cast<size_t>(row.chosen)];
    if (row.foreign) {
      heard.passed.push_back(arm);
      continue;
    }
    if (row.breach) {
      heard.arm = static_cast<int>(arm);
      heard.breach = true;
      return;
    }
    Texts values(ears[arm].roles.holes.size());
    for (size_t k = 0; k < values.size(); ++k)
      if (row.holes[k].present()) values[k] = plain(row.holes[k]);
    const bool other = module.targets[arms[arm].target].kind == TargetKind::nothing || !all_ours(ears[arm], values, ours);
    if (other || heard.arm >= 0) {
      heard.passed.push_back(arm);
      continue;
    }
    heard.arm = static_cast<int>(arm);
    conclude(module, ears[arm], arms[arm], values, heard);
  }
  if (rows.end == kNone) return;
  const bool last = rows.found.ended && rows.found.rows.back().chosen >= 0;
  const bool bare = arms[rows.end].shape == kNone;
  if (!bare && !last) return;
  const Index end = bare ? rows.end : rows.arms[static_cast<size_t>(rows.found.rows.back().chosen)];
  heard.passed.push_back(end);
  if (heard.arm < 0) heard.arm = static_cast<int>(end);
}

}  // namespace

struct Hearing::Ears {
  std::shared_ptr<const Program> program;
  std::vector<std::vector<EarArm>> replies, callbacks;
  std::vector<std::optional<Matcher>> callback_match;
};

std::optional<Verdict> verdict_of(const Finding& finding) {
  switch (finding.kind) {
    case Finding::Kind::succeeded: return Verdict{Verdict::Kind::succeeded, ""};
    case Finding::Kind::declined: return Verdict{Verdict::Kind::declined, finding.reason};
    case Finding::Kind::failed: return Verdict{Verdict::Kind::failed, finding.reason};
    default: return std::nullopt;
  }
}

Finding finding_of(const Module& module, const Target& target) {
  using Kind = Finding::Kind;
  switch (target.kind) {
    case TargetKind::succeed: return {Kind::succeeded, ""};
    case TargetKind::decline: return {Kind::declined, std::string(module.text(target.reason))};
    case TargetKind::fail: return {Kind::failed, std::string(module.text(target.reason))};
    case TargetKind::pending: return {Kind::pending, ""};
    case TargetKind::absent: return {Kind::absent, ""};
    case TargetKind::await:
    case TargetKind::step: return {Kind::accepted, ""};
    case TargetKind::session_value: return {Kind::session, ""};
    case TargetKind::renew: return {Kind::renew, ""};
    default: return {};
  }
}

Hearing::Hearing(std::shared_ptr<const Program> program) : ears_(std::make_unique<Ears>()) {
  ears_->program = std::move(program);
  const Module& module = ears_->program->module();
  std::vector<Index> about(module.exchanges.size(), kNone);
  for (Index p = 0; p < module.procedures.size(); ++p)
    for (const Step& step : module.procedures[p].steps)
      if (step.exchange != kNone) about[step.exchange] = p;
  for (const Enquiry& enquiry : module.enquiries) about[enquiry.exchange] = enquiry.about;
  auto name = [&](Index procedure) { return procedure == kNone ? std::string_view() : module.text(module.procedures[procedure].name); };
  for (size_t e = 0; e < module.exchanges.size(); ++e) {
    ears_->replies.emplace_back();
    for (const Arm& arm : module.exchanges[e].arms) ears_->replies.back().push_back(ear_of(module, arm, name(about[e])));
  }
  for (const Callback& callback : module.callbacks) {
    ears_->callbacks.emplace_back();
    for (const Arm& arm : callback.arms) ears_->callbacks.back().push_back(ear_of(module, arm, name(callback.about)));
    ears_->callback_match.emplace_back();
    if (callback.match_shape != kNone) ears_->callback_match.back().emplace(module, std::vector<Index>{callback.match_shape});
  }
}

Hearing::~Hearing() = default;

Heard Hearing::reply(Index exchange, uint16_t status, const Headers& headers, std::string_view body, uint32_t transmission, const Ours& ours) const {
  const Module& module = ears_->program->module();
  const Exchange& e = module.exchanges[exchange];
  Arena arena;
  Heard heard;
  std::vector<std::optional<std::string>> values;
  for (size_t i = 0; i < e.arms.size(); ++i) {
    if (e.arms[i].reads != ArmReads::whole || !status_fits(e.arms[i], status, transmission)) continue;
    if (!try_arm(module, ears_->replies[exchange][i], e.arms[i], headers, body, arena, values, heard.breach)) continue;
    heard.arm = static_cast<int>(i);
    if (!heard.breach) conclude(module, ears_->replies[exchange][i], e.arms[i], values, heard);
    return heard;
  }
  hear_rows(*ears_->program, ears_->replies[exchange], exchange, status, body, ours, heard);
  return heard;
}

Heard Hearing::callback(Index callback, std::string_view body) const {
  const Module& module = ears_->program->module();
  const Callback& c = module.callbacks[callback];
  Arena arena;
  Heard heard;
  if (ears_->callback_match[callback] && !select(*ears_->callback_match[callback], body, arena)) return heard;
  std::vector<std::optional<std::string>> values;
  for (size_t i = 0; i < c.arms.size(); ++i) {
    if (!try_arm(module, ears_->callbacks[callback][i], c.arms[i], {}, body, arena, values, heard.breach)) continue;
    heard.arm = static_cast<int>(i);
    if (!heard.breach) conclude(module, ears_->callbacks[callback][i], c.arms[i], values, heard);
    return heard;
  }
  return heard;
}

const ArmRoles& Hearing::reply_roles(Index exchange, size_t arm) const { return ears_->replies[exchange][arm].roles; }
const ArmRoles& Hearing::callback_roles(Index callback, size_t arm) const { return ears_->callbacks[callback][arm].roles; }

}  // namespace tollgate::peer
