// Program: a verified module made ready to run. Immutable and shared between threads; keyed by content hash.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/bytecode/module.h"
#include "runtime/shapes/shapes.h"

namespace tollgate {

class Program {
 public:
  // Decodes, verifies, derives builders and matchers. An Error says what is wrong with the module.
  static Result<std::shared_ptr<const Program>> load(std::string_view module_bytes);
  static Result<std::shared_ptr<const Program>> load(Module module);

  const Module& module() const { return module_; }
  const Hash& hash() const { return hash_; }
  std::string_view carrier() const { return module_.text(module_.carrier); }

  const Builder& builder(Index shape) const { return builders_[shape]; }
  const Value& constant(Index i) const { return constants_[i]; }
  // The matcher over the bodies of the exchange's arms, in their order; arms without a shape are not in it.
  const Matcher& reply_matcher(Index exchange) const { return reply_matchers_[exchange]; }
  const Matcher& callback_matcher(Index callback) const { return callback_matchers_[callback]; }   // over the callback's arms
  // Where each arm stands in that matcher, or -1 for an arm without a shape.
  std::span<const int> reply_positions(Index exchange) const { return reply_positions_[exchange]; }
  std::span<const int> callback_positions(Index callback) const { return callback_positions_[callback]; }
  // The same over the rows of the exchange's answers and their ends.
  const Matcher& row_matcher(Index exchange) const { return row_matchers_[exchange]; }
  std::span<const int> row_positions(Index exchange) const { return row_positions_[exchange]; }
  const Matcher& callback_key_matcher(Index callback) const { return key_matchers_[callback]; }    // over match_shape alone
  const Matcher& text_matcher(Index shape) const { return text_matchers_.at(shape); }              // header patterns
  // A matcher over any one shape: what a test expects of a request. Built when asked for.
  Matcher matcher(Index shape) const { return Matcher(module_, {shape}); }

  Index find_procedure(std::string_view action) const;  // kNone if the carrier has none
  Index find_callback(std::string_view name) const;

 private:
  Program() = default;
  void derive();

  Module module_;
  Hash hash_{};
  std::vector<Value> constants_;
  std::vector<Builder> builders_;
  std::vector<Matcher> reply_matchers_, row_matchers_, callback_matchers_, key_matchers_;
  std::vector<std::vector<int>> reply_positions_, row_positions_, callback_positions_;
  std::map<Index, Matcher> text_matchers_;
};

}  // namespace tollgate
