#include "peer/answers.h"

#include <algorithm>

#include "peer/mirror.h"
#include "peer/wire_text.h"
#include "runtime/bytecode/format.h"
#include "runtime/shapes/multipart.h"
#include "runtime/value/decimal_picture.h"

namespace tollgate::peer {
namespace {

// One arm's message in build mode.
struct Draft {
  Index body = kNone;                    // writable shape, or kNone: any body does
  ShapeRoot root = ShapeRoot::json;
  std::vector<std::pair<Index, Index>> headers;   // name text, writable shape
  std::vector<uint32_t> body_holes;      // index into `holes` for each hole of the body's shape
  std::vector<MirrorHole> holes;         // the arm's own, then those that a callback's `match` added
  const ArmRoles* roles = nullptr;
  const Draft* trailer = nullptr;        // of a row: the last row, which says that there are no more
  bool headed = false;                   // its first line names the columns
};

bool contains(const std::vector<uint32_t>& list, size_t n) { return std::find(list.begin(), list.end(), n) != list.end(); }

Result<Value> value_of(const MirrorHole& hole, const std::string& text, Arena& arena) {
  switch (hole.wire) {
    case Kind::integer:
    case Kind::decimal: {
      std::optional<Decimal> number = parse_decimal(text);
      if (!number) return Error{"peer_unwritable", "member " + hole.label + " must be a number"};
      if (hole.wire == Kind::decimal) return Value::decimal(number->coefficient, number->scale);
      std::optional<Decimal> whole = rescale(*number, 0);
      if (!whole) return Error{"peer_unwritable", "member " + hole.label + " must be a whole number"};
      return Value::number(whole->coefficient);
    }
    case Kind::boolean: return Value::boolean(text == "true");
    default: {
      // Amounts are plain until they are written: here as our side's picture has it.
      std::optional<DecimalPicture> picture = hole.reader == Reader::decimal_like && !hole.equal ? parse_decimal_picture(hole.argument) : std::nullopt;
      std::optional<Decimal> number = picture ? parse_decimal(text) : std::nullopt;
      std::optional<std::string> written = number ? decimal_like(*number, *picture) : std::nullopt;
      return Value::text(arena.copy(written ? *written : text));
    }
  }
}

// As many characters as stand there: the end of a longer text, zeros before a shorter one.
std::string fitted(std::string text, const MirrorHole& hole) {
  if (hole.width == 0 || (hole.padded && text.size() <= hole.width)) return text;
  if (text.size() > hole.width) return text.substr(text.size() - hole.width);
  return std::string(hole.width - text.size(), '0') + text;
}

uint16_t first_status(const Arm& arm) { return arm.statuses.empty() ? 200 : arm.statuses[0].from; }

}  // namespace

struct Answers::Book {
  std::shared_ptr<const Program> program;
  Module module;                                       // a copy, writable shapes appended
  std::vector<std::vector<Draft>> reply_drafts, callback_drafts;
  std::vector<std::optional<Builder>> builders;        // by shape of `module`
  std::vector<std::vector<Way>> reply_ways, callback_ways;
  std::vector<std::optional<Way>> repeats;             // by exchange

