#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/diag/render.h"
#include "compiler/source/text_check.h"

namespace tollgate {
namespace {

constexpr size_t kTabColumns = 4;
constexpr size_t kLineColumnsMax = 140;   // a longer line is cut around what it is about
constexpr size_t kContextColumns = 50;    // kept before the place of a long line
constexpr uint32_t kGapLinesMax = 1;      // one line between two shown ones is shown too, more are "..."

// How many cells a terminal gives a character: wide for East Asian scripts and emoji, none for combining marks.
size_t cells(uint32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x200D) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

// A line as it is shown: tabs spread, bytes that are no text or that would command the terminal replaced, and for each byte
// the column it begins in.
struct ShownLine {
  std::string text;
  std::vector<size_t> column_of;  // one more than the line has bytes
};

void append_shown(ShownLine& out, std::string_view line, size_t& at, size_t& column) {
  const size_t begin = at;
  const CodePoint point = decode_utf8(line, at);
  const size_t before = column;
  if (point.length == 0) {
    out.text += "\xEF\xBF\xBD";
    at += 1;
    column += 1;
  } else if (point.value == '\t') {
    const size_t width = kTabColumns - column % kTabColumns;
    out.text.append(width, ' ');
    at += 1;
    column += width;
  } else if (point.value < 0x20 || point.value == 0x7F || (point.value >= 0x80 && point.value < 0xA0) ||
             (point.value >= 0x200B && point.value <= 0x200F) || (point.value >= 0x2028 && point.value <= 0x202E) ||
             (point.value >= 0x2066 && point.value <= 0x2069) || point.value == 0xFEFF || point.value == 0x061C) {
    out.text += "\xEF\xBF\xBD";
    at += point.length;
    column += 1;
  } else {
    out.text += line.substr(at, point.length);
    at += point.length;
    column += cells(point.value);
  }
  for (size_t i = begin; i < at; ++i) out.column_of.push_back(before);
}

ShownLine show_line(std::string_view line) {
  ShownLine out;
  size_t at = 0, column = 0;
  while (at < line.size()) append_shown(out, line, at, column);
  out.column_of.push_back(column);
  return out;
}

// The part of a long line around byte `about`; `cut` is how many bytes went missing in front.
std::string_view window(std::string_view line, size_t about, size_t& cut) {
  cut = 0;
  if (line.size() <= kLineColumnsMax) return line;
  const auto inside = [&](size_t i) { return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xC0) == 0x80; };
  about = std::min(about, line.size());
  if (about > kContextColumns) cut = about - kContextColumns;
  while (inside(cut)) ++cut;
  size_t end = std::min(line.size(), cut + kLineColumnsMax);
  while (end > cut && inside(end)) --end;
  return line.substr(cut, end - cut);
}

struct Mark {
  uint32_t begin, end;  // bytes of the file
  std::string text;
  char sign;  // ^ primary, - secondary, ~ edited
};

class Painter {
 public:
  Painter(const SourceSet& sources, RenderOptions options) : sources_(sources), options_(options) {}

  std::string paint(const Diagnostic& d) {
    // A place that no file holds (a diagnostic about a missing file, say) has a headline only.
    gutter_ = gutter_width(d);
    header(d);
    windows(d);
    notes(d);
    for (const Help& help : d.helps) paint_help(help);
    return std::move(out_);
  }

 private:
  size_t gutter_width(const Diagnostic& d) const {
    uint32_t line = 1;
    auto grow = [&](const Span& span) { line = std::max(line, last_line(span)); };
    grow(d.primary);
    for (const Label& label : d.also) grow(label.span);
    for (const Help& help : d.helps)
      for (const Edit& edit : help.edits) grow(edit.span);
    return std::to_string(line).size();
  }

  uint32_t last_line(const Span& span) const {
    return sources_.file(span.file).line_of(span.end > span.begin ? span.end - 1 : span.end);
  }

