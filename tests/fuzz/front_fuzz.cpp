// Hostile carrier files against the whole front end. Bytes are changed as libFuzzer likes, and whole tokens by a mutator that knows the
// lexis: it deletes, doubles, swaps and replaces tokens and bracketed parts with what other files of the corpus hold there.
//
// Promises: nothing crashes or hangs; what is parsed is lossless (outside tokens and comments stand only blanks); the canonical form of what
// parses is stable and means the same tree; every edit lies in its file; every rendering is made; what compiles gives a module that decodes.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/ast/token.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/format/format.h"
#include "compiler/parse/lexer.h"
#include "compiler/parse/parse.h"
#include "runtime/bytecode/module.h"
#include "stdlib/stdlib.h"
#include "tollgate/compiler.h"

using namespace tollgate;

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

constexpr size_t kCompiledBytesMax = 8 * 1024;  // larger inputs are parsed and formatted only: compiling is slow under sanitizers

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

bool only_blanks(std::string_view text) { return text.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == std::string_view::npos; }

// Tokens and comments in order, without overlap, with nothing but blanks between them.
void promise_lossless(const Tree& tree) {
  std::string_view text = tree.source->text();
  size_t at = 0, comment = 0;
  const auto pass = [&](size_t begin, size_t end) {
    promise(at <= begin && begin <= end && end <= text.size(), "tokens and comments are in order");
    promise(only_blanks(text.substr(at, begin - at)), "nothing is lost between two tokens");
    at = end;
  };
  for (const Token& token : tree.tokens) {
    while (comment < tree.comments.size() && tree.comments[comment].begin < token.begin) {
      pass(tree.comments[comment].begin, tree.comments[comment].end);
      ++comment;
    }
    if (token.begin < token.end) pass(token.begin, token.end);
  }
  for (; comment < tree.comments.size(); ++comment) pass(tree.comments[comment].begin, tree.comments[comment].end);
  promise(only_blanks(text.substr(at)), "nothing is lost at the end");
}

void promise_canonical(const Tree& tree) {
  SourceSet sources;
  Sink sink;
  const std::string once = format(tree);
  const Tree again = parse(sources.file(sources.add("again", once)), sink);
  promise(!sink.has_errors(), "the canonical form parses");
  promise(same_tree(tree, again), "the canonical form means the same");
  promise(tree.comments.size() == again.comments.size(), "the canonical form keeps every comment");
  promise(format(again) == once, "the canonical form is stable");
}

void promise_edits_inside(const Sink& sink, const SourceSet& sources) {
  for (const Diagnostic& d : sink.diagnostics())
    for (const Help& help : d.helps)
      for (const Edit& edit : help.edits)
        promise(edit.span.begin <= edit.span.end && edit.span.end <= sources.file(edit.span.file).text().size(), "an edit lies in its file");
}

void compile_all(const std::string& text) {
  Compilation result = compile({{"fuzz.carrier", text}});
  for (Rendering rendering : {Rendering::colour, Rendering::brief, Rendering::json}) (void)result.diagnostics(rendering);
  promise(result.ok() == (result.errors() == 0), "errors are counted");
  for (const CompiledCarrier& carrier : result.carriers()) promise(decode(carrier.bytes).ok(), "a module decodes");
}

// --- the mutator

struct Piece {
  uint32_t begin, end;
  Tok code;
};

std::vector<Piece> pieces_of(const std::string& text) {
  SourceSet sources;
  Sink sink;
  std::vector<Piece> pieces;
  for (const Token& token : lex(sources.file(sources.add("mutated", text)), sink).tokens)
    if (token.begin < token.end) pieces.push_back({token.begin, token.end, static_cast<Tok>(token.code)});
  return pieces;
}

// Spellings and bracketed parts seen so far, the library's first; old ones give way to new ones.
class Vocabulary {
 public:
  Vocabulary() {
    for (const LibraryFile& file : library()) learn(std::string(file.text));
  }
  void learn(const std::string& text) {
    const std::vector<Piece> pieces = pieces_of(text);
    for (size_t i = 0; i < pieces.size(); ++i) {
      keep(words_, text.substr(pieces[i].begin, pieces[i].end - pieces[i].begin));
      if (size_t close = partner(pieces, i); close > i) keep(parts_, text.substr(pieces[i].begin, pieces[close].end - pieces[i].begin));
    }
  }
  const std::string& word(std::mt19937& random) const { return words_[random() % words_.size()]; }
  const std::string& part(std::mt19937& random) const { return parts_[random() % parts_.size()]; }

  // The piece that closes the bracket at `open`; `open` itself when none does.
  static size_t partner(const std::vector<Piece>& pieces, size_t open) {
    if (!is_opener(pieces[open].code)) return open;
    int depth = 0;
    for (size_t i = open; i < pieces.size(); ++i) {
      depth += is_opener(pieces[i].code) ? 1 : is_closer(pieces[i].code) ? -1 : 0;
      if (depth == 0) return i;
    }
    return open;
  }

 private:
  static constexpr size_t kKept = 4096, kPartBytesMax = 600;
  void keep(std::vector<std::string>& list, std::string text) {
    if (text.size() > kPartBytesMax) return;
    if (list.size() < kKept) list.push_back(std::move(text));
    else list[next_++ % kKept] = std::move(text);
  }
  std::vector<std::string> words_, parts_;
  size_t next_ = 0;
};

Vocabulary& vocabulary() {
  static Vocabulary known;
  return known;
}

std::string mutate_tokens(std::string text, std::mt19937& random) {
  const std::vector<Piece> pieces = pieces_of(text);
  if (pieces.empty()) return vocabulary().part(random);
  const size_t i = random() % pieces.size();
  const size_t close = Vocabulary::partner(pieces, i);
  const size_t last = close > i && random() % 2 == 0 ? close : std::min(pieces.size() - 1, i + random() % 4);
  const size_t begin = pieces[i].begin, size = pieces[last].end - begin;
  const std::string part = text.substr(begin, size);
  switch (random() % 6) {
    case 0: return text.erase(begin, size);
    case 1: return text.insert(begin, part + (random() % 2 == 0 ? " " : "\n"));
    case 2: return text.replace(begin, size, vocabulary().word(random));
    case 3: return text.replace(begin, size, vocabulary().part(random));
    case 4: return text.insert(begin, vocabulary().word(random) + " ");
    default: {  // swap with another token
      const Piece& other = pieces[random() % pieces.size()];
      if (other.begin <= pieces[last].end) return text.insert(begin, "\n");
      const std::string there = text.substr(other.begin, other.end - other.begin);
      text.replace(other.begin, there.size(), part);
      return text.replace(begin, size, there);
    }
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  std::mt19937 random(seed);
  if (random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::string text(reinterpret_cast<const char*>(data), size);
  if (random() % 64 == 0) vocabulary().learn(text);
  for (size_t n = 1 + random() % 3; n > 0; --n) text = mutate_tokens(std::move(text), random);
  if (text.size() > max_size) text.resize(max_size);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  SourceSet sources;
  Sink sink;
  const Tree tree = parse(sources.file(sources.add("fuzz.carrier", text)), sink);
  promise_edits_inside(sink, sources);
  (void)dump(tree, true);
  if (!sink.has_errors()) {
    promise_lossless(tree);
    promise_canonical(tree);
  }
  if (size <= kCompiledBytesMax) compile_all(text);
  return 0;
}
