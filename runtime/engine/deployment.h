// Deployment: one program with the settings of one installation: what its links are called, which sessions it holds, how fast it may go. Owned by the
// engine, never removed while it runs: a waiting procedure keeps the definition it began with (H28).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/pace.h"
#include "runtime/crypto/key.h"
#include "runtime/engine/tape.h"
#include "runtime/load/program.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// A session's value as fetched. Shared: a request in flight keeps the one it used, so that `renew` drops that one and not a newer.
struct SessionValue {
  std::string packed;            // one value
  TapedSession tape;             // how it was fetched
  std::vector<std::pair<Index, std::shared_ptr<const SessionValue>>> inner;   // sessions that the fetch itself used
  int64_t until_mono_us = 0;     // may be used before
};
using SessionHandle = std::shared_ptr<const SessionValue>;

struct SessionSlot {
  SessionHandle value;
  bool flying = false;
  std::vector<std::function<void(const Error*, SessionHandle)>> waiting;
  std::unique_ptr<Pace> pace;
};

struct LinkState {
  std::string base, host;   // "https://api.example.com/v1", "api.example.com"
  std::string scheme, prefix;  // "https", "/v1"
  std::shared_ptr<const TlsChoice> tls;  // null: nothing of its own
  std::unique_ptr<Pace> pace;
};

struct CounterState { int64_t next = 1, reserved = 1; };

struct Deployment {
  std::shared_ptr<const Program> program;
  std::string carrier;
  std::map<std::string, std::string> given;   // the settings as they were given
  std::deque<std::string> texts;         // what the settings point into
  std::unique_ptr<Arena> arena;
  std::vector<Value> settings;
  std::vector<LinkState> links;
  std::vector<SessionSlot> sessions;
  std::vector<std::string> path_templates;   // by exchange: "/v1/payments/{ref}", for events
  std::map<Index, CounterState> counters;

  const Module& module() const { return program->module(); }
};

// The family of keys that the module's signatures take from this setting; KeyFamily::none where no signature uses it.
KeyFamily key_family_wanted(const Module& module, Index setting);

// Errors: setting_missing, setting_unknown, setting_invalid, link_in_clear, key_misfit.
Result<std::unique_ptr<Deployment>> deploy(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings);

}  // namespace tollgate
