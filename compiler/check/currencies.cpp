// A currency of the file is the market's: in letters of any case or as the number of ISO 4217, as a type of the language or as a text.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/carried.h"
#include "compiler/check/rules.h"
#include "compiler/check/words.h"
#include "runtime/value/currency.h"

namespace tollgate::hir {
namespace {

// Currencies whose letters are a word of messages for people, or of codes.
constexpr std::array<std::string_view, 12> kEverydayWords = {"all", "bob", "cop", "cup", "gel", "mad", "mop", "pen", "ron", "sos", "top", "try"};

bool everyday(const std::string& word) { return std::find(kEverydayWords.begin(), kEverydayWords.end(), word) != kEverydayWords.end(); }

// "usd", "840": the currency that the whole word names.
const Currency* in_letters(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : static_cast<char>(c); });
  return word.size() == 3 ? find_currency(word) : nullptr;
}
const Currency* in_digits(std::string_view word) {
  if (word.size() != 3 || word.find_first_not_of("0123456789") != std::string_view::npos) return nullptr;
  uint32_t number = static_cast<uint32_t>((word[0] - '0') * 100 + (word[1] - '0') * 10 + (word[2] - '0'));
  auto it = std::find_if(currencies().begin(), currencies().end(), [&](const Currency& c) { return c.numeric == number; });
  return it == currencies().end() ? nullptr : &*it;
}
const Currency* in_any_form(const std::string& word) {
  const Currency* found = in_letters(word);
  return found ? found : in_digits(word);
}

bool is_label(std::string_view name) {
  for (const std::string& word : words_of(name))
    if (word.find("currency") != std::string::npos || word.find("4217") != std::string::npos || word.starts_with("curr") || word == "cur" || word == "ccy") return true;
  return false;
}

// A text that is being built, in pieces.
struct TextPiece {
  std::string literal;
  bool amount = false;
  Span span;
};

class Currencies {
 public:
  Currencies(const Carrier& carrier, Sink& sink) : carrier_(carrier), sink_(sink) {}

  void value(const Expr& value) {
    walk(value, [&](const Expr& e) {
      if (e.kind == ExprKind::constant && (e.constant.kind == Kind::currency || e.constant.kind == Kind::money)) hold(e.constant.currency, e.span);
    });
  }
  // What is matched: a text under a label of that name is a currency, whatever its type.
  void shape(const Shape& shape) {
    for (const Hole& hole : shape.holes) if (hole.has_value) value(hole.value);
    walk(shape.node, [&](const ShapeNode& node) {
      if (node.kind == NodeKind::member && is_label(node.name)) for (const ShapeNode& child : node.children) labelled(child);
    });
  }
  void sent(const SendPlace& place) {
    place_ = &place;
    if (place.procedure) amount_.emplace(*place.procedure);
    const Send& send = *place.send;
    message_values(place, [&](const Expr& e, std::string_view part) { if (part == "path" || part == "header") value(e); });
    if (send.query) built(*send.query);
    if (send.body) built(*send.body);
    if (place.procedure && place.procedure->moves_money) segments(send.path);
    for (const Header& header : send.headers) {
      if (is_label(header.name)) labelled(header.value);
      texts(header.value);
    }
    for (const Let& let : *place.lets) value(let.value), texts(let.value);
    place_ = nullptr;
    amount_.reset();
  }

 private:
  void built(const Shape& built) {
    shape(built);
    walk(built.node, [&](const ShapeNode& node) {
      if (node.kind == NodeKind::text) text(built, node);
      if (node.kind != NodeKind::member) return;
      for (const ShapeNode& child : node.children) {
        if (is_label(node.name) && child.kind == NodeKind::hole && built.holes[child.hole].has_value) labelled(built.holes[child.hole].value);
        else if (child.kind == NodeKind::literal && !is_label(node.name)) bare(child);
      }
    });
    for (const Hole& hole : built.holes) if (hole.has_value) texts(hole.value);
  }

  void labelled(const ShapeNode& node) {
    if (node.kind == NodeKind::alternatives) for (const ShapeNode& child : node.children) labelled(child);
    if (node.kind == NodeKind::literal) constant(node.literal, node.span);
  }
  // Under a label, by a name of the step, a kept value, or a setting that the file gives.
  void labelled(const Expr& e) {
    const Expr& at = place_ ? meant(e, *place_->lets) : e;
    if (at.kind == ExprKind::kept && place_ && place_->procedure) return labelled(place_->procedure->keeps[at.index].value);
    if (at.kind == ExprKind::constant) return constant(at.constant, e.span);
    if (at.kind == ExprKind::setting)
      for (const Constant& given : carrier_.settings[at.index].values) if (!carrier_.is_family) constant(given, e.span, true);
  }
  void constant(const Constant& c, Span span, bool given = false) {
    const Currency* found = nullptr;
    if (c.kind == Kind::text) found = in_any_form(c.text);
    if (c.kind == Kind::integer && c.integer > 0 && c.integer < 1000) found = in_digits(std::to_string(1000 + c.integer).substr(1));
    if (found) hold(*found, span, given);
  }
  // Under any other label the letters of ISO 4217, in capitals, are a currency.
  void bare(const ShapeNode& node) {
    bool money = place_ && place_->procedure && place_->procedure->moves_money && node.literal.kind == Kind::text;
    const Currency* found = money && node.literal.text.size() == 3 ? find_currency(node.literal.text) : nullptr;
    if (found && !everyday(words_of(node.literal.text)[0])) hold(*found, node.span);
  }
  void segments(const Shape& path) {
    walk(path.node, [&](const ShapeNode& node) {
      if (node.kind != NodeKind::literal || node.literal.kind != Kind::text) return;
      for (const std::string& word : words_of(node.literal.text))
        if (const Currency* found = in_letters(word); found && !everyday(word)) segment(node, word, *found);
    });
  }
  // The word is a whole segment.
  void segment(const ShapeNode& node, const std::string& word, const Currency& found) {
    const std::string& text = node.literal.text;
    for (const std::string& spelled : {word, std::string(found.code)}) {
      size_t at = text.find("/" + spelled);
      if (at == std::string::npos) continue;
      size_t end = at + 1 + spelled.size();
      if (end == text.size() || text[end] == '/') return hold(found, node.span);
    }
  }

