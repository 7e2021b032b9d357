// The spelling of every enumerator that a module holds, in order: what the dump prints and how many values the decoder accepts.
#pragma once

#include <iterator>
#include <string_view>

#include "runtime/bytecode/module.h"

namespace tollgate {

template <class E>
struct Names;

#define TG_NAMES(E, ...)                                          \
  template <>                                                     \
  struct Names<E> {                                               \
    static constexpr std::string_view kType = #E;                 \
    static constexpr std::string_view kList[] = {__VA_ARGS__};    \
  };

template <>
struct Names<Kind> {
  static constexpr std::string_view kType = "Kind";
  static constexpr std::string_view kList[] = {
#define TG_KIND(name, type, doc) #name,
#include "runtime/value/kind.def"
#undef TG_KIND
  };
};
TG_NAMES(ShapeRoot, "json", "form", "query", "xml", "text", "path", "multipart", "bytes", "csv", "lines", "fixed")
TG_NAMES(NodeKind, "object", "member", "list", "pairs", "literal", "null", "missing", "any", "hole", "alternatives", "codec", "text", "setting", "repeat")
TG_NAMES(SliceKind, "step", "arm", "doubt", "auth", "answer", "key", "test", "verify")
TG_NAMES(Slice::FrameOf, "procedure", "enquiry", "session", "callback", "auth", "none")
TG_NAMES(ProofKind, "enquiry", "callback", "input", "settlement", "manual")
TG_NAMES(TargetKind, "succeed", "decline", "fail", "pending", "in_doubt", "absent", "nothing", "table", "await", "step", "renew",
         "doubt", "session_value", "answer")
TG_NAMES(ArmHead, "status", "other")
TG_NAMES(ArmReads, "whole", "row", "end")
TG_NAMES(VerifyKind, "path_token", "minted_bearer", "networks", "basic", "nothing", "declared")
TG_NAMES(About, "payment", "call")
TG_NAMES(PromiseKind, "once_per", "absent", "unauthorized_before_processing", "definite_by_status", "proves", "asked_amount", "exposes")
#undef TG_NAMES

template <class E>
constexpr size_t enumerators() { return std::size(Names<E>::kList); }

// "?" for a number that is no enumerator: dumps must survive modules that are not verified.
template <class E>
constexpr std::string_view name_of(E value) {
  size_t i = static_cast<size_t>(value);
  return i < enumerators<E>() ? Names<E>::kList[i] : std::string_view("?");
}

}  // namespace tollgate
