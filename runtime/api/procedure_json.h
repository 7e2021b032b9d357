// Records as merchants see them. What is sealed, and what a carrier said in words about a user, is left out.
#pragma once

#include <string>
#include <vector>

#include "runtime/observe/json_writer.h"
#include "runtime/engine/engine.h"
#include "runtime/ports/records.h"

namespace tollgate {

// Ended, or in a person's queue: nothing more happens by itself.
bool is_settled(State state);
// "50.00" of 5000 at scale 2; negative amounts too.
std::string amount_text(int64_t amount, uint8_t scale);

// The members of a procedure, into an object that is open.
void write_procedure(JsonWriter& w, const ProcedureRecord& record);
// With what the user must do now: {"user": {"shown": [{"url": …}], "inputs": [{"name": …}]}}.
std::string procedure_json(const ProcedureRecord& record, const Prompt& prompt = {});
// With "timeline", "attempts" and "ledger".
std::string whole_procedure_json(const ProcedureRecord& record, const std::vector<EventRecord>& events, const std::vector<AttemptRecord>& attempts,
                                 const std::vector<LedgerRecord>& ledger, const Prompt& prompt = {});
std::string error_json(std::string_view code, std::string_view message, std::string_view path);

}  // namespace tollgate