  // ---- texts that carry the amount

  void texts(const Expr& e) {
    walk(e, [&](const Expr& part) {
      if (part.kind != ExprKind::join) return;
      std::vector<TextPiece> pieces;
      for (const Expr& operand : part.operands)
        pieces.push_back({operand.kind == ExprKind::constant ? operand.constant.text : "", operand.kind != ExprKind::constant && amount(operand), part.span});
      judge(pieces);
    });
  }
  void text(const Shape& shape, const ShapeNode& node) {
    std::vector<TextPiece> pieces;
    for (const ShapeNode& child : node.children) {
      bool hole = child.kind == NodeKind::hole && shape.holes[child.hole].has_value;
      pieces.push_back({child.kind == NodeKind::literal ? child.literal.text : "", hole && amount(shape.holes[child.hole].value), child.span});
    }
    judge(pieces);
  }
  bool amount(const Expr& e) const {
    return amount_ && amount_->exact(e, static_cast<uint32_t>(place_->step - place_->procedure->steps.data()));
  }

  void judge(const std::vector<TextPiece>& pieces) {
    if (std::none_of(pieces.begin(), pieces.end(), [](const TextPiece& p) { return p.amount; })) return;
    std::string label;  // the word before: `currency=840`
    for (size_t i = 0; i < pieces.size(); ++i) {
      const std::vector<std::string> words = words_of(pieces[i].literal);
      for (size_t w = 0; w < words.size(); ++w) {
        bool beside = (w == 0 && i > 0 && pieces[i - 1].amount) || (w + 1 == words.size() && i + 1 < pieces.size() && pieces[i + 1].amount);
        word(pieces[i], words[w], beside, is_label(label));
        label = words[w];
      }
    }
  }
  void word(const TextPiece& piece, const std::string& word, bool beside, bool labelled) {
    const Currency* found = beside || labelled ? in_any_form(word) : in_letters(word);
    bool capitals = found && piece.literal.find(found->code) != std::string::npos;
    if (found && (labelled || capitals || (beside && !everyday(word)))) hold(*found, piece.span);
  }

  void hold(const Currency& found, Span span, bool given = false) {
    if (!carrier_.family.empty() && !given)
      sink_.report(Diag::currency_in_family, span).label("of one market only").help(Grade::example, "use `market.currency` or the carrier's own word", {});
    else hold(pack_currency(found.code), span);
  }
  void hold(uint32_t currency, Span span) {
    uint32_t own = pack_currency(carrier_.market.currency);
    if (!carrier_.market.known || own == 0 || currency == own || currency == 0) return;
    const Currency* known = find_currency(currency);
    sink_.report(Diag::currency_other, span).arg("currency", known ? known->code : "a currency").arg("market", carrier_.market.country).arg("wanted", carrier_.market.currency)
        .label("another currency").also(carrier_.market.span, "the carrier's market").help(Grade::likely, "the market's own, or the one in the answer: `market.currency`", {});
  }

  const Carrier& carrier_;
  Sink& sink_;
  const SendPlace* place_ = nullptr;
  std::optional<Amount> amount_;   // of its procedure
};

}  // namespace

void check_currencies(const Carrier& carrier, Sink& sink) {
  Currencies currencies(carrier, sink);
  auto arms = [&](const std::vector<Arm>& list) {
    for (const Arm& arm : list) {
      if (arm.shape) currencies.shape(*arm.shape);
      if (arm.target.paid) currencies.value(*arm.target.paid);
      for (const Expr& guard : arm.guard) currencies.value(guard);
    }
  };
  for (const SendPlace& place : sends(carrier)) {
    currencies.sent(place);
    arms(place.send->arms);
  }
  for (const ArmList& list : arm_lists(carrier)) if (list.place == PlaceKind::awaited) arms(*list.arms);
  for (const Procedure& procedure : carrier.procedures)
    for (const Step& step : procedure.steps)
      for (const Need& need : step.needs) for (const Expr& condition : need.conditions) currencies.value(condition);
  for (const Callback& callback : carrier.callbacks) {
    if (callback.match) currencies.shape(*callback.match);
    arms(callback.arms);
  }
}

}  // namespace tollgate::hir