  Draft draft(const Arm& arm, const ArmRoles& roles, const Shape* match, std::string_view about);
  static void trail(const std::vector<Arm>& arms, std::vector<Draft>& drafts);
  void build(const Draft& draft);
  void ways_of(Index of, size_t arm_index, const Arm& arm, bool reply, std::vector<Way>& out) const;
  std::optional<std::string> known(std::string_view origin, const Facts& facts) const;
  Result<std::string> text_for(const Draft& draft, size_t hole, const Way& way, const Facts& facts) const;
  Result<Written> write(const Draft& draft, const Way& way, const Facts& facts) const;
  // Keeps the ways that our own side reads as they are meant.
  void rehearse_replies(Index exchange, const Hearing& hearing);
  void rehearse_callbacks(Index callback, const Hearing& hearing);
  Result<std::string> fill(const Draft& draft, Index shape, const std::vector<std::string>& texts, const std::vector<uint32_t>& which) const;
};

Draft Answers::Book::draft(const Arm& arm, const ArmRoles& roles, const Shape* match, std::string_view about) {
  Draft made;
  made.roles = &roles;
  made.holes = roles.holes;
  for (size_t i = 0; i < roles.body_holes; ++i) made.body_holes.push_back(static_cast<uint32_t>(i));
  if (arm.shape != kNone || match != nullptr) {
    Shape whole = arm.shape != kNone ? module.shapes[arm.shape] : *match;
    if (arm.shape != kNone && match != nullptr) whole = merged(whole, *match);
    std::vector<MirrorHole> all = mirror_holes(module, whole, about);
    for (size_t i = 0; i < made.body_holes.size(); ++i)
      if (all[i].equal) made.holes[i] = all[i];
    for (size_t i = made.body_holes.size(); i < all.size(); ++i) {
      made.body_holes.push_back(static_cast<uint32_t>(made.holes.size()));
      made.holes.push_back(all[i]);
    }
    made.root = whole.root;
    made.headed = whole.root == ShapeRoot::csv && csv_format(module.text(whole.format)).header;
    made.body = static_cast<Index>(module.shapes.size());
    module.shapes.push_back(writable(module, whole));
  }
  for (const HeaderPattern& header : arm.headers) {
    made.headers.emplace_back(header.name, static_cast<Index>(module.shapes.size()));
    Shape shape = module.shapes[header.shape];
    module.shapes.push_back(writable(module, shape));
  }
  return made;
}

// Rows are followed by the last row that the definition asks for.
void Answers::Book::trail(const std::vector<Arm>& arms, std::vector<Draft>& drafts) {
  for (size_t a = 0; a < arms.size(); ++a)
    for (size_t end = 0; end < arms.size() && arms[a].reads == ArmReads::row && drafts[a].trailer == nullptr; ++end)
      if (arms[end].reads == ArmReads::end && arms[end].shape != kNone && first_status(arms[end]) == first_status(arms[a])) drafts[a].trailer = &drafts[end];
}

void Answers::Book::build(const Draft& draft) {
  builders.resize(module.shapes.size());
  if (draft.body != kNone) builders[draft.body].emplace(module, draft.body);
  for (const auto& [name, shape] : draft.headers) builders[shape].emplace(module, shape);
}

void Answers::Book::ways_of(Index of, size_t arm_index, const Arm& arm, bool reply, std::vector<Way>& out) const {
  if (arm.target >= module.targets.size() || arm.head == ArmHead::other || arm.reads == ArmReads::end) return;
  if (reply && (arm.statuses.empty() || arm.repeat)) return;
  const Target& target = module.targets[arm.target];
  Way way;
  way.of = of;
  way.arm = arm_index;
  way.status = first_status(arm);
  way.finding = finding_of(module, target);
  if (target.kind == TargetKind::step) way.step = target.index;
  if (target.kind == TargetKind::renew) way.renews = target.index;
  if (target.kind != TargetKind::table) {
    out.push_back(way);
    return;
  }
  for (const Row& row : module.tables[target.index].rows) {
    way.key = row.pattern ? pattern_example(constant_text(module, row.key)) : constant_text(module, row.key);
    way.finding = finding_of(module, row.target);
    out.push_back(way);
  }
}

std::optional<std::string> Answers::Book::known(std::string_view origin, const Facts& facts) const {
  if (facts.request != nullptr)
    if (auto found = facts.request->find(origin); found != facts.request->end()) return found->second;
  if (facts.payment != nullptr) {
    if (auto found = facts.payment->wire.find(origin); found != facts.payment->wire.end()) return found->second;
    if (std::optional<std::string> text = derived(origin, *facts.payment, module.market.decimals)) return text;
  }
  if (facts.settings != nullptr && origin.substr(0, 9) == "settings.")
    if (auto found = facts.settings->find(std::string(origin.substr(9))); found != facts.settings->end()) return found->second;
  if (origin == "rows") return "1";   // how many an answer of ours has
  if (origin == "market.currency") return std::string(module.text(module.market.currency));
  if (origin == "market.country") return std::string(module.text(module.market.country));
  return std::nullopt;
}

Result<std::string> Answers::Book::text_for(const Draft& draft, size_t index, const Way& way, const Facts& facts) const {
  const MirrorHole& hole = draft.holes[index];
  uint8_t decimals = module.market.decimals;
  if (hole.equal) {
    std::optional<std::string> text = known(hole.origin, facts);
    if (!text) return Error{"peer_unknown", "the carrier was never told " + hole.origin + ", which member " + hole.label + " must equal"};
    return *text;
  }
  if (!way.key.empty() && contains(draft.roles->key, index)) return way.key;
  if (hole.reader == Reader::secret) return std::string(facts.secret);
  if (contains(draft.roles->after, index) && way.finding.kind == Finding::Kind::session) return std::to_string(facts.token_seconds);
  if (facts.payment == nullptr) return fitted(invented(hole, nullptr, facts.now_us, facts.salt, decimals), hole);
  if (contains(draft.roles->paid, index) && hole.reader != Reader::currency) return amount_for(hole.reader, facts.payment->amount, decimals);
  if (auto found = facts.payment->given.find(hole.label); found != facts.payment->given.end()) return found->second;
  std::string text = fitted(invented(hole, facts.payment, facts.now_us, facts.salt, decimals), hole);
  if (identifies(hole)) facts.payment->given[hole.label] = text;
  return text;
}

Result<std::string> Answers::Book::fill(const Draft& draft, Index shape, const std::vector<std::string>& texts,
                                        const std::vector<uint32_t>& which) const {
  Arena arena;
  std::vector<Value> values;
  for (uint32_t hole : which) {
    Result<Value> value = value_of(draft.holes[hole], texts[hole], arena);
    if (!value) return value.error();
    values.push_back(*value);
  }
  Result<std::string_view> bytes = builders[shape]->build(values, arena);
  if (!bytes) return bytes.error();
  return std::string(*bytes);
}

Result<Written> Answers::Book::write(const Draft& draft, const Way& way, const Facts& facts) const {
  std::vector<std::string> texts;
  for (size_t i = 0; i < draft.holes.size(); ++i) {
    Result<std::string> text = text_for(draft, i, way, facts);
    if (!text) return text.error();
    texts.push_back(*text);
  }
  Written out;
  if (draft.body != kNone) {
    Result<std::string> body = fill(draft, draft.body, texts, draft.body_holes);
    if (!body) return body.error();
    out.body = *body;
    if (draft.trailer != nullptr) {
      Result<Written> last = write(*draft.trailer, way, facts);
      if (!last) return last;
      out.body += draft.headed ? last->body.substr(last->body.find('\n') + 1) : last->body;
    }
    out.content_type = content_type_with_boundary(content_type_of(draft.root), out.body);
  }
  uint32_t at = static_cast<uint32_t>(draft.roles->body_holes);
  for (const auto& [name, shape] : draft.headers) {
    std::vector<uint32_t> which;
    for (size_t i = 0; i < module.shapes[shape].holes.size(); ++i) which.push_back(at++);
    Result<std::string> value = fill(draft, shape, texts, which);
    if (!value) return value.error();
    out.headers.emplace_back(std::string(module.text(name)), *value);
  }
  return out;
}

namespace {

// Facts for a rehearsal: everything that is compared is "1", which every reader of text or number takes.
struct Rehearsal {
  Payment payment;
  WireValues request;
  Facts facts;

