#include "compiler/format/format.h"

#include <algorithm>

#include "compiler/ast/token.h"
#include "compiler/format/hints.h"

namespace tollgate {
namespace {

constexpr size_t kIndent = 2;
constexpr std::string_view kBeforeComment = "  ";

// What is laid out: a token, a whole string, or a comment.
struct Piece {
  Tok code = Tok::none;
  bool comment = false;
  uint32_t begin = 0, end = 0;
  uint32_t partner = UINT32_MAX;  // of a bracket: the index of the other one
  bool broken = false;            // of an opening bracket: its items stand on lines of their own
};

class Formatter {
 public:
  explicit Formatter(const Tree& tree) : tree_(tree), text_(tree.source->text()), hints_(tree) {}

  std::string run() {
    collect();
    match_brackets();
    blocks_.push_back({Tok::none, true, 0, 0});
    for (at_ = 0; at_ < pieces_.size(); ++at_) place(pieces_[at_]);
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    return std::move(out_);
  }

 private:
  struct Block {
    Tok opener;
    bool broken;
    size_t indent;       // of the items inside
    size_t line_indent;  // of the line the opener stands on
  };
  enum class Break : uint8_t { none, continuation, item };

  // --- pieces

  void collect() {
    size_t comment = 0;
    for (size_t i = 0; i < tree_.tokens.size(); ++i) {
      const Token& token = tree_.tokens[i];
      while (comment < tree_.comments.size() && tree_.comments[comment].begin < token.begin) add_comment(comment++);
      Piece piece{static_cast<Tok>(token.code), false, token.begin, token.end, UINT32_MAX, false};
      if (piece.code == Tok::string_begin) {
        while (static_cast<Tok>(tree_.tokens[i].code) != Tok::string_end) ++i;
        piece.end = tree_.tokens[i].end;
      }
      pieces_.push_back(piece);
    }
    while (comment < tree_.comments.size()) add_comment(comment++);
  }

  void add_comment(size_t i) {
    pieces_.push_back({Tok::none, true, tree_.comments[i].begin, tree_.comments[i].end, UINT32_MAX, false});
  }

  void match_brackets() {
    std::vector<uint32_t> open;
    const auto break_all = [&] {
      for (uint32_t i : open) pieces_[i].broken = pieces_[i].code != Tok::lparen;
    };
    for (uint32_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (is_opener(piece.code)) {
        open.push_back(i);
      } else if (is_closer(piece.code) && !open.empty()) {
        pieces_[i].partner = open.back();
        pieces_[open.back()].partner = i;
        open.pop_back();
      } else if (piece.comment || piece.code == Tok::doc) {
        break_all();
      } else if (is_newline(piece.code) && !open.empty() && !empty_block(open.back())) {
        // A break inside breaks everything around it: a line that ends in the middle of a record is hard to read.
        break_all();
      }
    }
  }

  bool empty_block(uint32_t opener) const {
    uint32_t i = opener + 1;
    while (i < pieces_.size() && (is_newline(pieces_[i].code) || pieces_[i].code == Tok::comma)) ++i;
    return i < pieces_.size() && is_closer(pieces_[i].code);
  }

  // --- layout

  void place(const Piece& piece) {
    if (piece.comment) return place_comment(piece);
    if (is_newline(piece.code)) return note_newline(piece);
    if (piece.code == Tok::comma && !plain(piece)) {
      note_separator();
      return;
    }
    if (is_closer(piece.code)) return place_closer(piece);
    break_before(piece);
    if (is_opener(piece.code)) return place_opener(piece);
    write(piece);
  }

  bool plain(const Piece& comma) const { return blocks_.back().opener == Tok::lparen || hints_.plain_comma(comma.begin); }

  void note_newline(const Piece& piece) {
    if (previous_ == Tok::arrow) return;
    const Piece* next = next_token();
    if (next == nullptr || hints_.joined(next->begin)) return;
    const bool item = piece.code == Tok::newline || hints_.begins_item(next->begin);
    pending_ = std::max(pending_, item ? Break::item : Break::continuation);
  }

  const Piece* next_token() const {
    for (size_t i = at_ + 1; i < pieces_.size(); ++i)
      if (!pieces_[i].comment && !is_newline(pieces_[i].code)) return &pieces_[i];
    return nullptr;
  }

  void note_separator() {
    if (blocks_.back().broken) pending_ = Break::item;
    else pending_comma_ = previous_ != Tok::none && !is_opener(previous_);
  }

  void break_before(const Piece& piece) {
    if (pending_comma_) {
      out_ += ',';
      previous_ = Tok::comma;
      pending_comma_ = false;
    }
    const bool first = !blocks_.empty() && blocks_.back().broken && is_opener(previous_);
    Break kind = first ? Break::item : pending_;
    if (after_comment_ && kind == Break::none) kind = blocks_.back().opener == Tok::lparen || !fresh_line_ ? Break::continuation : Break::item;
    pending_ = Break::none;
    if (kind == Break::none) return;
    const size_t indent = blocks_.back().indent + (kind == Break::continuation ? kIndent : 0);
    new_line(indent, kind == Break::item && !first && blank_before(piece));
  }

  bool blank_before(const Piece& piece) const {
    if (last_end_ >= piece.begin) return false;
    const std::string_view gap = text_.substr(last_end_, piece.begin - last_end_);
    return std::count(gap.begin(), gap.end(), '\n') > 1;
  }

  void new_line(size_t indent, bool blank) {
    if (out_.empty()) return;
    if (out_.back() != '\n') out_ += '\n';
    if (blank) out_ += '\n';
    out_.append(indent, ' ');
    line_indent_ = indent;
    fresh_line_ = true;
    after_comment_ = false;
  }

