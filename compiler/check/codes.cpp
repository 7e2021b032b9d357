// Codes that a reading gives a meaning: what decides is the carrier's, not what the file itself wrote around it.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/check/rules.h"
#include "compiler/check/words.h"
#include "runtime/bytecode/format.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

constexpr size_t kSpellingsMax = 16;

// A key as it is spelled in the file: characters of ours, and gaps that hold whatever the carrier says.
struct Piece {
  bool gap = false;
  char c = 0;
};
using Spelling = std::vector<Piece>;
using Spellings = std::vector<Spelling>;

Spelling gap() { return {{true, 0}}; }

Spelling of_text(std::string_view text) {
  Spelling out;
  for (char c : text) out.push_back({false, c});
  return out;
}

Spellings spellings(const Expr& e);

Spellings joined(const Expr& e) {
  Spellings out{{}};
  for (const Expr& operand : e.operands) {
    Spellings longer;
    for (const Spelling& end : spellings(operand)) {
      for (const Spelling& begin : out) {
        longer.push_back(begin);
        longer.back().insert(longer.back().end(), end.begin(), end.end());
      }
    }
    if (longer.size() > kSpellingsMax) return {gap()};
    out = std::move(longer);
  }
  return out;
}

// `a else b` is either; a form keeps nothing that could be told but letters in another case.
Spellings spellings(const Expr& e) {
  if (e.kind == ExprKind::constant && e.constant.kind == Kind::text) return {of_text(e.constant.text)};
  if (e.kind == ExprKind::join) return joined(e);
  if (e.kind == ExprKind::otherwise && e.operands.size() == 2) {
    Spellings out = spellings(e.operands[0]);
    for (Spelling& other : spellings(e.operands[1])) out.push_back(std::move(other));
    return out;
  }
  if (e.kind != ExprKind::call || e.operands.size() != 1 || (e.name != "upper" && e.name != "lower" && e.name != "text" && e.name != "trim")) return {gap()};
  Spellings out = spellings(e.operands[0]);
  for (Spelling& spelling : out) {
    for (Piece& piece : spelling) {
      char from = e.name == "upper" ? 'a' : 'A', upto = e.name == "upper" ? 'z' : 'Z';
      if ((e.name == "upper" || e.name == "lower") && piece.c >= from && piece.c <= upto) piece.c = static_cast<char>(piece.c ^ 32);
    }
  }
  return out;
}

// Could the row be met though nothing of what it insists on was said by the carrier? A gap is met by the row's holes alone, or is empty. Looks at each pair
// of places once.
class Blindly {
 public:
  Blindly(std::string_view row, const Spelling& key) : row_(row), key_(key), seen_((row.size() + 1) * (key.size() + 1)) {}

  bool fits() {
    go(0, 0);
    while (!todo_.empty()) {
      auto [i, j] = todo_.back();
      todo_.pop_back();
      if (i == row_.size() && j == key_.size()) return true;
      step(i, j);
    }
    return false;
  }

 private:
  void go(size_t i, size_t j) {
    size_t at = i * (key_.size() + 1) + j;
    if (seen_[at]) return;
    seen_[at] = true;
    todo_.emplace_back(i, j);
  }
  void step(size_t i, size_t j) {
    bool end = j == key_.size(), hole = !end && key_[j].gap;
    if (hole) go(i, j + 1);
    if (i == row_.size()) return;
    if (row_[i] == kAnyText) go(i + 1, j);
    if (end) return;
    if (row_[i] == kAnyText) go(i, j + 1);
    else if (row_[i] == kAnyCharacter && hole) go(i + 1, j);
    else if (!hole && (row_[i] == kAnyCharacter || row_[i] == key_[j].c)) go(i + 1, j + 1);
  }

  std::string_view row_;
  const Spelling& key_;
  std::vector<bool> seen_;
  std::vector<std::pair<size_t, size_t>> todo_;
};

// The number that stands in where the carrier says none.
bool own_number(const Expr& key, const Row& row) {
  if (key.kind != ExprKind::otherwise) return false;
  return std::any_of(key.operands.begin(), key.operands.end(), [&](const Expr& e) {
    if (e.kind == ExprKind::otherwise) return own_number(e, row);
    int64_t upto = row.range ? row.upto.integer : row.key.integer;
    return e.kind == ExprKind::constant && e.constant.kind == Kind::integer && row.key.integer <= e.constant.integer && e.constant.integer <= upto;
  });
}

// A row that takes any code has been told.
bool takes_all(const Row& row) { return row.key.text.find_first_not_of(row.pattern ? std::string_view("\x01\x02") : std::string_view()) == std::string::npos; }

bool of_ours(const Row& row, const Expr& key) {
  if (row.key.kind == Kind::integer) return own_number(key, row);
  if (row.key.kind != Kind::text || takes_all(row)) return false;
  constexpr size_t kCodeMax = 1024;  // no carrier has longer ones, and the work is the product of both lengths
  const Spellings all = spellings(key);
  return row.key.text.size() <= kCodeMax && std::any_of(all.begin(), all.end(), [&](const Spelling& spelling) {
    return spelling.size() <= kCodeMax && Blindly(row.key.text, spelling).fits();
  });
}

}  // namespace

void check_codes(const Carrier& carrier, Sink& sink) {
  std::set<const Row*> told;
  for (const ArmList& list : arm_lists(carrier)) {
    if (!list.money()) continue;
    for (const Arm& arm : *list.arms) {
      const Target& target = arm.target;
      if (target.kind != TargetKind::table || target.index == kNone || !target.key || target.poisoned) continue;
      for (const Row& row : carrier.tables[target.index].rows) {
        if (row.target.poisoned || row.target.kind == TargetKind::in_doubt || !of_ours(row, *target.key) || !told.insert(&row).second) continue;
        sink.report(Diag::definite_by_default, row.target.span).arg("outcome", outcome_words(row.target)).label("what the file itself wrote would decide").also(row.span, "fits whatever the carrier says")
            .also(target.key->span, "asked with this").help(Grade::sure, "a code nobody wrote down decides nothing", {{row.target.span, "in_doubt"}});
      }
    }
  }
}

}  // namespace tollgate::hir
