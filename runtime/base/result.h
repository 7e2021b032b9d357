// Result<T>: a value or an Error. An Error is trouble of the world or the host (a full disk, a missing file); mistakes of an
// author are Diagnostics, answers of a carrier are Outcomes, and mistakes of ours stop the process (see bug.h).
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "runtime/base/bug.h"

namespace tollgate {

// What went wrong, for a person: one line they can act on. `code` is stable (see runtime/catalog/errors.def).
struct Error {
  std::string code;     // for example "store_locked"
  std::string message;  // for example "the store /var/lib/tollgate/a.db is locked by another process"

  // Adds what we were doing, outermost first: "cannot load mtn_ug: …".
  Error within(const std::string& doing) && {
    message = doing + ": " + message;
    return std::move(*this);
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Asking a failed Result for its value is a bug of the caller.
  T& value() & { TG_CHECK(ok(), "value of a failed Result"); return std::get<0>(state_); }
  const T& value() const& { TG_CHECK(ok(), "value of a failed Result"); return std::get<0>(state_); }
  // By value, so that a loop over f().value() walks something that is still there.
  T value() && { TG_CHECK(ok(), "value of a failed Result"); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { TG_CHECK(!ok(), "error of a good Result"); return std::get<1>(state_); }
  const Error& error() const& { TG_CHECK(!ok(), "error of a good Result"); return std::get<1>(state_); }
  Error&& error() && { TG_CHECK(!ok(), "error of a good Result"); return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace tollgate
