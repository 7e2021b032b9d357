// Tape: what one moment of a procedure read of the world (clock, chance, counters, sessions, the carrier's words) and the bytes it gave to it. An event
// carries one, sealed, so that the procedure's slices can be run again later and must give the same bytes (replay.h).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// What one slice read of the host, in order.
struct Reads {
  int64_t now_us = 0;              // 0: it did not look at the clock
  std::string random;              // bytes
  std::vector<int64_t> counters;
  bool operator==(const Reads&) const = default;
};

// A session's value as a request used it, and how it was fetched. Of its request only a digest is kept: it may hold the carrier's password.
struct TapedSession {
  std::string name, value;         // value: packed
  std::string arguments, renewal;  // packed; renewal "" unless it was renewed, and then what it was renewed with
  bool direct = false;             // the request's own; otherwise of the next one, whose fetch used it
  std::vector<Reads> reads;        // of its slice, of its auth
  Hash request{};
};

struct Tape {
  enum class Kind : uint8_t {
    step,      // a step that sends nothing
    sent,      // a step's request
    reply,     // the answer to it
    enquiry,   // a question and, unless it was lost, its answer
    callback,
    led,       // a message, by the arms of the step that awaits it
    typed,     // an input, by its arms
    late,      // what the step says when its wait is over
  };
  Kind kind = Kind::sent;
  uint32_t step = 0, transmission = 0;
  std::string name;                // enquiry, callback, input
  std::string parameters;          // enquiry: packed
  std::string decided;             // of what was heard, and of `late`: decision_name of what it meant
  std::string remembered;          // what was kept for the user then: packed
  std::vector<Reads> reads;        // of each slice, in the order they ran; sent: the step's if it ran, then the auth's
  std::vector<TapedSession> sessions;
  bool asked = false, answered = false;   // whether there is a request, a message
  std::string method, url;         // request
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  uint16_t status = 0;             // message: 0 for a callback
  std::vector<std::pair<std::string, std::string>> heard_headers;
  std::string heard, key;

  void ask(const Request& request);
  void hear(uint16_t status, const std::vector<std::pair<std::string, std::string>>& headers, std::string_view body);
};

std::string encode(const Tape& tape);
Result<Tape> decode_tape(std::string_view bytes);
std::string tape_context(const ProcedureId& id, uint32_t sequence);
Hash digest_of(const Request& request);

}  // namespace tollgate
