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
  std::string key;               // the arguments that it was fetched with, packed
  std::string packed;            // one value
  TapedSession tape;             // how it was fetched
  std::vector<std::pair<Index, std::shared_ptr<const SessionValue>>> inner;   // sessions that the fetch itself used
  std::string renewal;           // what it is renewed with: one value
  size_t host = 0;               // of its link's
  int64_t until_mono_us = 0;     // may be used before
};
using SessionHandle = std::shared_ptr<const SessionValue>;

struct SessionSlot {
  SessionHandle value;
  bool flying = false;
  std::string renewal;           // of the last value: outlives it
  std::vector<std::function<void(const Error*, SessionHandle)>> waiting;
};

// One declared session: a slot for each set of arguments.
struct SessionShelf {
  std::map<std::string, SessionSlot> slots;
  std::unique_ptr<Pace> pace;
};

struct LinkHost {
  std::string base, host;      // "https://api.example.com/v1", "api.example.com"
  std::string scheme, prefix;  // "https", "/v1"
};

struct LinkState {
  std::vector<LinkHost> hosts;   // at least one
  size_t current = 0;            // the one that new requests go to
  std::shared_ptr<const TlsChoice> tls;  // null: nothing of its own
  std::unique_ptr<Pace> pace;

  const LinkHost& at(size_t host) const { return hosts[host < hosts.size() ? host : 0]; }   // of a stored request: of this definition, or the first
  // Surely nothing left to this host: the next one's turn. The host of a request that is repeated never changes.
  void fail_over(size_t from) {
    if (current == from) current = (current + 1) % hosts.size();
  }
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
  std::vector<SessionShelf> sessions;
  std::vector<std::string> path_templates;   // by exchange: "/v1/payments/{ref}", for events
  std::map<Index, CounterState> counters;
  std::map<std::string, CounterState, std::less<>> named_counters;   // "refs", "ext:20261126"

  const Module& module() const { return program->module(); }
};

// The family of keys that the module's signatures take from this setting; KeyFamily::none where no signature uses it.
KeyFamily key_family_wanted(const Module& module, Index setting);

// Errors: setting_missing, setting_unknown, setting_invalid, link_in_clear, key_misfit.
Result<std::unique_ptr<Deployment>> deploy(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings);

}  // namespace tollgate