  explicit Rehearsal(const Draft& draft) {
    for (const MirrorHole& hole : draft.holes)
      if (hole.equal) request[hole.origin] = "1";
    payment.amount = Decimal{1, 0};
    payment.currency = "XXX";
    facts.payment = &payment;
    facts.request = &request;
    facts.secret = "secret";
  }
};

bool as_meant(const Way& way, const Heard& heard) {
  return heard.arm == static_cast<int>(way.arm) && (heard.breach || heard.finding == way.finding);
}

}  // namespace

Answers::Answers(std::shared_ptr<const Program> program, const Hearing& hearing) : book_(std::make_unique<Book>()) {
  Book& book = *book_;
  book.program = program;
  book.module = program->module();
  const Module& module = program->module();
  book.reply_drafts.resize(module.exchanges.size());
  book.reply_ways.resize(module.exchanges.size());
  book.repeats.resize(module.exchanges.size());
  book.callback_drafts.resize(module.callbacks.size());
  book.callback_ways.resize(module.callbacks.size());
  for (Index e = 0; e < module.exchanges.size(); ++e)
    for (size_t a = 0; a < module.exchanges[e].arms.size(); ++a)
      book.reply_drafts[e].push_back(book.draft(module.exchanges[e].arms[a], hearing.reply_roles(e, a), nullptr, ""));
  for (Index e = 0; e < module.exchanges.size(); ++e) book.trail(module.exchanges[e].arms, book.reply_drafts[e]);
  for (Index c = 0; c < module.callbacks.size(); ++c) {
    const Callback& callback = module.callbacks[c];
    const Shape* match = callback.match_shape == kNone ? nullptr : &module.shapes[callback.match_shape];
    for (size_t a = 0; a < callback.arms.size(); ++a)
      book.callback_drafts[c].push_back(book.draft(callback.arms[a], hearing.callback_roles(c, a), match, module.text(module.procedures[callback.about].name)));
  }
  for (const std::vector<Draft>& drafts : book.reply_drafts)
    for (const Draft& draft : drafts) book.build(draft);
  for (const std::vector<Draft>& drafts : book.callback_drafts)
    for (const Draft& draft : drafts) book.build(draft);
  for (Index e = 0; e < module.exchanges.size(); ++e) book.rehearse_replies(e, hearing);
  for (Index c = 0; c < module.callbacks.size(); ++c) book.rehearse_callbacks(c, hearing);
}

Answers::~Answers() = default;

void Answers::Book::rehearse_replies(Index exchange, const Hearing& hearing) {
  const std::vector<Arm>& arms = module.exchanges[exchange].arms;
  for (size_t a = 0; a < arms.size(); ++a) {
    const Draft& draft = reply_drafts[exchange][a];
    std::vector<Way> possible;
    ways_of(exchange, a, arms[a], true, possible);
    for (Way& way : possible) {
      Rehearsal rehearsal(draft);
      Result<Written> written = write(draft, way, rehearsal.facts);
      if (written && as_meant(way, hearing.reply(exchange, way.status, written->headers, written->body))) reply_ways[exchange].push_back(way);
    }
    if (!arms[a].repeat || repeats[exchange]) continue;
    Way way;
    way.of = exchange;
    way.arm = a;
    way.status = first_status(arms[a]);
    way.finding = arms[a].target < module.targets.size() ? finding_of(module, module.targets[arms[a].target]) : Finding{};
    repeats[exchange] = way;
  }
}

void Answers::Book::rehearse_callbacks(Index callback, const Hearing& hearing) {
  const std::vector<Arm>& arms = module.callbacks[callback].arms;
  for (size_t a = 0; a < arms.size(); ++a) {
    const Draft& draft = callback_drafts[callback][a];
    std::vector<Way> possible;
    ways_of(callback, a, arms[a], false, possible);
    for (Way& way : possible) {
      Rehearsal rehearsal(draft);
      Result<Written> written = write(draft, way, rehearsal.facts);
      if (written && as_meant(way, hearing.callback(callback, written->body))) callback_ways[callback].push_back(way);
    }
  }
}

const std::vector<Way>& Answers::replies(Index exchange) const { return book_->reply_ways[exchange]; }
const std::vector<Way>& Answers::callbacks(Index callback) const { return book_->callback_ways[callback]; }
const Way* Answers::repeat(Index exchange) const { return book_->repeats[exchange] ? &*book_->repeats[exchange] : nullptr; }

Result<Written> Answers::reply(const Way& way, const Facts& facts) const {
  return book_->write(book_->reply_drafts[way.of][way.arm], way, facts);
}

Result<Written> Answers::callback(const Way& way, const Facts& facts) const {
  return book_->write(book_->callback_drafts[way.of][way.arm], way, facts);
}

}  // namespace tollgate::peer