  void place_comment(const Piece& piece) {
    const std::string_view gap = text_.substr(last_end_, piece.begin - last_end_);
    const bool own_line = out_.empty() || gap.find('\n') != std::string_view::npos || fresh_line_;
    if (own_line) {
      const bool first = is_opener(previous_) && !after_comment_;
      if (!out_.empty()) new_line(blocks_.back().indent, !first && blank_before(piece));
    } else {
      out_ += kBeforeComment;
    }
    std::string_view words = text_.substr(piece.begin, piece.end - piece.begin);
    out_ += words;
    if (own_line && previous_ != Tok::none && !is_opener(previous_) && pending_ == Break::none && mid_item()) {
      // between the lines of one item
      pending_ = Break::continuation;
    }
    last_end_ = piece.end;
    fresh_line_ = false;
    after_comment_ = true;
    if (out_.size() == words.size()) pending_ = Break::item;
  }

  // Is the comment inside an item that goes on after it?
  bool mid_item() const {
    for (size_t i = at_ + 1; i < pieces_.size(); ++i) {
      if (pieces_[i].comment) continue;
      return pieces_[i].code == Tok::soft_newline && !hints_.begins_item(i + 1 < pieces_.size() ? pieces_[i + 1].begin : 0);
    }
    return false;
  }

  void place_opener(const Piece& piece) {
    write(piece);
    const bool broken = piece.broken || too_wide(piece);
    const size_t inside = piece.code == Tok::lparen ? blocks_.back().indent : line_indent_ + kIndent;
    blocks_.push_back({piece.code, broken, inside, line_indent_});
  }

  void place_closer(const Piece& piece) {
    pending_comma_ = false;
    pending_ = Break::none;
    const Block block = blocks_.size() > 1 ? blocks_.back() : Block{Tok::none, false, 0, 0};
    if (blocks_.size() > 1) blocks_.pop_back();
    const bool empty = is_opener(previous_) && !after_comment_;
    if (after_comment_ || (block.broken && !empty)) {
      new_line(block.opener == Tok::lparen ? block.indent + kIndent : block.line_indent, false);
    } else if (piece.code == Tok::rbrace && !empty) {
      out_ += ' ';
    }
    append(piece);
  }

  // One line would be longer than kFormatColumnsMax.
  bool too_wide(const Piece& opener) const {
    if (opener.code == Tok::lparen || opener.partner == UINT32_MAX || empty_block(static_cast<uint32_t>(&opener - pieces_.data())))
      return false;
    size_t width = column();
    Tok before = opener.code;
    for (size_t i = static_cast<size_t>(&opener - pieces_.data()) + 1; i <= opener.partner && width <= kFormatColumnsMax; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.comment || is_newline(piece.code)) continue;
      width += (space_between(before, piece) ? 1 : 0) + characters(text_.substr(piece.begin, piece.end - piece.begin));
      before = piece.code;
    }
    return width > kFormatColumnsMax;
  }

  size_t column() const {
    const size_t begin = out_.rfind('\n') == std::string::npos ? 0 : out_.rfind('\n') + 1;
    return characters(std::string_view(out_).substr(begin));
  }

  static size_t characters(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }

  // --- one line

  void write(const Piece& piece) {
    if (!fresh_line_ && !out_.empty() && space_between(previous_, piece)) out_ += ' ';
    append(piece);
  }

  void append(const Piece& piece) {
    const std::string_view words = text_.substr(piece.begin, piece.end - piece.begin);
    if (piece.code == Tok::money) {
      out_ += words.substr(0, 3);
      out_ += ' ';
      out_ += words.substr(words.find_first_not_of(' ', 3));
    } else {
      out_ += words;
    }
    previous_ = piece.code;
    previous_begin_ = piece.begin;
    last_end_ = piece.end;
    fresh_line_ = after_comment_ = false;
  }

  bool space_between(Tok before, const Piece& piece) const {
    const Tok next = piece.code;
    switch (before) {
      case Tok::none:
      case Tok::lparen:
      case Tok::lbracket:
      case Tok::at_sign:
      case Tok::dot:
      case Tok::dotdot: return before == Tok::dotdot && next == Tok::rbrace;
      case Tok::glued_colon: return !hints_.qualifier(previous_begin_);
      case Tok::slash: return !hints_.label_slash(previous_begin_);
      case Tok::less: if (hints_.type_bracket(previous_begin_)) return false; break;
      default: break;
    }
    switch (next) {
      case Tok::comma:
      case Tok::colon:
      case Tok::glued_colon:
      case Tok::question:
      case Tok::dot:
      case Tok::rparen:
      case Tok::rbracket: return false;
      case Tok::lparen: return !hints_.argument_paren(piece.begin);
      case Tok::slash: return !hints_.label_slash(piece.begin);
      case Tok::less:
      case Tok::greater: return !hints_.type_bracket(piece.begin);
      case Tok::dotdot: return !between(before, Tok::string_begin, Tok::clock_time);
      default: return true;
    }
  }

  const Tree& tree_;
  std::string_view text_;
  FormatHints hints_;
  std::vector<Piece> pieces_;
  std::vector<Block> blocks_;
  std::string out_;
  size_t at_ = 0;
  size_t line_indent_ = 0;
  Tok previous_ = Tok::none;
  uint32_t previous_begin_ = 0;
  uint32_t last_end_ = 0;
  Break pending_ = Break::none;
  bool pending_comma_ = false;
  bool fresh_line_ = true;
  bool after_comment_ = false;
};

}  // namespace

std::string format(const Tree& tree) {
  if (tree.has_error()) return std::string(tree.source->text());
  return Formatter(tree).run();
}

}  // namespace tollgate
