// What an answer must hold for an arm to be taken. A definite no needs a word of the carrier: something that an answer about nothing, or one
// that a gateway on the way made up, would not hold.
#pragma once

#include "compiler/hir/hir.h"

namespace tollgate::hir {

// A status that proxies, gateways and de-duplication give, whatever became of the money.
bool doubtful(uint16_t status);
// A literal of the body, of a header that speaks of the charge, or of a guard, without which the arm is not taken.
bool says_word(const Arm& arm);
// At least a member, an element or a word: an answer in the carrier's own form, though no value of it is demanded.
bool speaks(const Arm& arm);
// Enough of chance, or a counter: a reference that another charge could have had is found again as that one.
bool is_fresh(const Keep& keep);

}  // namespace tollgate::hir