  std::string tint(const char* code, std::string_view text) const {
    return options_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  const char* sign_tint(char sign) const { return sign == '^' ? "1;31" : sign == '-' ? "1;34" : "1;32"; }
  std::string blank_gutter() const { return std::string(gutter_ + 1, ' ') + tint("1;34", "|"); }

  void header(const Diagnostic& d) {
    const bool error = d.severity == Severity::error;
    out_ += tint(error ? "1;31" : "1;33", fmt::format("{}[{}]", error ? "error" : "warning", d.code()));
    out_ += tint("1", fmt::format(": {}", d.headline)) + "\n";
    const SourceFile& file = sources_.file(d.primary.file);
    const LineColumn at = file.line_column(d.primary.begin);
    out_ += fmt::format("{}{} {}:{}:{}\n", std::string(gutter_, ' '), tint("1;34", "-->"), file.name(), at.line, at.column);
  }

  // The primary's file first, then each other file in the order of the labels.
  void windows(const Diagnostic& d) {
    std::map<uint32_t, std::vector<Mark>> marks;
    marks[static_cast<uint32_t>(d.primary.file)].push_back({d.primary.begin, d.primary.end, d.label, '^'});
    std::vector<uint32_t> order{static_cast<uint32_t>(d.primary.file)};
    for (const Label& label : d.also) {
      const uint32_t file = static_cast<uint32_t>(label.span.file);
      if (!marks.contains(file)) order.push_back(file);
      marks[file].push_back({label.span.begin, label.span.end, label.text, '-'});
    }
    for (size_t i = 0; i < order.size(); ++i) {
      const SourceFile& file = sources_.file(FileId{order[i]});
      if (i > 0) {
        const LineColumn at = file.line_column(marks[order[i]].front().begin);
        out_ += fmt::format("{}{} {}:{}:{}\n", std::string(gutter_, ' '), tint("1;34", ":::"), file.name(), at.line, at.column);
      }
      out_ += blank_gutter() + "\n";
      lines(file, marks[order[i]]);
    }
  }

  void lines(const SourceFile& file, std::vector<Mark>& marks) {
    std::map<uint32_t, std::vector<Mark>> by_line;
    for (Mark& mark : marks) by_line[file.line_of(mark.begin)].push_back(std::move(mark));
    uint32_t last = 0;
    for (auto& [line, on_line] : by_line) {
      if (last != 0 && line == last + kGapLinesMax + 1) source_line(file, last + 1, 0);
      else if (last != 0 && line > last + 1) out_ += tint("1;34", "...") + "\n";
      const size_t about = on_line.front().begin - file.line_begin(line);
      const size_t cut = source_line(file, line, about);
      // The primary's carets come first; below them the others from left to right.
      std::stable_sort(on_line.begin(), on_line.end(), [](const Mark& a, const Mark& b) {
        return (a.sign == '^') != (b.sign == '^') ? a.sign == '^' : a.begin < b.begin;
      });
      for (const Mark& mark : on_line) underline(file, line, mark, cut);
      last = line;
    }
  }

  size_t source_line(const SourceFile& file, uint32_t line, size_t about) {
    size_t cut = 0;
    const ShownLine shown = show_line(window(file.line_text(line), about, cut));
    std::string text = fmt::format("{} {}", tint("1;34", fmt::format("{:>{}} |", line, gutter_)), shown.text);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out_ += text + "\n";
    return cut;
  }

  void underline(const SourceFile& file, uint32_t line, const Mark& mark, size_t cut) {
    size_t unused = 0;
    const std::string_view text = file.line_text(line);
    const size_t line_begin = file.line_begin(line);
    const std::string_view part = window(text, cut == 0 ? 0 : cut + kContextColumns, unused);
    const ShownLine shown = show_line(part);
    const auto column = [&](size_t offset) {
      const size_t in_line = offset > line_begin + cut ? offset - line_begin - cut : 0;
      return shown.column_of[std::min(in_line, shown.column_of.size() - 1)];
    };
    const size_t from = column(mark.begin);
    // What reaches past its first line is marked to the end of that line.
    const size_t to = std::max(from + 1, column(mark.end));
    std::string signs(to - from, mark.sign);
    if (!mark.text.empty()) signs += " " + mark.text;
    out_ += fmt::format("{} {}{}\n", blank_gutter(), std::string(from, ' '), tint(sign_tint(mark.sign), signs));
  }

  void notes(const Diagnostic& d) {
    const std::string indent(gutter_ + 1, ' ');
    for (const std::string& text : d.cases) out_ += fmt::format("{}{} missing: {}\n", indent, tint("1;34", "="), text);
    for (const std::string& text : d.because) out_ += fmt::format("{}{} because: {}\n", indent, tint("1;34", "="), text);
    if (d.alike > 0) out_ += fmt::format("{}{} and {} more like this\n", indent, tint("1;34", "="), d.alike);
  }

  void paint_help(const Help& help) {
    out_ += tint("1;32", fmt::format("help[{}]", grade_name(help.grade))) + ": " + help.text + "\n";
    std::map<std::pair<uint32_t, uint32_t>, std::vector<Edit>> by_line;
    for (const Edit& edit : help.edits)
      by_line[{static_cast<uint32_t>(edit.span.file), sources_.file(edit.span.file).line_of(edit.span.begin)}].push_back(edit);
    for (auto& [place, edits] : by_line) edited_line(sources_.file(FileId{place.first}), place.second, edits);
  }

  // The line as it would be after the edits, the new text underlined with ~. An edit that begins on this line but ends on
  // a later one swallows the rest of this line.
  void edited_line(const SourceFile& file, uint32_t line, std::vector<Edit>& edits) {
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
    const std::string_view before = file.line_text(line);
    const size_t line_begin = file.line_begin(line);
    std::string after;
    std::vector<std::pair<size_t, size_t>> fresh;
    size_t at = 0;
    for (const Edit& edit : edits) {
      const size_t begin = std::min<size_t>(edit.span.begin - line_begin, before.size());
      if (begin < at) continue;
      after += before.substr(at, begin - at);
      fresh.emplace_back(after.size(), after.size() + edit.replacement.size());
      after += edit.replacement;
      at = std::min<size_t>(edit.span.end - line_begin, before.size());
    }
    after += before.substr(at);
    print_edited(line, after, fresh);
  }

  void print_edited(uint32_t line, std::string_view after, const std::vector<std::pair<size_t, size_t>>& fresh) {
    out_ += blank_gutter() + "\n";
    size_t number = line, begin = 0;
    while (begin <= after.size()) {
      const size_t end = std::min(after.find('\n', begin), after.size());
      size_t cut = 0;
      const size_t about = fresh.front().first > begin ? fresh.front().first - begin : 0;
      const std::string_view part = window(after.substr(begin, end - begin), about, cut);
      const ShownLine shown = show_line(part);
      std::string text = fmt::format("{} {}", tint("1;34", fmt::format("{:>{}} |", number, gutter_)), shown.text);
      while (text.back() == ' ') text.pop_back();
      out_ += text + "\n";
      std::string signs;
      for (auto [from, to] : fresh) {
        const size_t left = std::max(from, begin + cut), right = std::min(to, begin + cut + part.size());
        if (left >= right) continue;
        signs.resize(std::max(signs.size(), shown.column_of[left - begin - cut]), ' ');
        signs.resize(shown.column_of[right - begin - cut], '~');
      }
      if (!signs.empty()) out_ += fmt::format("{} {}\n", blank_gutter(), tint("1;32", signs));
      if (end == after.size()) break;
      begin = end + 1;
      ++number;
    }
  }

  const SourceSet& sources_;
  RenderOptions options_;
  size_t gutter_ = 1;
  std::string out_;
};

std::string counted(size_t n, std::string_view word) { return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s"); }

}  // namespace

std::string render_terminal(const Diagnostic& diagnostic, const SourceSet& sources, RenderOptions options) {
  return Painter(sources, options).paint(diagnostic);
}

std::string render_terminal(const Sink& sink, const SourceSet& sources, RenderOptions options) {
  std::string out;
  size_t errors = 0, warnings = 0;
  for (const Diagnostic& d : sink.diagnostics()) {
    out += render_terminal(d, sources, options) + "\n";
    (d.severity == Severity::error ? errors : warnings) += 1 + d.alike;
  }
  if (errors + warnings == 0) return out;
  if (errors > 0) out += counted(errors, "error");
  if (warnings > 0) out += (errors > 0 ? ", " : "") + counted(warnings, "warning");
  if (const size_t hidden = sink.not_shown(); hidden > 0) out += fmt::format(", and {} more", hidden);
  return out + "\n";
}

}  // namespace tollgate
