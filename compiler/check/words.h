// What an answer must hold for an arm to be taken. A definite no needs a word of the carrier: something that an answer about nothing, or one
// that a gateway on the way made up, would not hold.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/hir/hir.h"

namespace tollgate::hir {

// The words of a text, in lower case: runs of letters and digits.
std::vector<std::string> words_of(std::string_view text);
// Those of a code; where a capital follows a small letter a word begins: "alreadyProcessed".
std::vector<std::string> words_of_code(std::string_view code);
bool any_begins(const std::vector<std::string>& words, std::initializer_list<std::string_view> beginnings);
// The literal of an arm's body, headers or guards of which that holds, or null.
const Span* literal_that(const Arm& arm, bool (*says)(std::string_view));
// A status that proxies, gateways and de-duplication give, whatever became of the money.
bool doubtful(uint16_t status);
// A literal of the body, of a header that speaks of the charge, or of a guard, without which the arm is not taken.
bool says_word(const Arm& arm);
// At least a member or an element by its name: an answer in the carrier's own form, though no value of it is demanded. A text, a row, a list have none.
bool speaks(const Arm& arm);
// Enough of chance, or a counter: a reference that another charge could have had is found again as that one.
bool is_fresh(const Keep& keep);
// The word of a target as its author wrote it: "declined", "await"; a reading of codes has its own name.
std::string_view word_of(const Target& target);
// The same with its reason: "declined refused", "code(…)".
std::string outcome_words(const Target& target);

}  // namespace tollgate::hir
