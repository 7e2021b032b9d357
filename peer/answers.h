// Answers: every message that the carrier can write, by what our side will make of it, and the writing of one. Built once per program;
// a way that our own side would read differently (an earlier arm selects it) is dropped.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "peer/hearing.h"
#include "peer/payment.h"
#include "runtime/load/program.h"

namespace tollgate::peer {

using Settings = std::map<std::string, std::string>;

// One way of saying something: an arm, and for a code table the key of the row that says it.
struct Way {
  Index of = kNone;           // exchange or callback
  size_t arm = 0;
  uint16_t status = 200;      // replies
  Finding finding;
  std::string key;            // literal of the row; "" without a table
  Index step = kNone;         // accepted: the step it leads to, or kNone for a wait
  Index renews = kNone;       // renew: the session
};

// What the writer may draw on.
struct Facts {
  Payment* payment = nullptr;            // null for a session
  const WireValues* request = nullptr;   // of the request being answered, or the callback's key by its parameter's name
  const Settings* settings = nullptr;
  std::string_view secret;               // the token to hand out
  int64_t now_us = 0, token_seconds = 3600;
  uint64_t salt = 0;                     // makes invented identifiers differ from run to run
};

struct Written {
  Headers headers;
  std::string content_type, body;
};

class Answers {
 public:
  Answers(std::shared_ptr<const Program> program, const Hearing& hearing);
  ~Answers();

  const std::vector<Way>& replies(Index exchange) const;
  const std::vector<Way>& callbacks(Index callback) const;
  // The way to repeat what was said before, as `once per … repeat` has it: the arm with `repeat`; nullptr if there is none.
  const Way* repeat(Index exchange) const;

  // An Error names the value that the carrier cannot know. Invented identifiers are kept in the payment, so that they stay the same.
  Result<Written> reply(const Way& way, const Facts& facts) const;
  Result<Written> callback(const Way& way, const Facts& facts) const;

 private:
  struct Book;
  std::unique_ptr<Book> book_;
};

}  // namespace tollgate::peer
